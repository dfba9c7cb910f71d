import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concat,
  equal,
  fromBase64,
  fromHex,
  fromUtf8,
  lv,
  readLv,
  readU16,
  readU64,
  toBase64,
  toHex,
  u16,
  u32,
  u64,
  utf8,
} from './bytes.js';

const bytes = fc.uint8Array({ maxLength: 80 });

describe('LV framing', () => {
  it('writes a 4-byte big-endian length before each part', () => {
    expect(toHex(lv(utf8('ab'), new Uint8Array(0), Uint8Array.of(0xff)))).toBe(
      '0000000261620000000000000001ff',
    );
  });

  it('reads back what it wrote, and nothing with another count', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (parts) => {
        const framed = lv(...parts);
        expect(readLv(framed, parts.length)).toEqual(parts);
        expect(readLv(framed, parts.length + 1)).toBeUndefined();
        if (parts.length > 0) expect(readLv(framed, parts.length - 1)).toBeUndefined();
      }),
    );
  });

  it('refuses every truncation and a trailing byte', () => {
    const framed = lv(utf8('one'), utf8(''), utf8('three'));
    for (let length = 0; length < framed.length; length++) {
      expect(readLv(framed.subarray(0, length), 3)).toBeUndefined();
    }
    expect(readLv(concat(framed, Uint8Array.of(0)), 3)).toBeUndefined();
  });

  it('refuses a length that points far past the end', () => {
    expect(readLv(fromHex('ffffffff00')!, 1)).toBeUndefined();
  });

  it('hands out copies, also of a Buffer', () => {
    const framed = Buffer.from(lv(utf8('keep')));
    const [part] = readLv(framed, 1)!;
    framed.fill(0);
    expect(part).toEqual(utf8('keep'));
  });
});

describe('integers', () => {
  it('are big-endian', () => {
    expect(toHex(u16(0x0102))).toBe('0102');
    expect(toHex(u32(0xfedc_ba98))).toBe('fedcba98');
    expect(toHex(u64(Number.MAX_SAFE_INTEGER))).toBe('001fffffffffffff');
  });

  it('read back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(readU64(u64(value))).toBe(value);
        expect(readU16(u16(value % 65536))).toBe(value % 65536);
      }),
    );
  });

  it('are refused outside their range', () => {
    for (const value of [-1, 1.5, 65536, Number.NaN]) expect(() => u16(value)).toThrow(RangeError);
    expect(() => u32(2 ** 32)).toThrow(RangeError);
    expect(() => u64(2 ** 53)).toThrow(RangeError);
    expect(readU64(fromHex('0020000000000000')!)).toBeUndefined();
    expect(readU64(new Uint8Array(7))).toBeUndefined();
    expect(readU16(new Uint8Array(3))).toBeUndefined();
  });
});

describe('text forms', () => {
  it('read back', () => {
    fc.assert(
      fc.property(bytes, fc.string({ unit: 'grapheme' }), (data, text) => {
        expect(fromHex(toHex(data))).toEqual(data);
        expect(fromBase64(toBase64(data))).toEqual(data);
        expect(fromUtf8(utf8(text))).toBe(text);
      }),
    );
  });

  it('are refused when malformed or not canonical', () => {
    for (const text of ['0', 'AB', 'zz', '0x']) expect(fromHex(text)).toBeUndefined();
    for (const text of ['YQ', 'YR==', 'Y Q==', '-_==']) expect(fromBase64(text)).toBeUndefined();
    expect(fromUtf8(Uint8Array.of(0xc3, 0x28))).toBeUndefined();
  });

  it('keep a byte order mark, so that two byte strings never read as one text', () => {
    expect(fromUtf8(fromHex('efbbbf61')!)).toBe('\ufeffa');
  });
});

describe('equal', () => {
  it('compares contents and lengths', () => {
    expect(equal(utf8('same'), utf8('same'))).toBe(true);
    expect(equal(utf8('same'), utf8('sama'))).toBe(false);
    expect(equal(utf8('same'), utf8('sam'))).toBe(false);
  });
});
