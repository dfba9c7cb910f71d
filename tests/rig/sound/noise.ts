/** Noise for tests, seeded: a quiet microphone's own, and a fan's. */
import { seeded } from '../random.js';
import { rmsDbfs } from './level.js';
import type { Sound } from './wav.js';

/** White noise, Gaussian enough (a sum of four), at a level. */
export function whiteNoise(rateHz: number, ms: number, dbfs: number, seed: number): Sound {
  const chance = seeded(seed);
  const samples = Float32Array.from(
    { length: Math.round((ms / 1000) * rateHz) },
    () => chance() + chance() + chance() + chance() - 2,
  );
  return atLevel({ rateHz, samples }, dbfs);
}

/**
 * A fan: rushing air, which falls by about 3 dB an octave (three one-pole filters, after Kellet's
 * "economy" pink noise), and the hum of its motor at 100 Hz and three multiples, 6 dB softer.
 */
export function fanNoise(rateHz: number, ms: number, dbfs: number, seed: number): Sound {
  const { samples } = whiteNoise(rateHz, ms, -20, seed);
  let [a, b, c] = [0, 0, 0];
  for (let n = 0; n < samples.length; n += 1) {
    const white = samples[n]!;
    a = 0.99765 * a + white * 0.099046;
    b = 0.963 * b + white * 0.2965164;
    c = 0.57 * c + white * 1.0526913;
    samples[n] = a + b + c + white * 0.1848;
  }
  const hum = 10 ** ((rmsDbfs(samples) - 6) / 20);
  for (let n = 0; n < samples.length; n += 1) {
    const phase = (2 * Math.PI * 100 * n) / rateHz;
    for (let h = 1; h <= 4; h += 1) samples[n] = samples[n]! + (hum / h) * Math.sin(h * phase + h);
  }
  return atLevel({ rateHz, samples }, dbfs);
}

/** A sound made as loud as is said, RMS over all of it. */
export function atLevel(sound: Sound, dbfs: number): Sound {
  const gain = 10 ** ((dbfs - rmsDbfs(sound.samples)) / 20);
  return { rateHz: sound.rateHz, samples: sound.samples.map((sample) => sample * gain) };
}
