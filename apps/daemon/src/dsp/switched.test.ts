import { expect, it } from 'vitest';
import { FRAME_SAMPLES, RATE_HZ, type Stage } from './stage.js';
import { Switched } from './switched.js';

const HZ = 200;
/** The steepest step of a tone of 0.5 from one sample to the next. */
const STEEPEST = (0.5 * 2 * Math.PI * HZ) / RATE_HZ;

/** So much later and so much louder. */
class Later implements Stage {
  readonly delayMs: number;
  readonly #gain: number;
  #kept: number[];

  constructor(delayMs: number, gain = 1) {
    this.delayMs = delayMs;
    this.#gain = gain;
    // Something of an hour ago, which nobody may hear.
    this.#kept = Array((delayMs * RATE_HZ) / 1000).fill(0.9);
  }

  process(frame: Float32Array): void {
    this.#kept.push(...frame);
    const out = this.#kept.splice(0, frame.length);
    for (let i = 0; i < frame.length; i++) frame[i] = this.#gain * out[i]!;
  }
}

/** A tone through a place, with the switch thrown where `at` says; and the steepest step in it. */
function throughTone(place: Switched, frames: number, at: Record<number, Stage | undefined>) {
  const out = new Float32Array(frames * FRAME_SAMPLES);
  const delays: (number | undefined)[] = [];
  for (let n = 0; n < frames; n++) {
    if (n in at) place.use(at[n]);
    const frame = out.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES);
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      frame[i] = 0.5 * Math.sin((2 * Math.PI * HZ * (n * FRAME_SAMPLES + i)) / RATE_HZ);
    }
    place.process(frame);
    delays.push(place.heard?.delayMs);
  }
  let steepest = 0;
  for (let i = 1; i < out.length; i++) {
    steepest = Math.max(steepest, Math.abs(out[i]! - out[i - 1]!));
  }
  return { out, delays, steepest };
}

it('fades a stage in and out without a step steeper than its sounds have, and a little', () => {
  for (const stage of [new Later(0, 2), new Later(7, 2), new Later(62.5, 0.1)]) {
    const { steepest, delays } = throughTone(new Switched(), 100, { 10: stage, 60: undefined });
    // The louder sound's own, and a change of 1.5 at the most over 480 samples.
    expect(steepest).toBeLessThan(2 * STEEPEST + 1.5 / FRAME_SAMPLES);
    expect(delays[9]).toBeUndefined();
    expect(delays[40]).toBe(stage.delayMs);
    expect(delays[99]).toBeUndefined();
  }
});

it('leaves every bit as it is while it is off, before and after', () => {
  const untouched = throughTone(new Switched(), 100, {}).out;
  const place = new Switched();
  expect(place.isIdle).toBe(true);
  const { out } = throughTone(place, 100, { 10: new Later(5, 2), 60: undefined });
  expect(out.subarray(0, 10 * FRAME_SAMPLES)).toEqual(untouched.subarray(0, 10 * FRAME_SAMPLES));
  expect(out.subarray(61 * FRAME_SAMPLES)).toEqual(untouched.subarray(61 * FRAME_SAMPLES));
  expect(place.isIdle).toBe(true);
});

it('goes from one stage to another by way of neither', () => {
  const [one, other] = [new Later(0, 2), new Later(10, 0.5)];
  const { steepest, delays } = throughTone(new Switched(), 100, { 5: one, 50: other });
  expect(steepest).toBeLessThan(2 * STEEPEST + 1.5 / FRAME_SAMPLES);
  expect([delays[40], delays[55], delays[99]]).toEqual([0, undefined, 10]);
});

it('follows a switch that is thrown again before it was done', () => {
  const stage = new Later(10, 2);
  const switched = { 5: stage, 6: undefined, 7: stage, 16: undefined, 17: stage };
  const { steepest, delays } = throughTone(new Switched(), 60, switched);
  expect(steepest).toBeLessThan(2 * STEEPEST + 1.5 / FRAME_SAMPLES);
  expect(delays[59]).toBe(10);
});
