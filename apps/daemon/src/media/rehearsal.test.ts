import type { SoundTest } from '@kyberline/shared/snapshot';
import { beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ } from '../device/device.js';
import { chime } from './bells.js';
import { Rehearsal } from './rehearsal.js';

const FRAMES_PER_S = 100;

describe('a test of the sound devices', () => {
  let running: { input: boolean; output: boolean };
  let states: SoundTest[];
  let rehearsal: Rehearsal;
  /** The next sample that the microphone says: no two frames are alike. */
  let said: number;

  beforeEach(() => {
    running = { input: true, output: true };
    states = [];
    said = 0;
    rehearsal = new Rehearsal({
      isRunning: (end) => running[end],
      changed: (state) => void states.push(state),
    });
  });

  const next = () => (said++ % 30_000) + 1;
  /** So many frames of 10 ms from the microphone, and all their samples. */
  function speak(frames: number): number[] {
    return Array.from({ length: frames }, () => {
      const frame = Int16Array.from({ length: 480 }, next);
      rehearsal.capture(frame);
      return [...frame];
    }).flat();
  }
  /** What the loudspeaker is given in frames of this length until nothing is due any more. */
  function listen(length: number, mostS = 5): number[] {
    const heard: number[] = [];
    const frame = new Int16Array(length);
    while (heard.length < mostS * SAMPLE_RATE_HZ) {
      frame.fill(99);
      if (!rehearsal.fill(frame)) return heard;
      heard.push(...frame);
    }
    throw new Error(`it went on for more than ${mostS} s`);
  }

  it.each([480, 240, 441])('plays what was recorded, in frames of %i samples', (length) => {
    rehearsal.start('recording');
    expect(rehearsal.needs).toEqual({ input: true, output: true });
    const spoken = speak(3 * FRAMES_PER_S);
    speak(10);
    const heard = listen(length);
    expect(heard.slice(0, spoken.length)).toEqual(spoken);
    // Silence until the device has played all of it, and no longer.
    const tail = heard.slice(spoken.length);
    expect(new Set(tail)).toEqual(new Set([0]));
    expect(tail.length / SAMPLE_RATE_HZ).toBeGreaterThanOrEqual(0.3);
    expect(tail.length / SAMPLE_RATE_HZ).toBeLessThan(0.35);
    expect(states).toEqual(['recording', 'playing', 'idle']);
    expect(rehearsal.needs).toEqual({ input: false, output: false });
  });

  it('plays the chime and needs no microphone for it', () => {
    rehearsal.start('speaker');
    expect(rehearsal.needs).toEqual({ input: false, output: true });
    const heard = listen(240);
    expect(heard.slice(0, chime().length)).toEqual([...chime()]);
    expect(states).toEqual(['tone', 'idle']);
  });

  it('leaves the loudspeaker alone while it records, and when nothing is tested', () => {
    const frame = new Int16Array(480).fill(99);
    expect(rehearsal.fill(frame)).toBe(false);
    rehearsal.start('recording');
    expect(rehearsal.fill(frame)).toBe(false);
    expect(frame[0]).toBe(99);
  });

  it('waits for devices to open, so that nothing of it is lost', () => {
    running = { input: false, output: false };
    rehearsal.start('recording');
    speak(100);
    running.input = true;
    const spoken = speak(3 * FRAMES_PER_S);
    expect(states).toEqual(['recording', 'playing']);
    const waiting = new Int16Array(480).fill(99);
    for (let i = 0; i < 50; i++) rehearsal.fill(waiting);
    expect(waiting[0]).toBe(0);
    running.output = true;
    expect(listen(480).slice(0, spoken.length)).toEqual(spoken);
  });

  it('goes on without a device that does not open', () => {
    running = { input: false, output: false };
    rehearsal.start('recording');
    speak(5 * FRAMES_PER_S + 1);
    expect(states).toEqual(['recording', 'playing']);
    listen(480, 6);
    expect(states.at(-1)).toBe('idle');
  });

  it('can be stopped at any time, and nothing of it is heard in the next one', () => {
    rehearsal.start('recording');
    speak(200);
    rehearsal.stop();
    rehearsal.stop();
    expect(states).toEqual(['recording', 'idle']);
    speak(10);
    rehearsal.start('recording');
    const spoken = speak(3 * FRAMES_PER_S);
    expect(listen(480).slice(0, spoken.length)).toEqual(spoken);
    rehearsal.start('speaker');
    rehearsal.stop();
    expect(rehearsal.fill(new Int16Array(480))).toBe(false);
  });

  it('gives way to another one', () => {
    rehearsal.start('recording');
    speak(3 * FRAMES_PER_S);
    rehearsal.start('speaker');
    expect(listen(480).slice(0, 48_000)).toEqual([...chime().subarray(0, 48_000)]);
    expect(states).toEqual(['recording', 'playing', 'tone', 'idle']);
  });
});
