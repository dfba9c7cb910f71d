/** A test of the sound devices from its beginning to its end, as the commands that ask for one see it. */
import type { SoundTest } from '@kyberline/shared/snapshot';
import type { DaemonConnection } from './client.js';

interface Watching {
  /** Each state that the test comes into, once. */
  entered?(state: SoundTest): void;
  level?(dbfs: number): void;
}

/** Resolves when the test is over, or was ended since `until` was aborted. */
export async function rehearse(
  daemon: DaemonConnection,
  test: 'testRecording' | 'testSpeaker',
  until: AbortSignal,
  { entered, level }: Watching = {},
): Promise<void> {
  await daemon.ask((api) => api[test].mutate({ on: true }));
  let state: SoundTest = 'idle';
  let isOver = false;
  try {
    for await (const event of daemon.watch(until)) {
      if (event.type === 'levels') level?.(event.levels.input);
      if (event.type !== 'state' || event.state.soundTest === state) continue;
      state = event.state.soundTest;
      entered?.(state);
      isOver = state === 'idle';
      if (isOver) return;
    }
  } finally {
    if (!isOver) await daemon.ask((api) => api[test].mutate({ on: false }));
  }
}
