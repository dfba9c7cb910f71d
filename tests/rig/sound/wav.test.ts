import { expect, test } from 'vitest';
import { decodeWav, encodeWav, fromPcm16, toPcm16 } from './wav.js';

const ramp = { rateHz: 16_000, samples: Float32Array.from({ length: 1000 }, (_, n) => n / 1000) };

test('a sound survives being written as WAV to the last bit that 16 bits hold', () => {
  const back = decodeWav(encodeWav(ramp));
  expect(back.rateHz).toBe(16_000);
  expect(back.samples.length).toBe(1000);
  for (const [n, sample] of back.samples.entries()) {
    expect(Math.abs(sample - n / 1000)).toBeLessThanOrEqual(0.5 / 32768 + 1e-7);
  }
});

test('the header is the forty-four bytes that every player knows', () => {
  const bytes = encodeWav({ rateHz: 16_000, samples: Float32Array.of(0.5, -1) });
  expect(bytes.toString('hex')).toBe(
    '524946462800000057415645666d7420100000000100010080' +
      '3e0000007d000002001000646174610400000000400080',
  );
});

test('what is louder than full scale is clipped instead of wrapping round', () => {
  expect([...fromPcm16(toPcm16(Float32Array.of(1.5, -1.5)))]).toEqual([32767 / 32768, -1]);
});

test('two channels become their mean', () => {
  const pcm = Buffer.alloc(4);
  pcm.writeInt16LE(16384, 0);
  pcm.writeInt16LE(0, 2);
  expect([...fromPcm16(pcm, 2)]).toEqual([0.25]);
});

test('chunks before the data and a data size past the end of the file are read over', () => {
  const plain = encodeWav(ramp);
  const list = Buffer.concat([
    Buffer.from('LIST'),
    Buffer.from([3, 0, 0, 0]),
    Buffer.from('abc\0'),
  ]);
  const bytes = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
  bytes.writeUInt32LE(0xffffffff, 36 + list.length + 4);
  expect(decodeWav(bytes).samples.length).toBe(1000);
});

test('something that is no WAV file is refused', () => {
  expect(() => decodeWav(Buffer.from('OggS and some more bytes'))).toThrow('Not a WAV file.');
});
