import { describe, expect, it } from 'vitest';
import { callSuite, kem, readSuite, warmUp } from './suite.js';

const seed = new Uint8Array(64).fill(3);
const message = new Uint8Array(32).fill(4);

describe.each([1, 2, 3] as const)('the KEM of suite %i', (suite) => {
  const each = kem(suite);

  it('has the sizes of FIPS 203 table 3', async () => {
    const sizes = { 1: [800, 768], 2: [1184, 1088], 3: [1568, 1568] }[suite];
    expect([each.publicKeyBytes, each.ciphertextBytes]).toEqual(sizes);
    const { publicKey } = await each.keyPair(seed);
    const { ciphertext } = await each.encapsulate(publicKey, message);
    expect([publicKey.length, ciphertext.length]).toEqual(sizes);
  });

  it('gives both sides one secret, from seeds alone', async () => {
    const { publicKey } = await each.keyPair(seed);
    const first = await each.encapsulate(publicKey, message);
    const again = await each.encapsulate(publicKey, message);
    expect(again.ciphertext).toEqual(first.ciphertext);
    expect((await each.decapsulate(first.ciphertext, seed)).bytes).toEqual(first.secret.bytes);
  });

  it('gives another secret for a tampered ciphertext, and says nothing about it', async () => {
    const { publicKey } = await each.keyPair(seed);
    const { ciphertext, secret } = await each.encapsulate(publicKey, message);
    ciphertext[17]! ^= 1;
    expect((await each.decapsulate(ciphertext, seed)).bytes).not.toEqual(secret.bytes);
  });

  it('knows a public key by its length and its coefficients', async () => {
    const { publicKey } = await each.keyPair(seed);
    expect(each.validPublicKey(publicKey)).toBe(true);
    expect(each.validPublicKey(publicKey.subarray(1))).toBe(false);
    const low = Uint8Array.from(publicKey);
    low.set([0x01, (low[1]! & 0xf0) | 0x0d], 0); // the first coefficient is q = 0xd01
    expect(each.validPublicKey(low)).toBe(false);
    const high = Uint8Array.from(publicKey);
    high.set([(high[1]! & 0x0f) | 0x10, 0xd0], 1); // the second one is
    expect(each.validPublicKey(high)).toBe(false);
    await expect(each.encapsulate(low, message)).rejects.toThrow();
  });

  it('throws for seeds and ciphertexts of wrong length', async () => {
    await expect(each.keyPair(seed.subarray(1))).rejects.toThrow();
    await expect(each.decapsulate(new Uint8Array(9), seed)).rejects.toThrow();
  });
});

it('takes the higher preference for the call', () => {
  expect(callSuite(1, 3)).toBe(3);
  expect(callSuite(2, 1)).toBe(2);
  expect(callSuite(2, 2)).toBe(2);
});

it('reads three suites from a byte and no other', () => {
  expect([0, 1, 2, 3, 4, 255].map(readSuite)).toEqual([undefined, 1, 2, 3, undefined, undefined]);
  expect(readSuite(undefined)).toBeUndefined();
});

it('warms up', async () => {
  await expect(warmUp()).resolves.toBeUndefined();
});
