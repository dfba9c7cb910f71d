import { expect, it } from 'vitest';
import { concat, lv, utf8 } from './bytes.js';
import { identityFromSeeds, publicIdentity, verify, verifyEd } from './identity.js';
import { sha256 } from './kdf.js';
import { mldsaVerify } from './mldsa.js';

const seeds = { ed: new Uint8Array(32).fill(1), mldsa: new Uint8Array(32).fill(2) };
const me = identityFromSeeds(seeds);
const other = identityFromSeeds({ ed: seeds.mldsa, mldsa: seeds.ed });
const data = utf8('data');
const good = me.sign('pqv1 offer', data);

it('has a fingerprint over both public keys', () => {
  const { ed, mldsa, fingerprint } = me.public;
  expect(fingerprint).toEqual(sha256(utf8('pqv1 identity\0'), lv(ed, mldsa)));
  expect(publicIdentity(ed, other.public.mldsa)!.fingerprint).not.toEqual(fingerprint);
});

it('signs label, NUL and data, with the label as the ML-DSA context too', () => {
  const message = concat(utf8('pqv1 offer'), Uint8Array.of(0), data);
  expect(verifyEd(me.public.ed, message, good.ed)).toBe(true);
  expect(mldsaVerify(me.public.mldsa, utf8('pqv1 offer'), message, good.mldsa)).toBe(true);
  expect(mldsaVerify(me.public.mldsa, new Uint8Array(0), message, good.mldsa)).toBe(false);
});

it('needs both signatures, each under its own key', () => {
  const theirs = other.sign('pqv1 offer', data);
  expect(verify(me.public, 'pqv1 offer', data, good)).toBe(true);
  expect(verify(me.public, 'pqv1 offer', data, { ...good, ed: theirs.ed })).toBe(false);
  expect(verify(me.public, 'pqv1 offer', data, { ...good, mldsa: theirs.mldsa })).toBe(false);
  expect(verify(me.public, 'pqv1 answer', data, good)).toBe(false);
  expect(verify(me.public, 'pqv1 offer', utf8('date'), good)).toBe(false);
});

it('refuses a flipped bit anywhere in the ML-DSA signature, here one in each 97 bytes', () => {
  for (let at = 0; at < good.mldsa.length; at += 97) {
    const mldsa = Uint8Array.from(good.mldsa);
    mldsa[at]! ^= 1 << (at & 7);
    expect(verify(me.public, 'pqv1 offer', data, { ed: good.ed, mldsa })).toBe(false);
  }
});

it('refuses public keys of wrong length or small order', () => {
  const identityPoint = new Uint8Array(32);
  identityPoint[0] = 1;
  expect(publicIdentity(identityPoint, me.public.mldsa)).toBeUndefined();
  expect(publicIdentity(me.public.ed.subarray(1), me.public.mldsa)).toBeUndefined();
  expect(publicIdentity(me.public.ed, me.public.mldsa.subarray(1))).toBeUndefined();
});

it('signs nothing after it was erased', () => {
  const gone = identityFromSeeds(seeds);
  gone.erase();
  expect(() => gone.sign('pqv1 offer', data)).toThrow('erased');
  expect(() => gone.signEd(data)).toThrow('erased');
});

it('gives up no seed when it is printed', () => {
  expect(JSON.stringify(me)).not.toContain('1,1,1,1');
  expect(Object.keys(me)).toEqual(['public', 'sign', 'signEd', 'erase']);
});
