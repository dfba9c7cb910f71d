/** The whole of what the microphone's sound goes through, stage by stage and all together. */
import { SpeechChain, type Switches } from '@kyberline/daemon/dsp/chain';
import type { Stage } from '@kyberline/daemon/dsp/stage';
import { CaptureWatch } from '@kyberline/daemon/dsp/warnings';
import type { VoiceWarning } from '@kyberline/shared/voice';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { speech } from '../speech.js';
import { cut, rmsDbfs } from './level.js';
import { atLevel, fanNoise, whiteNoise } from './noise.js';
import { resample } from './resample.js';
import { delayed, inRoom, mixed } from './room.js';
import { stoi } from './stoi.js';
import { fromPcm16, type Sound, toPcm16 } from './wav.js';

const RATE_HZ = 48_000;
const FRAME = 480;
const OFF: Switches = { highPass: false, echo: false, noise: false, gain: false };
const ON: Switches = { highPass: true, echo: true, noise: true, gain: true };

let far: Sound;
let near: Sound;
let chain: SpeechChain;

beforeAll(async () => {
  const [alice, bob] = await Promise.all([speech('alice'), speech('bob')]);
  far = atLevel(resample(cut(alice, 0, 12_000), RATE_HZ), -22);
  near = atLevel(resample(cut(bob, 0, 6000), RATE_HZ), -36);
});

beforeEach(async () => {
  chain = await SpeechChain.open();
});

afterEach(() => chain.close());

const toInt16 = (sound: Sound): Int16Array => {
  const pcm = toPcm16(sound.samples);
  return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
};

const isSame = (one: Int16Array, other: Int16Array): boolean =>
  one.length === other.length && one.every((sample, n) => sample === other[n]);

/** What leaves the chain, and what a watch says of it; `switched` says what changes at which frame. */
function through(
  heard: Sound,
  switched: Record<number, Switches>,
  { played, isMuted = false }: { played?: Sound; isMuted?: boolean } = {},
) {
  const captured = toInt16(heard);
  const reference = played === undefined ? undefined : toInt16(played);
  const sent = captured.slice();
  const watch = new CaptureWatch();
  const warnings = new Set<VoiceWarning>();
  const speechFrames: boolean[] = [];
  for (let at = 0; at + FRAME <= sent.length; at += FRAME) {
    const now = switched[at / FRAME];
    if (now !== undefined) chain.use(now);
    const playing = reference?.subarray(at, at + FRAME);
    if (playing?.length === FRAME) chain.reference(playing);
    const frame = sent.subarray(at, at + FRAME);
    chain.capture(frame);
    speechFrames.push(chain.isSpeech);
    watch.note({
      captured: captured.subarray(at, at + FRAME),
      sent: frame,
      reference: playing,
      isMuted,
      isSpeech: chain.isSpeech,
    });
    for (const warning of watch.warnings) warnings.add(warning);
  }
  const pcm = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
  const sound: Sound = { rateHz: RATE_HZ, samples: fromPcm16(pcm) };
  return { captured, sent, sound, warnings: [...warnings], last: watch.warnings, speechFrames };
}

