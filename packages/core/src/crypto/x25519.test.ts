import { expect, it } from 'vitest';
import { fromHex, toHex } from './bytes.js';
import { x25519, x25519Public, x25519ValidPublicKey } from './x25519.js';

it('multiplies as RFC 7748 section 5.2', () => {
  const scalar = fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4')!;
  const point = fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c')!;
  expect(toHex(x25519(scalar, point)!.bytes)).toBe(
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  );
});

it('gives both sides one secret', () => {
  const a = new Uint8Array(32).fill(1);
  const b = new Uint8Array(32).fill(2);
  expect(x25519(a, x25519Public(b))!.bytes).toEqual(x25519(b, x25519Public(a))!.bytes);
});

it('refuses keys of small order, whose result is all zeros', () => {
  const seed = new Uint8Array(32).fill(7);
  // The u coordinates of order 1, 2, 4 and 8, as RFC 7748 section 6.1 warns of, and non-canonical.
  const small = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];
  for (const hex of small) {
    expect(x25519(seed, fromHex(hex)!)).toBeUndefined();
    expect(x25519ValidPublicKey(fromHex(hex)!)).toBe(false);
  }
  expect(x25519ValidPublicKey(x25519Public(seed))).toBe(true);
});

it('refuses keys of another length', () => {
  const seed = new Uint8Array(32).fill(7);
  for (const length of [0, 31, 33]) expect(x25519(seed, new Uint8Array(length))).toBeUndefined();
  expect(() => x25519Public(new Uint8Array(31))).toThrow(RangeError);
});
