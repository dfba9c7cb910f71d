import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODEC_NAMES, openCodec } from './codec.js';

const pcm16 = openCodec('pcm16')!;

describe('pcm16', () => {
  it('gives back every sample', () => {
    const anyFrame = fc.int16Array({ minLength: 320, maxLength: 320 });
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const payload = new Uint8Array(640);
        pcm16.encode(frame, payload, 0);
        const back = new Int16Array(320);
        expect(pcm16.decode(payload, back)).toBe(true);
        expect(back).toEqual(frame);
      }),
    );
  });

  it('writes big-endian samples where it is told, and nothing else', () => {
    const out = new Uint8Array(16 + 640 + 16);
    pcm16.encode(new Int16Array(320).fill(0x0102), out, 16);
    expect([...out.subarray(14, 20)]).toEqual([0, 0, 1, 2, 1, 2]);
    expect([...out.subarray(654, 658)]).toEqual([1, 2, 0, 0]);
  });

  it('refuses a payload of any other length', () => {
    for (const length of [0, 639, 641, 1280]) {
      expect(pcm16.decode(new Uint8Array(length), new Int16Array(320))).toBe(false);
    }
  });

  it('makes packets of 672 bytes, 20 ms each', () => {
    expect(pcm16).toMatchObject({ payloadBytes: 640, frameMs: 20, payloadType: 0x10 });
  });
});

describe('codecs', () => {
  it('open by their negotiated names', () => {
    for (const name of CODEC_NAMES) expect(openCodec(name)?.name).toBe(name);
    expect(openCodec('mp3')).toBeUndefined();
  });
});
