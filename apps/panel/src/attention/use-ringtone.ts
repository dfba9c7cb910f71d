'use client';
/** Rings while `on`, in one of the open tabs only. */
import { useCallback, useEffect, useState } from 'react';
import { ring, ringOnce } from './ringtone';

let shared: AudioContext | undefined;

function audio(): AudioContext | undefined {
  if (shared === undefined && typeof AudioContext !== 'undefined') shared = new AudioContext();
  return shared;
}

/** Returns true while the browser keeps the sound back because nobody has touched the page. */
export function useRingtone(on: boolean): boolean {
  const [silenced, setSilenced] = useState(false);
  useEffect(() => {
    if (!on) return;
    const context = audio();
    if (context === undefined) return;
    const wake = () => void context.resume();
    // The tab that holds the lock rings; when it is closed, another one takes over.
    const done = new AbortController();
    const released = new Promise<void>((resolve) => {
      done.signal.addEventListener('abort', () => resolve());
    });
    const ringing = async () => {
      const { stop } = ring(context);
      await released;
      stop();
    };
    const locks = 'locks' in navigator ? navigator.locks : undefined;
    let asked = false;
    const watch = () => {
      setSilenced(context.state === 'suspended');
      // A tab that the browser keeps quiet must not keep one quiet that could ring.
      if (asked || context.state !== 'running') return;
      asked = true;
      const rang =
        locks === undefined
          ? ringing()
          : locks.request('kyberline ringtone', { signal: done.signal }, ringing);
      rang.catch(() => undefined);
    };
    context.addEventListener('statechange', watch);
    window.addEventListener('pointerdown', wake);
    window.addEventListener('keydown', wake);
    watch();
    wake();
    return () => {
      done.abort();
      context.removeEventListener('statechange', watch);
      window.removeEventListener('pointerdown', wake);
      window.removeEventListener('keydown', wake);
      setSilenced(false);
    };
  }, [on]);
  return silenced;
}

/** Plays the ringtone once. */
export function useRingtoneSample(): () => void {
  return useCallback(() => {
    const context = audio();
    if (context !== undefined) ringOnce(context);
  }, []);
}
