import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, utf8 } from './bytes.js';
import { expand, extract, gcmOpen, gcmSeal, hmac, sha256 } from './kdf.js';

const hex = (text: string) => fromHex(text.replaceAll(' ', ''))!;

describe('hash and HMAC', () => {
  it('is SHA-256 over the parts one after another (FIPS 180-4 "abc")', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(toHex(sha256(utf8('a'), utf8('bc')))).toBe(abc);
  });

  it('matches RFC 4231 test case 2', () => {
    expect(toHex(hmac(utf8('Jefe'), utf8('what do ya want '), utf8('for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('key derivation', () => {
  it('extracts as RFC 5869 test case 1', () => {
    const prk = extract(hex('000102030405060708090a0b0c'), new Uint8Array(22).fill(0x0b));
    expect(toHex(prk)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5');
  });

  it('extracts and expands as the platform HKDF does with the same info', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.uint8Array(), (salt, ikm, ctx) => {
        const info = concat(utf8('pqv1 master'), Uint8Array.of(0), ctx);
        const theirs = new Uint8Array(hkdfSync('sha256', ikm, salt, info, 32));
        expect(expand(extract(salt, ikm), 'master', ctx)).toEqual(theirs);
      }),
    );
  });
});

describe('AES-256-GCM', () => {
  const key = new Uint8Array(32);
  const nonce = new Uint8Array(12);

  it('matches test case 14 of the GCM specification', () => {
    expect(toHex(gcmSeal(key, nonce, new Uint8Array(0), new Uint8Array(16)))).toBe(
      'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
    );
  });

  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (aad, plaintext) => {
        expect(gcmOpen(key, nonce, aad, gcmSeal(key, nonce, aad, plaintext))).toEqual(plaintext);
      }),
    );
  });

  it('refuses every truncation, the 4-byte tag among them, and every bit flip', () => {
    const sealed = gcmSeal(key, nonce, utf8('aad'), utf8('text'));
    for (let length = 0; length < sealed.length; length++) {
      expect(gcmOpen(key, nonce, utf8('aad'), sealed.subarray(0, length))).toBeUndefined();
    }
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Uint8Array.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(gcmOpen(key, nonce, utf8('aad'), flipped)).toBeUndefined();
    }
    expect(gcmOpen(key, nonce, utf8('aae'), sealed)).toBeUndefined();
  });
});
