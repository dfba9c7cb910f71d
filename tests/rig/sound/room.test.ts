import { expect, test } from 'vitest';
import { align } from './correlate.js';
import { rmsDbfs } from './level.js';
import { fanNoise, whiteNoise } from './noise.js';
import { amplified, delayed, inRoom, mixed, roomResponse } from './room.js';

const RATE_HZ = 16_000;
const white = whiteNoise(RATE_HZ, 2000, -20, 1);

test('a room gives the sound back later and softer', () => {
  const heard = inRoom(white, { delayMs: 80, decayMs: 200, gainDb: -12 });
  expect(heard.samples.length).toBe(white.samples.length);
  expect(align(heard, white).lagMs).toBeCloseTo(80, 1);
  expect(rmsDbfs(heard.samples, RATE_HZ)).toBeCloseTo(-32, 0);
});

test('its tail falls by 60 dB in the time it is given', () => {
  const response = roomResponse(RATE_HZ, { delayMs: 0, decayMs: 400, gainDb: 0, seed: 3 });
  const early = rmsDbfs(response, 160, 960);
  const late = rmsDbfs(response, 160 + 3200, 960 + 3200);
  expect(Math.abs(early - late - 30)).toBeLessThan(2);
});

test('the direct path stands above the tail by as much as is said', () => {
  const room = { delayMs: 0, decayMs: 300, gainDb: -6, directDb: 8 };
  const [direct, ...tail] = roomResponse(RATE_HZ, room);
  const energy = tail.reduce((sum, sample) => sum + sample ** 2, 0);
  expect(10 * Math.log10(direct! ** 2 / energy)).toBeCloseTo(8, 1);
});

test('sounds are moved either way, and what falls off is gone', () => {
  const one = { rateHz: 1000, samples: Float32Array.of(1, 2, 3, 4) };
  expect([...delayed(one, 1).samples]).toEqual([0, 1, 2, 3]);
  expect([...delayed(one, -1).samples]).toEqual([2, 3, 4, 0]);
  expect([...delayed(one, 1, 6).samples]).toEqual([0, 1, 2, 3, 4, 0]);
  expect([...mixed(one, { rateHz: 1000, samples: Float32Array.of(1, 1) }).samples]).toEqual([
    ...[2, 3, 3, 4],
  ]);
  expect(amplified(one, 20).samples[0]).toBeCloseTo(10);
  expect(() => mixed(one, white)).toThrow('Mixing 16000 Hz into 1000 Hz');
});

test('a fan is as loud as is said, hums, and is the same each time', () => {
  const fan = fanNoise(RATE_HZ, 2000, -40, 7);
  expect(rmsDbfs(fan.samples)).toBeCloseTo(-40, 1);
  expect(fanNoise(RATE_HZ, 2000, -40, 7).samples).toEqual(fan.samples);
  const tone = (hz: number) => {
    let [re, im] = [0, 0];
    for (const [n, sample] of fan.samples.entries()) {
      re += sample * Math.cos((2 * Math.PI * hz * n) / RATE_HZ);
      im += sample * Math.sin((2 * Math.PI * hz * n) / RATE_HZ);
    }
    return 20 * Math.log10(Math.hypot(re, im));
  };
  expect(tone(100) - tone(150)).toBeGreaterThan(15);
});
