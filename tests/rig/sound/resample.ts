/** Sample-rate conversion by a windowed sinc: exact enough that a comparison sees the call only. */
import type { Sound } from './wav.js';

/** Zero crossings of the sinc on either side; 16 leaves aliases below -80 dB. */
const ZERO_CROSSINGS = 16;

/** The same sound at another rate; the time of every event is kept. */
export function resample(sound: Sound, rateHz: number): Sound {
  if (sound.rateHz === rateHz) return sound;
  return {
    rateHz,
    samples: stretchBy(sound.samples, rateHz / sound.rateHz),
  };
}

/** As if recorded by a sound card whose clock runs `ppm` parts per million fast. */
export function drift(sound: Sound, ppm: number): Sound {
  return { rateHz: sound.rateHz, samples: stretchBy(sound.samples, 1 + ppm / 1e6) };
}

function stretchBy(input: Float32Array, ratio: number): Float32Array {
  const cutoff = Math.min(1, ratio);
  const reach = ZERO_CROSSINGS / cutoff;
  const output = new Float32Array(Math.floor(input.length * ratio));
  for (let index = 0; index < output.length; index += 1) {
    const centre = index / ratio;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(input.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let tap = first; tap <= last; tap += 1) {
      const distance = tap - centre;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
      sum += (input[tap] ?? 0) * cutoff * sinc(cutoff * distance) * window;
    }
    output[index] = sum;
  }
  return output;
}

function sinc(x: number): number {
  if (Math.abs(x) < 1e-9) return 1;
  return Math.sin(Math.PI * x) / (Math.PI * x);
}
