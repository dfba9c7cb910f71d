import type { Processing } from '@kyberline/shared/voice';
import { describe, expect, it } from 'vitest';
import { Microphone } from './microphone.js';
import { seededRandom } from './testing/engines.js';

const OFF: Processing = {
  highPass: false,
  echoCancellation: false,
  noiseSuppression: false,
  autoGain: false,
  disguise: false,
};

/** 10 ms of a buzz with a pitch, at `at` frames. */
const buzz = (at: number, hz = 140) =>
  Int16Array.from({ length: 480 }, (_, i) => {
    const phase = (hz * (at * 480 + i)) / 48_000;
    return Math.round(9_000 * (2 * (phase - Math.floor(phase)) - 1));
  });

function microphone(processing: Partial<Processing>) {
  const sent: Int16Array[] = [];
  const state = { muted: false };
  const said: string[] = [];
  const mic = new Microphone(
    {
      random: seededRandom('microphone'),
      capture: (frame) => sent.push(frame.slice()),
      isMuted: () => state.muted,
      deviceDelayMs: () => 0,
      warn: (sentence) => said.push(sentence),
    },
    { ...OFF, ...processing },
  );
  return { mic, sent, state, said };
}

describe('the microphone', () => {
  it('lets everything through as it is while nothing is switched on', async () => {
    const { mic, sent } = microphone({});
    await mic.ready();
    for (let n = 0; n < 20; n++) mic.captured(buzz(n));
    expect(sent).toEqual(Array.from({ length: 20 }, (_, n) => buzz(n)));
    expect(mic.delayMs).toBe(0);
  });

  it('does not touch the frame that is the device’s', async () => {
    const { mic, sent } = microphone({ autoGain: true, highPass: true });
    await mic.ready();
    for (let n = 0; n < 50; n++) {
      const frame = buzz(n);
      mic.captured(frame);
      expect(frame).toEqual(buzz(n));
    }
    expect(sent.at(-1)).not.toEqual(buzz(49));
    mic.close();
  });

  it('is switched while frames pass, and says what that costs in time', async () => {
    const { mic, sent, said } = microphone({});
    const run = (frames: number) => {
      for (let n = 0; n < frames; n++) mic.captured(buzz(n));
    };
    run(10);
    await mic.use({ ...OFF, noiseSuppression: true });
    run(30);
    expect(mic.delayMs).toBeCloseTo(10, 0);
    await mic.use(OFF);
    run(30);
    expect(mic.delayMs).toBe(0);
    expect(sent).toHaveLength(70);
    expect(said).toEqual([]);
    mic.close();
  });

  it('takes what the loudspeaker plays in any pieces, and takes it out again', async () => {
    const { mic, sent } = microphone({ echoCancellation: true });
    await mic.ready();
    const random = seededRandom('far end');
    let before = new Int16Array(480);
    for (let n = 0; n < 400; n++) {
      const bytes = random(480);
      const played = Int16Array.from(bytes, (byte) => (byte - 128) * 60);
      for (const [from, until] of [
        [0, 240],
        [240, 300],
        [300, 480],
      ]) {
        mic.heard(played.subarray(from, until));
      }
      mic.captured(before);
      before = played.slice();
    }
    const power = (frames: Int16Array[]) =>
      frames.reduce((sum, frame) => sum + frame.reduce((all, each) => all + each * each, 0), 0);
    const heard = Array.from({ length: 50 }, () => before);
    expect(power(sent.slice(-50))).toBeLessThan(power(heard) / 1000);
    mic.close();
  });

  it('is another voice in each call where it is disguised', async () => {
    const { mic, sent } = microphone({ disguise: true });
    await mic.ready();
    const call = () => {
      sent.length = 0;
      mic.beginCall();
      for (let n = 0; n < 150; n++) mic.captured(buzz(n));
      return sent.slice(100).map((frame) => [...frame]);
    };
    const [first, second] = [call(), call()];
    expect(first).not.toEqual(second);
    expect(first.flat().some((sample) => Math.abs(sample) > 500)).toBe(true);
    mic.close();
  });

  it('never leaves as it is where it is to be disguised: not before, not between two calls', async () => {
    const { mic, sent } = microphone({ disguise: true });
    const bare: number[] = [];
    let n = 0;
    const talk = (frames: number) => {
      for (let i = 0; i < frames; i++, n++) {
        const frame = buzz(n);
        mic.captured(frame);
        if (sent.at(-1)!.every((sample, at) => Math.abs(sample - frame[at]!) < 2)) bare.push(n);
      }
    };
    talk(20);
    await mic.ready();
    talk(100);
    for (let call = 0; call < 3; call++) {
      mic.beginCall();
      talk(100);
    }
    expect(bare).toEqual([]);
    expect(sent.at(-1)!.some((sample) => Math.abs(sample) > 500)).toBe(true);
    await mic.use(OFF);
    talk(50);
    expect(bare.length).toBeGreaterThan(20);
    mic.close();
  });

  it('says when nothing but silence comes in', () => {
    const { mic, state } = microphone({});
    for (let n = 0; n < 1_000; n++) mic.captured(new Int16Array(480));
    expect(mic.warnings).toEqual(['silent-microphone']);
    state.muted = true;
    mic.captured(new Int16Array(480));
    expect(mic.warnings).toEqual([]);
  });

  it('takes back what it said, and counts anew, when nobody listens any more', () => {
    const { mic } = microphone({});
    const silence = (frames: number) => {
      for (let n = 0; n < frames; n++) mic.captured(new Int16Array(480));
    };
    silence(600);
    expect(mic.warnings).toEqual(['silent-microphone']);
    mic.rest();
    expect(mic.warnings).toEqual([]);
    const { warnings } = mic;
    mic.rest();
    expect(mic.warnings).toBe(warnings);
    silence(300);
    mic.rest();
    silence(300);
    expect(mic.warnings).toEqual([]);
  });
});
