import { CODECS } from '@kyberline/core/call/body';
import { PAYLOAD_TYPES } from '@kyberline/core/voice/packet';
import { emptyVoicePayload, readVoicePayload } from '@kyberline/core/voice/redundancy';
import { describe, expect, it } from 'vitest';
import { Codecs } from '../codec/codecs.js';
import { Speaking } from './speaking.js';

const codecs = await Codecs.open(20);
const QUIET = {
  lossRatio: 0,
  longestBurstFrames: 0,
  jitterMs: 1,
  delayTrendMsPerS: 0,
  queueMs: 0,
};
const LOSSY = { ...QUIET, lossRatio: 0.05, longestBurstFrames: 2 };
const CONGESTED = { ...QUIET, delayTrendMsPerS: 400, queueMs: 350 };

type Report = typeof QUIET;

/** What leaves while `frame(n)` is said for 10 ms each and the reports of `feedback` come in. */
function trace(
  turns: number,
  frame: (n: number) => Int16Array,
  feedback: (n: number) => Report | undefined = () => undefined,
  speaking = new Speaking([...CODECS] as never, codecs, 0),
) {
  const out = new Uint8Array(1_000);
  const payloads: { at: number; bytes: number; timestamp: number; frameMs: number }[] = [];
  for (let n = 0; n < turns; n++) {
    const report = feedback(n);
    if (report) speaking.reported(report, n * 10);
    else speaking.unreported(n * 10);
    const bytes = speaking.take(frame(n), out, 0, 10 * n);
    if (bytes === 0) continue;
    const read = readVoicePayload(out.subarray(0, bytes), emptyVoicePayload());
    payloads.push({
      at: n,
      bytes,
      timestamp: read?.timestamp ?? -1,
      frameMs: read?.frameMs ?? -1,
    });
  }
  return payloads;
}

const silence = () => new Int16Array(480);
const tone = (n: number) =>
  Int16Array.from({ length: 480 }, (_, i) => 9_000 * Math.sin((n * 480 + i) / 17));
const noise = (n: number) => {
  let seed = n + 1;
  return Int16Array.from({ length: 480 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed % 20_000) - 10_000;
  });
};

describe('what is spoken', () => {
  it('leaves as 10 ms of Opus at first, each where the last one ended', () => {
    const sent = trace(50, tone);
    expect(sent).toHaveLength(50);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual(sent.map((_, n) => n * 480));
    expect(new Set(sent.map(({ bytes }) => bytes))).toEqual(new Set([7 + 80]));
  });

  it('has a size and a rhythm that depend on the reports alone, whatever is said', () => {
    const feedback = (n: number) => {
      if (n % 100 !== 50) return undefined;
      const second = Math.floor(n / 100);
      return second % 12 < 3 ? QUIET : second % 12 < 8 ? LOSSY : CONGESTED;
    };
    const shapes = [silence, tone, noise, (n: number) => (n % 70 < 30 ? tone(n) : silence())].map(
      (said) => JSON.stringify(trace(4_000, said, feedback)),
    );
    expect(new Set(shapes).size).toBe(1);
    // And the feedback did change it, or this would say nothing.
    const sizes = new Set(
      (JSON.parse(shapes[0]!) as { bytes: number }[]).map((each) => each.bytes),
    );
    expect(sizes.size).toBeGreaterThan(3);
  });

  it('loses no sample where the frame gets longer and shorter again', () => {
    const sent = trace(3_000, tone, (n) =>
      n % 100 === 0 ? (n === 500 ? CONGESTED : QUIET) : undefined,
    );
    const lengths = new Set(sent.map(({ frameMs }) => frameMs));
    expect(lengths).toEqual(new Set([10, 20]));
    for (let i = 1; i < sent.length; i++) {
      const before = sent[i - 1]!;
      expect(sent[i]!.timestamp - before.timestamp).toBe(before.frameMs * 48);
    }
  });

  it('stands where it was captured, behind what the microphone never gave', () => {
    const speaking = new Speaking([...CODECS] as never, codecs, 0);
    const before = trace(10, tone, undefined, speaking);
    speaking.skip(15);
    const behind = trace(10, tone, undefined, speaking);
    expect(behind[0]!.timestamp - before.at(-1)!.timestamp).toBe(16 * 480);
    expect(behind[1]!.timestamp - behind[0]!.timestamp).toBe(480);
    expect(speaking.takeChange()).toBe(false);
  });

  it('says with a MODE where bare frames stand, which have no timestamp', () => {
    const speaking = new Speaking(['pcm16'], codecs, 0);
    const out = new Uint8Array(1_000);
    const turns = (count: number) => {
      for (let n = 0; n < count; n++) speaking.take(tone(n), out, 0, 10 * n);
    };
    turns(3);
    speaking.takeChange();
    speaking.skip(15);
    turns(1);
    expect(speaking.takeChange()).toBe(false);
    expect(speaking.timestamp).toBe(4 * 480);
    turns(1);
    expect(speaking.takeChange()).toBe(true);
  });

  it('goes over to another codec between two frames, and back', () => {
    const speaking = new Speaking(['opus', 'pcm48', 'pcm16'], codecs, 0);
    const out = new Uint8Array(1_000);
    const types: number[] = [];
    for (let n = 0; n < 60; n++) {
      if (n === 15) speaking.use('pcm16');
      if (n === 30) speaking.use('pcm48');
      if (n === 45) speaking.use('opus');
      const bytes = speaking.take(tone(n), out, 0, 10 * n);
      if (bytes > 0) types.push(speaking.payloadType);
    }
    expect(types.filter((type) => type === PAYLOAD_TYPES.pcm16)).toHaveLength(8);
    expect(speaking.timestamp).toBe(60 * 480);
    expect(speaking.takeChange()).toBe(true);
    expect(speaking.takeChange()).toBe(false);
  });

  it('does not use what the peer does not understand', () => {
    const speaking = new Speaking(['pcm16'], codecs, 0);
    expect(speaking.use('opus')).toBe(false);
    expect(speaking.mode).toEqual({
      codec: 'pcm16',
      frameMs: 20,
      bitrateKbps: 256,
      redundancy: 0,
    });
  });
});
