import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PitchRepeat } from './pitch-repeat.js';

const FRAME = 480;

type Wave = (second: number) => number;

const tone =
  (hz: number, peak = 8000): Wave =>
  (second) =>
    peak * Math.sin(2 * Math.PI * hz * second);

/** A voice of a fixed pitch: seven harmonics. */
const voice =
  (hz: number): Wave =>
  (second) => {
    let sum = 0;
    for (let n = 1; n <= 7; n++) sum += Math.sin(2 * Math.PI * n * hz * second + n * n) / n;
    return 5000 * sum;
  };

const frameOf = (wave: Wave, frame: number) =>
  Int16Array.from({ length: FRAME }, (_, i) => Math.round(wave((frame * FRAME + i) / 48_000)));

/** White noise, the same every time. */
function noise(peak: number): Wave {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return peak * (state / 2 ** 31 - 1);
  };
}

/** All of a wave, and what is heard of it if the frames from `from` to `to` are lost. */
function through(wave: Wave, from: number, to: number, frames: number) {
  const repeat = new PitchRepeat();
  const sent: number[] = [];
  const heard: number[] = [];
  for (let n = 0; n < frames; n++) {
    const frame = frameOf(wave, n);
    sent.push(...frame);
    if (n >= from && n < to) repeat.conceal(frame.fill(12_345));
    else repeat.hear(frame);
    heard.push(...frame);
  }
  return { sent, heard };
}

const jump = (samples: readonly number[]) =>
  samples.reduce((most, x, i) => (i ? Math.max(most, Math.abs(x - samples[i - 1]!)) : 0), 0);
const power = (samples: readonly number[]) =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
/** How far what is heard is above its difference from what was sent, in dB. */
const likenessDb = (sent: readonly number[], heard: readonly number[]) =>
  10 * Math.log10(power(sent) / (power(sent.map((x, i) => x - heard[i]!)) + 1e-9));

describe('repeating the pitch', () => {
  it('is silence before anything was heard', () => {
    const out = new Int16Array(FRAME).fill(1);
    new PitchRepeat().conceal(out);
    expect(out).toEqual(new Int16Array(FRAME));
  });

  it.each([100, 160, 200, 320])('continues a voice of %d Hz through 60 ms', (hz) => {
    const { sent, heard } = through(voice(hz), 10, 16, 20);
    expect(likenessDb(sent.slice(4800, 7680), heard.slice(4800, 7680))).toBeGreaterThan(25);
    expect(heard.slice(0, 4800)).toEqual(sent.slice(0, 4800));
    expect(heard.slice(8160)).toEqual(sent.slice(8160));
  });

  it.each([70, 97, 123, 187, 233, 331, 399])('keeps a voice of %d Hz smooth and loud', (hz) => {
    const { sent, heard } = through(voice(hz), 10, 22, 30);
    expect(jump(heard)).toBeLessThan(1.25 * jump(sent));
    const [was, is] = [power(sent.slice(4800, 10_560)), power(heard.slice(4800, 10_560))];
    expect(Math.abs(10 * Math.log10(is / was))).toBeLessThan(1.5);
  });

  it('has no seam in any tone, however long the loss', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 70, max: 1200 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 5, max: 9 }),
        (hz, lost, before) => {
          const { sent, heard } = through(tone(hz), before, before + lost, before + lost + 3);
          // A tone that is met out of phase on its return is faded into within 4 ms.
          expect(jump(heard)).toBeLessThan(1.5 * jump(sent) + 16_000 / 96);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('repeats three periods, and not one, from 20 ms on', () => {
    const breath = noise(400);
    const { heard } = through((second) => voice(200)(second) + breath(second), 10, 22, 22);
    const guessed = heard.slice(5760);
    const change = (lag: number) =>
      power(guessed.slice(lag).map((x, i) => x - guessed[i]!)) / power(guessed);
    // The breath is another one in each period, and the same after three.
    expect(change(720)).toBeLessThan(0.2 * change(240));
    expect(change(240)).toBeLessThan(0.05);
  });

  it('gives noise no pitch', () => {
    const { heard } = through(noise(3000), 10, 22, 24);
    const guessed = heard.slice(4800, 4800 + 12 * FRAME);
    expect(Math.abs(10 * Math.log10(power(guessed) / power(heard.slice(0, 4800))))).toBeLessThan(1);
    const start = guessed.slice(960, 960 + 1440);
    for (let lag = 60; lag < 1000; lag++) {
      const later = guessed.slice(960 + lag, 960 + lag + 1440);
      const product = start.reduce((sum, x, i) => sum + x * later[i]!, 0) / start.length;
      expect(product / power(start)).toBeLessThan(0.5);
    }
  });

  it('does not overflow at the extremes', () => {
    const square: Wave = (second) => (Math.floor(second * 400) % 2 === 0 ? 32_767 : -32_768);
    const { heard } = through(square, 10, 14, 16);
    expect(power(heard.slice(4800, 6720))).toBeGreaterThan(0.9 * 32_767 ** 2);
    const { heard: step } = through((t) => (t < 0.0999 ? 32_767 : -32_768), 10, 14, 16);
    expect(jump(step)).toBeLessThanOrEqual(65_535);
  });

  it('begins anew with every loss', () => {
    const repeat = new PitchRepeat();
    for (let n = 0; n < 10; n++) repeat.hear(frameOf(voice(200), n));
    for (let n = 0; n < 10; n++) repeat.conceal(new Int16Array(FRAME));
    for (let n = 0; n < 10; n++) repeat.hear(frameOf(voice(125), n));
    const out = new Int16Array(FRAME);
    repeat.conceal(out);
    expect(likenessDb([...frameOf(voice(125), 10)], [...out])).toBeGreaterThan(25);
  });

  it('refuses another frame', () => {
    expect(() => new PitchRepeat().hear(new Int16Array(320))).toThrow(RangeError);
    expect(() => new PitchRepeat().conceal(new Int16Array(960))).toThrow(RangeError);
  });
});
