import { expect, it } from 'vitest';
import { HighPass } from './high-pass.js';
import { FRAME_SAMPLES, RATE_HZ } from './stage.js';

/** What a tone of 0.5 has left after the filter settled, dB. */
function response(hz: number): number {
  const filter = new HighPass();
  const frame = new Float32Array(FRAME_SAMPLES);
  let energy = 0;
  for (let n = 0; n < 100; n++) {
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      frame[i] = 0.5 * Math.sin((2 * Math.PI * hz * (n * FRAME_SAMPLES + i)) / RATE_HZ);
    }
    filter.process(frame);
    if (n >= 50) for (const sample of frame) energy += sample * sample;
  }
  return 10 * Math.log10(energy / (50 * FRAME_SAMPLES) / 0.125);
}

it('is a Butterworth of second order: -3 dB at 80 Hz, 12 dB an octave below', () => {
  expect(response(80)).toBeCloseTo(-3.01, 1);
  expect(response(40)).toBeCloseTo(-12.3, 1);
  expect(response(20)).toBeCloseTo(-24.1, 1);
});

it('leaves speech alone', () => {
  for (const hz of [200, 1000, 8000]) expect(Math.abs(response(hz))).toBeLessThan(0.15);
});

it('takes out an offset, and then is silent', () => {
  const filter = new HighPass();
  const frame = new Float32Array(FRAME_SAMPLES);
  for (let n = 0; n < 100; n++) filter.process(frame.fill(0.3));
  for (const sample of frame) expect(Math.abs(sample)).toBeLessThan(1e-6);
  for (let n = 0; n < 100; n++) filter.process(frame.fill(0));
  expect(frame).toEqual(new Float32Array(FRAME_SAMPLES));
});
