/** The echo canceller in a simulated room: speech from the loudspeaker, and what is left of it. */
import { EchoCanceller } from '@kyberline/daemon/dsp/echo';
import { beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../random.js';
import { speech } from '../speech.js';
import { align } from './correlate.js';
import { cut, rmsDbfs } from './level.js';
import { atLevel, whiteNoise } from './noise.js';
import { drift, resample } from './resample.js';
import { delayed, inRoom, mixed } from './room.js';
import { stoi } from './stoi.js';
import { type Sound, toPcm16 } from './wav.js';

const RATE_HZ = 48_000;
const FRAME = 480;
const LENGTH_MS = 13_000;

let far: Sound;
let near: Sound;
/** What the room makes of `far` before any delay: by the same clock, and by one 100 ppm faster. */
let echo: Sound;
let driftingEcho: Sound;
let floor: Sound;

beforeAll(async () => {
  const [alice, bob] = await Promise.all([speech('alice'), speech('bob')]);
  far = atLevel(resample(cut(alice, 0, LENGTH_MS), RATE_HZ), -22);
  near = delayed(atLevel(resample(cut(bob, 0, 6000), RATE_HZ), -26), 5000, LENGTH_MS);
  echo = inRoom(far, { delayMs: 0, decayMs: 200, gainDb: -6 });
  driftingEcho = drift(echo, 100);
  floor = whiteNoise(RATE_HZ, LENGTH_MS, -80, 3);
});

/** How the frames come: so many of the one side, then as many of the other. */
type Order = (frame: number) => { references: number; captures: number };

const inTurn: Order = () => ({ references: 1, captures: 1 });

/** The microphone's sound without the echo, as late as the canceller makes it. */
async function cancelled(
  microphone: Sound,
  { played: loudspeaker = far, order = inTurn, deviceDelayMs = 0 } = {},
): Promise<Sound> {
  const canceller = await EchoCanceller.open(deviceDelayMs);
  const pcm = toPcm16(loudspeaker.samples);
  const reference = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
  const samples = microphone.samples.slice();
  const frames = Math.floor(samples.length / FRAME);
  let [played, heard] = [0, 0];
  for (let turn = 0; heard < frames; turn++) {
    const { references, captures } = order(turn);
    for (let n = 0; n < references && played < frames; n++, played++) {
      canceller.reference(reference.subarray(played * FRAME, (played + 1) * FRAME));
    }
    for (let n = 0; n < captures && heard < frames; n++, heard++) {
      canceller.process(samples.subarray(heard * FRAME, (heard + 1) * FRAME));
    }
  }
  canceller.close();
  return { rateHz: RATE_HZ, samples };
}

/** Echo return loss enhancement between two instants, dB. */
function enhancement(microphone: Sound, left: Sound, fromMs: number, untilMs: number): number {
  const [from, until] = [(fromMs / 1000) * RATE_HZ, (untilMs / 1000) * RATE_HZ];
  return rmsDbfs(microphone.samples, from, until) - rmsDbfs(left.samples, from, until);
}

/** 25 dB from 3 s on, 40 dB from 10 s on. */
function expectCancelled(microphone: Sound, left: Sound): void {
  expect(enhancement(microphone, left, 3000, 6000)).toBeGreaterThan(25);
  expect(enhancement(microphone, left, 10_000, LENGTH_MS)).toBeGreaterThan(40);
}

describe('the echo of the loudspeaker', () => {
  test.each([40, 120, 250])('after %i ms and at 100 ppm of drift is cancelled', async (ms) => {
    const heard = mixed(delayed(driftingEcho, ms), floor);
    expectCancelled(heard, await cancelled(heard));
  });

  test('is as well cancelled where the sound card calls in bursts, in a shaken order', async () => {
    const chance = seeded(11);
    const heard = mixed(delayed(echo, 120), floor);
    const bursts: Order = () => {
      const frames = 1 + Math.floor(4 * chance());
      return { references: frames, captures: frames };
    };
    expectCancelled(heard, await cancelled(heard, { order: bursts }));
  });

  test('is found again within two seconds where it comes 60 ms later all at once', async () => {
    const [before, after] = [delayed(echo, 80), delayed(echo, 140)];
    before.samples.set(after.samples.subarray(6 * RATE_HZ), 6 * RATE_HZ);
    const heard = mixed(before, floor);
    const left = await cancelled(heard);
    expect(enhancement(heard, left, 8000, LENGTH_MS)).toBeGreaterThan(25);
  });

  test('goes through after 560 ms, unless the devices say how late they are', async () => {
    const heard = mixed(delayed(echo, 560), floor);
    // What little is gone, the suppressor took for noise.
    expect(enhancement(heard, await cancelled(heard), 3000, LENGTH_MS)).toBeLessThan(15);
    expectCancelled(heard, await cancelled(heard, { deviceDelayMs: 450 }));
  });
});

describe('a near speaker', () => {
  /**
   * The canceller's suppressor takes some of the near voice with the echo: STOI 0.92 becomes 0.84
   * here, where the voice is 8 dB louder than the echo. At equal levels it takes 0.12.
   */
  test('is understood while the loudspeaker speaks: STOI falls by less than 0.1', async () => {
    const softer = inRoom(far, { delayMs: 80, decayMs: 200, gainDb: -12, directDb: 8 });
    const heard = mixed(softer, near, floor);
    const { sound, lateMs } = await aligned(heard);
    const said = cut(near, 5000, 11_000);
    const before = stoi(said, cut(heard, 5000, 11_000));
    expect(stoi(said, cut(sound, 5000, 11_000))).toBeGreaterThan(before - 0.1);
    expect(lateMs).toBeLessThan(10);
  });

  test('is left alone while it does not', async () => {
    const played = { rateHz: RATE_HZ, samples: new Float32Array(far.samples.length) };
    const { sound } = await aligned(mixed(near, floor), played);
    expect(stoi(cut(near, 5000, 9000), cut(sound, 5000, 9000))).toBeGreaterThan(0.99);
    // And as late as it says, to a tenth of a millisecond.
    expect(align(cut(sound, 7000, 8000), cut(near, 7000, 8000)).lagMs).toBeCloseTo(0, 1);
  });

  /** Moved back by the delay that the canceller says it has. */
  async function aligned(heard: Sound, played = far) {
    const canceller = await EchoCanceller.open();
    const lateMs = canceller.delayMs;
    canceller.close();
    return { sound: delayed(await cancelled(heard, { played }), -lateMs), lateMs };
  }
});

test('no handler of the loader stays on the process', async () => {
  const before = ['uncaughtException', 'unhandledRejection'].map((e) => process.listenerCount(e));
  (await EchoCanceller.open()).close();
  const after = ['uncaughtException', 'unhandledRejection'].map((e) => process.listenerCount(e));
  expect(after).toEqual(before);
});
