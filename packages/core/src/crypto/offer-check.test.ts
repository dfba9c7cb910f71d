import { describe, expect, it } from 'vitest';
import { BUNDLE_LIFETIME_MS } from './bundle.js';
import { lv, readLv, toHex } from './bytes.js';
import { type OfferContext, offerProblem, readOffer } from './handshake.js';
import { sha256 } from './kdf.js';
import { contextOf, offerTo, TEST_CALL_ID } from './testing/exchange.js';
import { TEST_NOW, testPerson } from './testing/people.js';

const alice = await testPerson('alice');
const bob = await testPerson('bob');
const bytes = (await offerTo(alice, bob.bundle)).bytes;
const offer = readOffer(bytes)!;

const problem = (change: Partial<OfferContext>) =>
  offerProblem(offer, contextOf(bob, alice.bundle, change))?.code;

describe('offerProblem', () => {
  it('finds nothing wrong with an honest offer', () => {
    expect(problem({})).toBeUndefined();
    expect(problem({ pinned: alice.identity.public.fingerprint, pinnedSuite: 1 })).toBeUndefined();
  });

  it('refuses an offer that is for another registry, name or identity', () => {
    expect(problem({ registryId: new Uint8Array(16) })).toBe('wrong-registry');
    expect(problem({ myName: 'bobby' })).toBe('wrong-name');
    expect(problem({ myFingerprint: new Uint8Array(32) })).toBe('wrong-fingerprint');
  });

  it('refuses an offer from the callee’s own name', async () => {
    const self = await offerTo(bob, bob.bundle);
    const context = contextOf(bob, bob.bundle);
    expect(offerProblem(readOffer(self.bytes)!, context)).toEqual({ code: 'wrong-name' });
  });

  it('takes clocks that are 90 s apart, and says whose is ahead beyond that', () => {
    const at = (now: number) => offerProblem(offer, contextOf(bob, alice.bundle, { now }));
    expect(at(TEST_NOW + 90_000)).toBeUndefined();
    expect(at(TEST_NOW - 90_000)).toBeUndefined();
    expect(at(TEST_NOW - 90_001)).toEqual({ code: 'clock-wrong', callerAheadMs: 90_001 });
    expect(at(TEST_NOW + 90_001)).toEqual({ code: 'clock-wrong', callerAheadMs: -90_001 });
  });

  it('asks whether the call id was seen, in hex', () => {
    const asked: string[] = [];
    const seen = (callId: string) => asked.push(callId) > 0;
    expect(problem({ seen })).toBe('replayed');
    expect(asked).toEqual([toHex(TEST_CALL_ID)]);
  });

  it('wants a bundle of today, of the preference that is set now', async () => {
    const old = await testPerson('bob', { notBefore: TEST_NOW - BUNDLE_LIFETIME_MS - 90_001 });
    expect(problem({ myBundles: () => undefined })).toBe('stale-bundle');
    expect(problem({ myBundles: () => old.bundle })).toBe('stale-bundle');
    expect(problem({ myPreference: 2 })).toBe('stale-bundle');
  });

  it('refuses a preference that is not the one in the caller’s own bundle', async () => {
    const high = await testPerson('alice', { preference: 3 });
    const lowered = await offerTo({ ...high, preference: 1 }, bob.bundle);
    expect(offerProblem(readOffer(lowered.bytes)!, contextOf(bob, high.bundle))).toEqual({
      code: 'wrong-suite',
    });
  });

  it('refuses a suite below the one that was agreed with this contact before', () => {
    expect(problem({ pinnedSuite: 2 })).toBe('suite-lowered');
  });

  it('refuses a bundle that is not the one the caller names', async () => {
    const renamed = await testPerson('alicia', { seed: 'alice' });
    const renewed = await testPerson('alice', { notAfter: TEST_NOW + 1000 });
    const expired = await testPerson('alice', { notBefore: TEST_NOW - BUNDLE_LIFETIME_MS * 2 });
    const elsewhere = await testPerson('alice', { registryId: new Uint8Array(16) });
    const impostor = await testPerson('alice', { seed: 'impostor' });
    for (const { bundle } of [renamed, renewed, expired, elsewhere, impostor]) {
      expect(problem({ callerBundle: bundle })).toBe('caller-bundle');
    }
  });

  it('tells a changed key apart from a wrong bundle', async () => {
    const impostor = await testPerson('alice', { seed: 'impostor' });
    const pinned = alice.identity.public.fingerprint;
    expect(problem({ callerBundle: impostor.bundle, pinned })).toBe('key-changed');
    expect(problem({ pinned: impostor.identity.public.fingerprint })).toBe('key-changed');
  });

  it('refuses a bit flipped in any field, its length or a signature', () => {
    const [header, sealed] = readLv(bytes, 4)!;
    const starts = [0, 4, 8];
    let offset = 4;
    for (const field of readLv(header, 15)!) {
      starts.push(offset + 3, offset + 4, offset + 3 + field.length);
      offset += 4 + field.length;
    }
    const afterHeader = 4 + header.length;
    const signatures = afterHeader + 4 + sealed.length;
    starts.push(afterHeader, afterHeader + 4, signatures - 1, signatures + 4, signatures + 67);
    starts.push(signatures + 72, bytes.length - 1);
    for (const at of starts) {
      for (const bit of [0, 7]) {
        const flipped = Uint8Array.from(bytes);
        flipped[at]! ^= 1 << bit;
        const read = readOffer(flipped);
        if (read === undefined) continue;
        expect(offerProblem(read, contextOf(bob, alice.bundle))).toBeDefined();
      }
    }
  });

  it('refuses what the caller signed herself, but no honest program would', () => {
    const [header, sealed] = readLv(bytes, 4)!;
    const signed = (at: number, value: Uint8Array) => {
      const changed = lv(...readLv(header, 15)!.map((each, i) => (i === at ? value : each)));
      const th1 = sha256(sha256(changed), lv(sealed));
      const { ed, mldsa } = alice.identity.sign('pqv1 offer', th1);
      const context = contextOf(bob, alice.bundle);
      return offerProblem(readOffer(lv(changed, sealed, ed, mldsa))!, context)?.code;
    };
    expect(signed(6, bob.identity.public.fingerprint)).toBe('caller-bundle');
    expect(signed(8, bob.bundle.hash)).toBe('caller-bundle');
    expect(signed(9, alice.bundle.hash)).toBe('stale-bundle');
    // A ciphertext for ML-KEM-768, while bob's bundle holds an ML-KEM-512 key.
    expect(signed(13, new Uint8Array(1088))).toBe('wrong-suite');
  });

  it('looks at the signatures last', () => {
    const [header, sealed, ed, mldsa] = readLv(bytes, 4)!;
    const unsigned = readOffer(lv(header, sealed, ed.fill(1), mldsa))!;
    const context = contextOf(bob, alice.bundle);
    expect(offerProblem(unsigned, context)).toEqual({ code: 'bad-signature' });
    expect(offerProblem(unsigned, { ...context, seen: () => true })).toEqual({ code: 'replayed' });
  });
});
