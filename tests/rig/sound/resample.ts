/** Sample-rate conversion by a windowed sinc: exact enough that a comparison sees the call only. */
import type { Sound } from './wav.js';

/** Zero crossings of the sinc on either side; 16 leaves aliases below -80 dB. */
const ZERO_CROSSINGS = 16;
/** Filters kept for rates that repeat after few samples, as 48000 to 8000 does after one. */
const MOST_PHASES = 1000;

/** The same sound at another rate; the time of every event is kept. */
export function resample(sound: Sound, rateHz: number): Sound {
  if (sound.rateHz === rateHz) return sound;
  const shared = greatestDivisor(sound.rateHz, rateHz);
  return {
    rateHz,
    samples: stretch(sound.samples, rateHz / sound.rateHz, rateHz / shared),
  };
}

/** As if recorded by a sound card whose clock runs `ppm` parts per million fast. */
export function drift(sound: Sound, ppm: number): Sound {
  return {
    rateHz: sound.rateHz,
    samples: stretch(sound.samples, 1 + ppm / 1e6, Number.POSITIVE_INFINITY),
  };
}

/** `period`: output samples after which input and output fall on each other again. */
function stretch(input: Float32Array, ratio: number, period: number): Float32Array {
  const cutoff = Math.min(1, ratio);
  const reach = Math.ceil(ZERO_CROSSINGS / cutoff);
  const output = new Float32Array(Math.floor(input.length * ratio));
  const kept: Float64Array[] = [];
  for (let index = 0; index < output.length; index += 1) {
    const centre = index / ratio;
    const whole = Math.floor(centre);
    const phase = index % period;
    let kernel = period <= MOST_PHASES ? kept[phase] : undefined;
    if (kernel === undefined) {
      kernel = kernelAt(centre - whole, cutoff, reach);
      if (period <= MOST_PHASES) kept[phase] = kernel;
    }
    const first = whole - reach + 1;
    let sum = 0;
    for (let tap = 0; tap < kernel.length; tap += 1) {
      sum += (input[first + tap] ?? 0) * kernel[tap]!;
    }
    output[index] = sum;
  }
  return output;
}

/** Weights of the 2·reach input samples around a point `fraction` of a sample past one of them. */
function kernelAt(fraction: number, cutoff: number, reach: number): Float64Array {
  const kernel = new Float64Array(2 * reach);
  for (let tap = 0; tap < kernel.length; tap += 1) {
    const distance = tap - reach + 1 - fraction;
    if (Math.abs(distance) >= reach) continue;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
    kernel[tap] = cutoff * sinc(cutoff * distance) * window;
  }
  return kernel;
}

function sinc(x: number): number {
  if (Math.abs(x) < 1e-9) return 1;
  return Math.sin(Math.PI * x) / (Math.PI * x);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
