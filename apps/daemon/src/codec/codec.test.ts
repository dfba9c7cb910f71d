import { CODECS } from '@kyberline/core/call/body';
import { CODEC_IDS } from '@kyberline/core/call/control';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecName, FRAMES_OF, MOST_BLOCK_BYTES } from './codec.js';
import { Codecs } from './codecs.js';

const codecs = await Codecs.open(40);

/** `seconds` of a tone with some noise in it, at 48 kHz. */
function sound(seconds: number, hz = 440): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: seconds * 48_000 }, (_, i) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 8_000 * Math.sin((2 * Math.PI * hz * i) / 48_000) + (seed % 400) - 200;
  });
}

/** What comes out when all of it goes through, and the sizes of the blocks. */
function through(name: (typeof CODECS)[number], said: Int16Array, frameMs = FRAMES_OF[name][0]) {
  const encoder = codecs.encoder(name);
  const decoder = codecs.decoder(name);
  const samples = frameMs * 48;
  const heard = new Int16Array(said.length);
  const out = new Uint8Array(MOST_BLOCK_BYTES);
  const sizes = new Set<number>();
  for (let at = 0; at + samples <= said.length; at += samples) {
    const bytes = encoder.encode(said.subarray(at, at + samples), out, 0);
    sizes.add(bytes);
    const room = heard.subarray(at, at + samples);
    expect(decoder.decode(out.subarray(0, bytes), room)).toBe(samples);
  }
  encoder.free();
  decoder.free();
  return { heard, sizes: [...sizes] };
}

/** Signal over difference in dB, with what comes out moved by the look-ahead. */
function snr(said: Int16Array, heard: Int16Array, lookahead: number): number {
  let signal = 0;
  let noise = 0;
  for (let i = 4_800; i < said.length - lookahead - 4_800; i++) {
    signal += said[i]! ** 2;
    noise += (said[i]! - heard[i + lookahead]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

describe('every codec', () => {
  it('is known by its number on the wire', () => {
    for (const name of CODECS) expect(codecName(CODEC_IDS[name])).toBe(name);
    expect(codecName(0)).toBeUndefined();
    expect(codecName(99)).toBeUndefined();
  });

  it.each([
    ['opus', [80]],
    ['pcm48', [960]],
    ['pcm16', [640]],
  ] as const)('%s gives back what was said, in blocks of one size', (name, sizes) => {
    const said = sound(1);
    const { heard, sizes: measured } = through(name, said);
    expect(measured).toEqual(sizes);
    const lookahead = Math.round(codecs.encoder(name).lookaheadMs * 48);
    expect(snr(said, heard, lookahead)).toBeGreaterThan(name === 'opus' ? 12 : 30);
  });

  it('%s makes blocks of one size of silence, a tone and noise alike', () => {
    for (const name of CODECS) {
      const sizes = [new Int16Array(48_000), sound(1), sound(1, 7_000)].map(
        (said) => through(name, said).sizes,
      );
      expect(new Set(sizes.flat()).size).toBe(1);
    }
  });

  it('refuses what is none of its blocks, and goes on', () => {
    for (const name of ['pcm16', 'pcm48'] as const) {
      const decoder = codecs.decoder(name);
      for (const length of [0, 639, 641, 959, 1280]) {
        expect(decoder.decode(new Uint8Array(length), new Int16Array(960))).toBe(0);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const read = opus.decode(bytes, new Int16Array(960));
        expect([0, 480, 960]).toContain(read);
      }),
    );
  });
  const opus = codecs.decoder('opus');

  it('conceals 10 ms at a time, with something like what was heard', () => {
    for (const name of CODECS) {
      const encoder = codecs.encoder(name);
      const decoder = codecs.decoder(name);
      const samples = FRAMES_OF[name][0] * 48;
      const said = sound(0.2);
      const out = new Uint8Array(MOST_BLOCK_BYTES);
      for (let at = 0; at < said.length; at += samples) {
        const bytes = encoder.encode(said.subarray(at, at + samples), out, 0);
        decoder.decode(out.subarray(0, bytes), new Int16Array(960));
      }
      const concealed = new Int16Array(480);
      decoder.conceal(concealed);
      expect(Math.max(...concealed)).toBeGreaterThan(2_000);
    }
  });
});

describe('pcm', () => {
  it('at 48 kHz gives back every sample', () => {
    const said = sound(0.1);
    expect(through('pcm48', said).heard).toEqual(said);
  });

  it('is big-endian and writes where it is told, and nothing else', () => {
    const out = new Uint8Array(16 + 960 + 16);
    codecs.encoder('pcm48').encode(new Int16Array(480).fill(0x0102), out, 16);
    expect([...out.subarray(14, 20)]).toEqual([0, 0, 1, 2, 1, 2]);
    expect([...out.subarray(974, 978)]).toEqual([1, 2, 0, 0]);
  });
});

describe('opus', () => {
  it.each([
    [16, 20, 40],
    [24, 20, 60],
    [32, 20, 80],
    [48, 20, 120],
    [64, 10, 80],
    [96, 10, 120],
  ] as const)('at %i kbps and %i ms makes blocks of %i bytes', (kbps, frameMs, bytes) => {
    const encoder = codecs.encoder('opus');
    encoder.setBitrate(kbps);
    const out = new Uint8Array(MOST_BLOCK_BYTES);
    for (let n = 0; n < 5; n++) {
      const frame = sound(1).subarray(n * 960, n * 960 + frameMs * 48);
      expect(encoder.encode(frame, out, 0)).toBe(bytes);
    }
  });

  it('changes rate and frame in the middle of a word without a gap or a bang', () => {
    const encoder = codecs.encoder('opus');
    const decoder = codecs.decoder('opus');
    const said = sound(2, 200);
    const heard: number[] = [];
    const out = new Uint8Array(MOST_BLOCK_BYTES);
    for (let at = 0, n = 0; at + 960 <= said.length; n++) {
      const [kbps, samples] = [
        [64, 480],
        [48, 960],
        [96, 480],
        [24, 960],
      ][Math.floor(n / 12) % 4] as [number, number];
      encoder.setBitrate(kbps);
      const bytes = encoder.encode(said.subarray(at, at + samples), out, 0);
      const room = new Int16Array(samples);
      expect(decoder.decode(out.subarray(0, bytes), room)).toBe(samples);
      heard.push(...room);
      at += samples;
    }
    const loudest = heard.slice(4_800).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    expect(loudest).toBeLessThan(12_000);
    for (let at = 4_800; at + 480 <= heard.length; at += 480) {
      const part = heard.slice(at, at + 480);
      expect(Math.max(...part) - Math.min(...part)).toBeGreaterThan(4_000);
    }
  });
});
