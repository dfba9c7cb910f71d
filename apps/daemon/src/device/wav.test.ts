import { describe, expect, it } from 'vitest';
import { readWav, WAV_HEADER_BYTES, wavHeader } from './wav.js';

const file = (samples: Int16Array, header = wavHeader(samples.byteLength)) =>
  Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);

describe('WAV files', () => {
  it('read back as they were written', () => {
    const samples = Int16Array.of(1, -2, 32767, -32768);
    expect(readWav(file(samples))).toEqual({ sampleRateHz: 16_000, samples });
  });

  it('are mixed down to one channel and keep their rate', () => {
    const header = wavHeader(8);
    new DataView(header.buffer).setUint16(22, 2, true);
    new DataView(header.buffer).setUint32(24, 48_000, true);
    const wav = readWav(file(Int16Array.of(100, 300, -5, 5), header));
    expect(wav).toEqual({ sampleRateHz: 48_000, samples: Int16Array.of(200, 0) });
  });

  it('are read past chunks of no interest', () => {
    const plain = file(Int16Array.of(7, 8));
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.alloc(4)]);
    const with_ = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
    expect(readWav(with_)?.samples).toEqual(Int16Array.of(7, 8));
  });

  it('whose writer was killed are read as far as they go', () => {
    const plain = file(Int16Array.of(1, 2, 3), wavHeader(1000));
    expect(readWav(plain)?.samples).toEqual(Int16Array.of(1, 2, 3));
  });

  it('that are none, or not 16-bit PCM, are refused', () => {
    const good = file(Int16Array.of(1, 2, 3));
    for (let n = 0; n < WAV_HEADER_BYTES; n++) {
      expect(readWav(good.subarray(0, n))?.samples.length ?? 0).toBe(0);
    }
    for (const [at, value] of [
      [0, 0],
      [20, 3],
      [22, 0],
      [34, 8],
    ] as const) {
      const bad = Buffer.from(good);
      bad[at] = value;
      expect(readWav(bad)).toBeUndefined();
    }
  });
});
