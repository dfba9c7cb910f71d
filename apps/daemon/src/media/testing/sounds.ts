/** Sounds for calls in virtual time, 48 kHz, and how much later and how well one is heard. */

const RATE_HZ = 48_000;
const SAMPLES_PER_MS = RATE_HZ / 1000;
/** Compared at 8 kHz: what a call carries at any rate, and far less work. */
const STEP = 6;

/** Syllables of a voice whose pitch wanders and never repeats. */
export function voice(seconds: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length: seconds * RATE_HZ }, (_, n) => {
    const t = n / RATE_HZ;
    const hertz = 130 + 30 * Math.sin(2.1 * t) + 20 * Math.sin(5.3 * t + 0.3 * t * t);
    phase += (2 * Math.PI * hertz) / RATE_HZ;
    let sum = 0;
    for (let k = 1; k <= 16; k++) sum += Math.sin(k * phase) / k;
    return 5_000 * sum * Math.max(0.02, Math.sin(2 * Math.PI * 2.7 * t) + 0.4);
  });
}

/** Chords of pure tones, one every quarter of a second. */
export function music(seconds: number): Int16Array {
  return Int16Array.from({ length: seconds * RATE_HZ }, (_, n) => {
    const t = n / RATE_HZ;
    const root = 220 * 2 ** (((7 * Math.floor(4 * t)) % 12) / 12);
    const chord = [1, 5 / 4, 3 / 2, 3].reduce(
      (sum, each) => sum + Math.sin(2 * Math.PI * root * each * t),
      0,
    );
    return 4_000 * chord;
  });
}

export interface Heard {
  /** How much later it was heard than said. */
  lagMs: number;
  /** 0 to 1. */
  correlation: number;
}

/** Where what was said from `fromMs` on for `lengthMs` is in what was heard, up to `mostMs` later. */
export function heardOf(
  said: Int16Array,
  { heard, startedMs }: { heard: Int16Array; startedMs: number },
  fromMs: number,
  lengthMs = 500,
  mostMs = 400,
): Heard {
  const part = thinned(said, fromMs, lengthMs);
  const around = thinned(heard, fromMs - startedMs, lengthMs + mostMs);
  const energy = part.reduce((sum, value) => sum + value * value, 0);
  let best: Heard = { lagMs: 0, correlation: 0 };
  for (let lag = 0; lag + part.length <= around.length; lag++) {
    let product = 0;
    let other = 0;
    for (let i = 0; i < part.length; i++) {
      const value = around[lag + i]!;
      product += part[i]! * value;
      other += value * value;
    }
    const correlation = other > 0 ? product / Math.sqrt(energy * other) : 0;
    if (correlation > best.correlation) {
      best = { lagMs: (lag * STEP) / SAMPLES_PER_MS, correlation };
    }
  }
  return best;
}

/** The mean of every six samples from `fromMs` on. */
function thinned(sound: Int16Array, fromMs: number, lengthMs: number): Float64Array {
  const from = Math.round(fromMs * SAMPLES_PER_MS);
  return Float64Array.from({ length: Math.floor((lengthMs * SAMPLES_PER_MS) / STEP) }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < STEP; i++) sum += sound[from + n * STEP + i] ?? 0;
    return sum / STEP;
  });
}
