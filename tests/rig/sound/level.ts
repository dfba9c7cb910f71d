/** How loud a sound is, and where it is silent. */
import type { Sound } from './wav.js';

/** The level that stands for digital silence, dBFS; the snapshot's meters use the same floor. */
export const SILENCE_DBFS = -100;

/** RMS level in dBFS of samples from ≤ index < until, never below -100. */
export function rmsDbfs(samples: Float32Array, from = 0, until = samples.length): number {
  const end = Math.min(until, samples.length);
  let energy = 0;
  for (let index = Math.max(0, from); index < end; index += 1) {
    energy += (samples[index] ?? 0) ** 2;
  }
  const count = end - Math.max(0, from);
  if (count <= 0 || energy === 0) return SILENCE_DBFS;
  return Math.max(SILENCE_DBFS, 10 * Math.log10(energy / count));
}

export interface Gap {
  startMs: number;
  lengthMs: number;
}

const BLOCK_MS = 5;

/**
 * Stretches of at least `minMs` in which every 5 ms block is quieter than `quieterThanDbfs`.
 * Give it a reference's gaps to tell a speaker's pauses from holes in the transmission.
 */
export function gaps(sound: Sound, minMs = 40, quieterThanDbfs = -65): Gap[] {
  const block = Math.round((sound.rateHz * BLOCK_MS) / 1000);
  const blocks = Math.floor(sound.samples.length / block);
  const found: Gap[] = [];
  let start = -1;
  for (let index = 0; index <= blocks; index += 1) {
    const quiet =
      index < blocks &&
      rmsDbfs(sound.samples, index * block, (index + 1) * block) < quieterThanDbfs;
    if (quiet && start < 0) start = index;
    if (!quiet && start >= 0) {
      const lengthMs = (index - start) * BLOCK_MS;
      if (lengthMs >= minMs) found.push({ startMs: start * BLOCK_MS, lengthMs });
      start = -1;
    }
  }
  return found;
}

/** The part of a sound between two instants, copied. */
export function cut(sound: Sound, fromMs: number, untilMs = Number.POSITIVE_INFINITY): Sound {
  const from = Math.max(0, Math.round((fromMs / 1000) * sound.rateHz));
  const until = Math.min(sound.samples.length, Math.round((untilMs / 1000) * sound.rateHz));
  return { rateHz: sound.rateHz, samples: sound.samples.slice(from, Math.max(from, until)) };
}

export function durationMs(sound: Sound): number {
  return (sound.samples.length / sound.rateHz) * 1000;
}
