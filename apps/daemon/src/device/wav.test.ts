import { describe, expect, it } from 'vitest';
import { findSamples, mixDown, WAV_HEADER_BYTES, wavHeader } from './wav.js';

const file = (samples: Int16Array, header = wavHeader(samples.byteLength)) =>
  Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);

/** What is in a file, as a reader that sees only pieces of it finds out. */
async function readWav(bytes: Buffer) {
  const found = await findSamples(
    async (at, length) => bytes.subarray(at, at + length),
    bytes.length,
  );
  if (!found) return undefined;
  const samples = mixDown(bytes.subarray(found.at, found.at + found.bytes), found.channels);
  return { sampleRateHz: found.sampleRateHz, samples };
}

describe('WAV files', () => {
  it('read back as they were written', async () => {
    const samples = Int16Array.of(1, -2, 32767, -32768);
    expect(await readWav(file(samples))).toEqual({ sampleRateHz: 48_000, samples });
  });

  it('are mixed down to one channel and keep their rate', async () => {
    const header = wavHeader(8);
    new DataView(header.buffer).setUint16(22, 2, true);
    new DataView(header.buffer).setUint32(24, 44_100, true);
    const wav = await readWav(file(Int16Array.of(100, 300, -5, 5), header));
    expect(wav).toEqual({ sampleRateHz: 44_100, samples: Int16Array.of(200, 0) });
  });

  it('are read past chunks of no interest', async () => {
    const plain = file(Int16Array.of(7, 8));
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.alloc(4)]);
    const with_ = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
    expect((await readWav(with_))?.samples).toEqual(Int16Array.of(7, 8));
  });

  it('are taken for what an extensible format says of itself', async () => {
    const plain = file(Int16Array.of(7, 8));
    const format = Buffer.alloc(40);
    plain.copy(format, 0, 20, 36);
    format.writeUInt16LE(0xfffe, 0);
    format.writeUInt16LE(1, 24);
    const extensible = (bytes: Buffer) =>
      Buffer.concat([plain.subarray(0, 16), Buffer.from([40, 0, 0, 0]), bytes, plain.subarray(36)]);
    expect((await readWav(extensible(format)))?.samples).toEqual(Int16Array.of(7, 8));
    format.writeUInt16LE(3, 24);
    expect(await readWav(extensible(format))).toBeUndefined();
  });

  it('whose writer was killed are read as far as they go', async () => {
    const plain = file(Int16Array.of(1, 2, 3), wavHeader(1000));
    expect((await readWav(plain))?.samples).toEqual(Int16Array.of(1, 2, 3));
  });

  it('that are none, or not 16-bit PCM, are refused', async () => {
    const good = file(Int16Array.of(1, 2, 3));
    for (let n = 0; n < WAV_HEADER_BYTES; n++) {
      expect((await readWav(good.subarray(0, n)))?.samples.length ?? 0).toBe(0);
    }
    for (const [at, value] of [
      [0, 0],
      [20, 3],
      [22, 0],
      [34, 8],
    ] as const) {
      const bad = Buffer.from(good);
      bad[at] = value;
      expect(await readWav(bad)).toBeUndefined();
    }
  });
});