describe('a chain', () => {
  test('with everything off changes no bit and delays by nothing', () => {
    const { sent, captured } = through(atLevel(near, -10), { 5: OFF });
    expect(isSame(sent, captured)).toBe(true);
    expect(chain.delayMs).toBe(0);
  });

  test('says the delay of what is on', () => {
    const delay = (switches: Switches) => {
      through(cut(near, 0, 400), { 0: switches });
      return chain.delayMs;
    };
    expect(delay({ ...OFF, highPass: true })).toBe(0);
    expect(delay({ ...OFF, noise: true })).toBe(10);
    expect(delay({ ...OFF, gain: true })).toBe(1);
    expect(delay({ ...OFF, echo: true })).toBeCloseTo(8.96, 1);
    expect(delay(ON)).toBeCloseTo(19.96, 1);
    expect(delay(OFF)).toBe(0);
  });

  test('is bit for bit what it was once everything is off again', () => {
    const { sent, captured } = through(near, { 10: ON, 200: OFF });
    const isSameIn = (from: number, until?: number) =>
      isSame(
        sent.subarray(from * FRAME, until && until * FRAME),
        captured.subarray(from * FRAME, until && until * FRAME),
      );
    expect(isSameIn(0, 10)).toBe(true);
    expect(isSameIn(10, 200)).toBe(false);
    expect(isSameIn(201)).toBe(true);
  });

  test('switches every stage without a click', () => {
    const tone = Float32Array.from({ length: 3 * RATE_HZ }, (_, n) => {
      return 0.2 * Math.sin((2 * Math.PI * 150 * n) / RATE_HZ);
    });
    const heard = { rateHz: RATE_HZ, samples: tone };
    const steepest = (samples: Int16Array) =>
      samples.reduce((most, sample, n) => {
        return n === 0 ? 0 : Math.max(most, Math.abs(sample - samples[n - 1]!));
      }, 0);
    const disguise: Stage = {
      delayMs: 0,
      process: (frame) => {
        for (let i = 0; i < frame.length; i++) frame[i] = -0.9 * frame[i]!;
      },
    };
    const own = steepest(toInt16(heard));
    for (const name of ['highPass', 'echo', 'noise', 'gain', 'disguise'] as const) {
      const on = name === 'disguise' ? { ...OFF, disguise } : { ...OFF, [name]: true };
      const { sent } = through(heard, { 50: on, 150: OFF, 200: on, 203: OFF });
      // From one sound to its opposite in a frame, and the sound's own slope.
      expect(steepest(sent)).toBeLessThan(1.6 * own + (0.4 * 32_768) / FRAME);
    }
  });

  test('never goes beyond full scale, whatever a disguise does', () => {
    const disguise: Stage = {
      delayMs: 0,
      process: (frame) => {
        for (let i = 0; i < frame.length; i++) frame[i] = 30 * frame[i]!;
      },
    };
    const { sent } = through(atLevel(near, -20), { 0: { ...ON, echo: false, disguise } });
    const most = sent.subarray(20 * FRAME).reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
    expect(most).toBeGreaterThan(25_000);
    expect(most).toBeLessThan(32_100);
  });

  test('makes a soft speaker beside a fan louder, and not the fan', () => {
    const clean = delayed(near, 2000, 8000);
    const heard = mixed(clean, fanNoise(RATE_HZ, 8000, -50, 4));
    const { sound, speechFrames } = through(heard, { 0: ON });
    const level = (of: Sound, fromMs: number, untilMs: number) =>
      rmsDbfs(of.samples, (fromMs / 1000) * RATE_HZ, (untilMs / 1000) * RATE_HZ);
    expect(level(sound, 5000, 8000) - level(heard, 5000, 8000)).toBeGreaterThan(6);
    expect(level(sound, 1000, 1950)).toBeLessThan(level(heard, 1000, 1950) - 15);
    expect(stoi(clean, delayed(sound, -20))).toBeGreaterThan(stoi(clean, heard) - 0.01);
    const share = (frames: boolean[]) => frames.filter(Boolean).length / frames.length;
    expect(share(speechFrames.slice(100, 195))).toBe(0);
    expect(share(speechFrames.slice(210))).toBeGreaterThan(0.7);
  });

  test('tells speech from pauses by the level alone while nothing is on', () => {
    const heard = mixed(delayed(near, 2000, 10_000), whiteNoise(RATE_HZ, 10_000, -75, 4));
    const { speechFrames } = through(heard, {});
    expect(speechFrames.slice(0, 195)).not.toContain(true);
    expect(speechFrames.slice(840)).not.toContain(true);
    const share = speechFrames.slice(210, 800).filter(Boolean).length / 590;
    expect(share).toBeGreaterThan(0.7);
  });
});

describe('what a watch says of a chain', () => {
  const floor = whiteNoise(RATE_HZ, 12_000, -70, 6);
  let echo: Sound;

  beforeAll(() => {
    echo = inRoom(far, { delayMs: 110, decayMs: 250, gainDb: -12 });
  });

  test('others hear the echo while nothing is done about it, and no more once it is', () => {
    const twice = (sound: Sound): Sound => ({
      rateHz: RATE_HZ,
      samples: Float32Array.from([...sound.samples, ...sound.samples]),
    });
    const heard = twice(mixed(echo, floor));
    const without = through(heard, { 0: OFF }, { played: twice(far) });
    expect(without.last).toEqual(['echo-heard-by-others']);
    const mended = through(heard, { 0: OFF, 1000: { ...OFF, echo: true } }, { played: twice(far) });
    expect(mended.warnings).toEqual(['echo-heard-by-others']);
    expect(mended.last).toEqual([]);
  });

  test('nothing, with everything on, though both speak at once', () => {
    const both = mixed(echo, atLevel(near, -26), floor);
    expect(through(both, { 0: ON }, { played: far }).warnings).toEqual([]);
  });

  test('nothing of two who speak at once, of a fan, or of music', () => {
    const beat = Float32Array.from({ length: 12 * RATE_HZ }, (_, n) => {
      const t = n / RATE_HZ;
      const hz = 220 * 2 ** (((Math.floor(2 * t) * 7) % 12) / 12);
      return 0.2 * Math.exp(-6 * (t % 0.5)) * Math.sin(2 * Math.PI * hz * t);
    });
    const sounds = [
      mixed(delayed(near, 500, 12_000), floor),
      fanNoise(RATE_HZ, 12_000, -45, 8),
      mixed({ rateHz: RATE_HZ, samples: beat }, floor),
    ];
    for (const heard of sounds) {
      expect(through(heard, { 0: OFF }, { played: far }).warnings).toEqual([]);
    }
  });

  test('that a muted person speaks, and not that the loudspeaker or a fan does', () => {
    const muted = { isMuted: true };
    const own = mixed(atLevel(near, -28), floor);
    for (const switches of [OFF, ON]) {
      expect(through(own, { 0: switches }, muted).warnings).toEqual(['speaking-while-muted']);
      const others = through(mixed(echo, floor), { 0: switches }, { ...muted, played: far });
      expect(others.warnings).toEqual([]);
      const fan = through(fanNoise(RATE_HZ, 6000, -40, 9), { 0: switches }, muted);
      expect(fan.warnings).toEqual([]);
    }
  });
});
