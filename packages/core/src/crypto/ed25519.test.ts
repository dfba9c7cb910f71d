import { verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from './bytes.js';
import { edKeyPair, edSign, edValidPublicKey, edVerify } from './ed25519.js';
import { publicKeyObject } from './key-object.js';

const P = 2n ** 255n - 19n;
const mod = (value: bigint) => ((value % P) + P) % P;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let bit = base, rest = exponent; rest > 0n; rest >>= 1n, bit = mod(bit * bit)) {
    if (rest & 1n) result = mod(result * bit);
  }
  return result;
}
const D = mod(-121665n * power(121666n, P - 2n));
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** x of a point with this y, or undefined off the curve (RFC 8032 section 5.1.3). */
function xOf(y: bigint): bigint | undefined {
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  const root = power(square, (P + 3n) / 8n);
  for (const x of [root, mod(root * SQRT_MINUS_ONE)]) if (mod(x * x) === square) return x;
  return undefined;
}

/** Three doublings: the identity for exactly the points whose order divides 8. */
function smallOrder(y: bigint): boolean {
  const start = xOf(y);
  if (start === undefined) return false;
  let [px, py] = [start, y];
  for (let doubling = 0; doubling < 3; doubling++) {
    const xy = D * px * px * py * py;
    const nx = mod(2n * px * py * power(1n + xy, P - 2n));
    py = mod((py * py + px * px) * power(1n - xy, P - 2n));
    px = nx;
  }
  return px === 0n && py === 1n;
}

function encode(y: bigint, sign: 0 | 1): Uint8Array {
  const value = y | (BigInt(sign) << 255n);
  return fromHex(value.toString(16).padStart(64, '0'))!.reverse();
}

/** The y of the points of order 8: there x² = -y², so the curve says 2y² = 1 - d y⁴. */
function orderEightY(): bigint[] {
  const root = (value: bigint) => {
    const r = power(value, (P + 3n) / 8n);
    return [r, mod(r * SQRT_MINUS_ONE)].find((each) => mod(each * each) === mod(value));
  };
  const discriminant = root(mod(4n + 4n * D))!;
  const inverse = power(mod(2n * D), P - 2n);
  return [discriminant, -discriminant].flatMap((sign) => {
    const y = root(mod((-2n + sign) * inverse));
    return y === undefined ? [] : [y, mod(-y)];
  });
}

describe('Ed25519', () => {
  it('signs as RFC 8032 section 7.1 test 2', () => {
    const keys = edKeyPair(
      fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')!,
    );
    expect(toHex(keys.publicKey)).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    );
    const signature = edSign(keys, Uint8Array.of(0x72));
    expect(toHex(signature)).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(edVerify(keys.publicKey, Uint8Array.of(0x72), signature)).toBe(true);
  });

  it('refuses a wrong message, every bit flip and wrong lengths', () => {
    const keys = edKeyPair(new Uint8Array(32).fill(9));
    const signature = edSign(keys, utf8('yes'));
    expect(edVerify(keys.publicKey, utf8('no'), signature)).toBe(false);
    for (let bit = 0; bit < 512; bit++) {
      const flipped = Uint8Array.from(signature);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(edVerify(keys.publicKey, utf8('yes'), flipped)).toBe(false);
    }
    expect(edVerify(keys.publicKey, utf8('yes'), signature.subarray(1))).toBe(false);
    expect(edVerify(keys.publicKey.subarray(1), utf8('yes'), signature)).toBe(false);
  });
});

describe('public keys of small order', () => {
  const every = [0n, 1n, P - 1n, ...orderEightY()];

  it('are found to be five y coordinates', () => {
    expect(new Set(every).size).toBe(5);
    for (const y of every) expect(smallOrder(y)).toBe(true);
    expect(smallOrder(4n * power(5n, P - 2n))).toBe(false);
  });

  it('are refused in every encoding', () => {
    for (const y of every) {
      for (const sign of [0, 1] as const) {
        expect(edValidPublicKey(encode(y, sign))).toBe(false);
        // The non-canonical spelling, where one exists below 2^255.
        if (y + P < 2n ** 255n) expect(edValidPublicKey(encode(y + P, sign))).toBe(false);
      }
    }
  });

  it('would let one signature verify for every message, which Node alone accepts', () => {
    const identityPoint = encode(1n, 0);
    const forged = new Uint8Array(64);
    forged[0] = 1;
    const key = publicKeyObject('ed25519', identityPoint);
    expect(verify(null, utf8('anything'), key, forged)).toBe(true);
    expect(edVerify(identityPoint, utf8('anything'), forged)).toBe(false);
  });

  it('leave ordinary keys alone', () => {
    for (let fill = 0; fill < 32; fill++) {
      expect(edValidPublicKey(edKeyPair(new Uint8Array(32).fill(fill)).publicKey)).toBe(true);
    }
  });

  it('are not the only refused ones: no encoding at or above the field prime is taken', () => {
    for (let above = 0n; above < 19n; above++) {
      expect(edValidPublicKey(encode(P + above, 0))).toBe(false);
    }
    expect(edValidPublicKey(encode(P - 2n, 0))).toBe(true);
  });
});
