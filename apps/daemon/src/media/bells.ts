/**
 * The sounds that the engine makes itself, without a file: soft bells, the same ones as the panel's
 * ringtone. Each is a sine that is struck and fades, with two overtones that fade sooner.
 */
import { SAMPLE_RATE_HZ } from '../device/device.js';

/** When a bell is struck, and its pitch. */
interface Strike {
  atMs: number;
  hertz: number;
}

const BELL_MS = 1_100;
/** So long from silence to its loudest, so that it does not click. */
const STRIKE_MS = 12;
/** Amplitude of the fundamental; four at once stay below full scale. */
const PEAK = 0.2 * 32_767;
/** What is left of it at the end of a bell. */
const FADED = 0.0005;
/** Multiples of the fundamental, and their share of its loudness. */
const PARTIALS = [
  { multiple: 1, share: 1 },
  { multiple: 2, share: 0.28 },
  { multiple: 3, share: 0.08 },
];

/** One turn of the ringtone, with the pause that belongs to it: two pairs of bells in 3 s. */
export function ringtone(): Int16Array {
  return bells(3_000, [
    { atMs: 0, hertz: 523.25 },
    { atMs: 180, hertz: 783.99 },
    { atMs: 900, hertz: 523.25 },
    { atMs: 1_080, hertz: 783.99 },
  ]);
}

/** Two tones, the second one lower, to hear whether a loudspeaker plays: 1.5 s. */
export function chime(): Int16Array {
  return bells(1_500, [
    { atMs: 0, hertz: 659.25 },
    { atMs: 400, hertz: 523.25 },
  ]);
}

function bells(lengthMs: number, strikes: readonly Strike[]): Int16Array {
  const sum = new Float64Array(samplesIn(lengthMs));
  for (const strike of strikes) {
    const bell = sum.subarray(samplesIn(strike.atMs));
    for (const { multiple, share } of PARTIALS) {
      ring(bell, strike.hertz * multiple, PEAK * share, samplesIn(BELL_MS / multiple));
    }
  }
  const samples = new Int16Array(sum.length);
  for (let i = 0; i < sum.length; i++) samples[i] = Math.round(sum[i]!);
  return samples;
}

/** Adds one fading sine, by the recurrence of a resonator: no sine is asked for a sample. */
function ring(into: Float64Array, hertz: number, peak: number, length: number): void {
  const decay = FADED ** (1 / length);
  const turn = (2 * Math.PI * hertz) / SAMPLE_RATE_HZ;
  const feedback = 2 * decay * Math.cos(turn);
  const attack = samplesIn(STRIKE_MS);
  let older = 0;
  let old = peak * decay * Math.sin(turn);
  for (let i = 0; i < Math.min(length, into.length); i++) {
    into[i] = into[i]! + older * Math.min(1, i / attack);
    const next = feedback * old - decay * decay * older;
    older = old;
    old = next;
  }
}

function samplesIn(ms: number): number {
  return Math.round((ms * SAMPLE_RATE_HZ) / 1000);
}
