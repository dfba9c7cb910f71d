/**
 * A room between a loudspeaker and a microphone: direct path after a delay, then a tail of seeded
 * noise that decays by 60 dB in `decayMs`, as late reverberation does (Polack, 1988).
 */
import { seeded } from '../random.js';
import { crossCorrelate } from './fft.js';
import { durationMs } from './level.js';
import type { Sound } from './wav.js';

export interface Room {
  /** Of the direct path: devices and air. */
  delayMs: number;
  /** T60: until the tail is 60 dB down. */
  decayMs: number;
  /** Level of the whole echo against the loudspeaker's, if it is white. */
  gainDb: number;
  /** Of the direct path against the tail. */
  directDb?: number;
  seed?: number;
}

/** The room's impulse response. */
export function roomResponse(
  rateHz: number,
  { delayMs, decayMs, gainDb, directDb = 0, seed = 1 }: Room,
): Float32Array {
  const chance = seeded(seed);
  const delay = Math.round((delayMs / 1000) * rateHz);
  const tail = Math.round((decayMs / 1000) * rateHz);
  const response = new Float32Array(delay + tail);
  let energy = 0;
  for (let n = 1; n < tail; n += 1) {
    const sample = (2 * chance() - 1) * 10 ** ((-3 * n) / tail);
    response[delay + n] = sample;
    energy += sample ** 2;
  }
  response[delay] = Math.sqrt(energy * 10 ** (directDb / 10));
  energy += response[delay]! ** 2;
  const gain = 10 ** (gainDb / 20) / Math.sqrt(energy);
  return response.map((sample) => sample * gain);
}

/** What the microphone hears of `played`, as long as it. */
export function inRoom(played: Sound, room: Room): Sound {
  const response = roomResponse(played.rateHz, room);
  const heard = crossCorrelate(played.samples, response.reverse());
  return {
    rateHz: played.rateHz,
    samples: Float32Array.from(heard.subarray(0, played.samples.length)),
  };
}

/** Sounds heard together, as long as the first. */
export function mixed(first: Sound, ...others: Sound[]): Sound {
  const samples = first.samples.slice();
  for (const other of others) {
    if (other.rateHz !== first.rateHz) {
      throw new RangeError(`Mixing ${other.rateHz} Hz into ${first.rateHz} Hz.`);
    }
    const until = Math.min(samples.length, other.samples.length);
    for (let n = 0; n < until; n += 1) samples[n] = samples[n]! + other.samples[n]!;
  }
  return { rateHz: first.rateHz, samples };
}

/** The same sound at so many dB more or less. */
export function amplified(sound: Sound, db: number): Sound {
  const gain = 10 ** (db / 20);
  return { rateHz: sound.rateHz, samples: sound.samples.map((sample) => sample * gain) };
}

/** A sound made `ms` later, with silence before it, and cut or filled up to its own length. */
export function delayed(sound: Sound, ms: number, lengthMs = durationMs(sound)): Sound {
  const samples = new Float32Array(Math.round((lengthMs / 1000) * sound.rateHz));
  const shift = Math.round((ms / 1000) * sound.rateHz);
  const kept = sound.samples.subarray(Math.max(0, -shift), Math.max(0, samples.length - shift));
  samples.set(kept.subarray(0, samples.length - Math.max(0, shift)), Math.max(0, shift));
  return { rateHz: sound.rateHz, samples };
}
