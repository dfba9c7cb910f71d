/**
 * The attacks on a call's beginning, each by somebody who owns the registry and every wire: alice
 * calls bob, mallory is in between with an identity of her own.
 */

import { type Bundle, bundleProblem, readBundle } from '@kyberline/core/crypto/bundle';
import { lv, readLv, utf8 } from '@kyberline/core/crypto/bytes';
import {
  makeAnswer,
  type OfferContext,
  offerProblem,
  openAnswer,
  openOffer,
  readOffer,
} from '@kyberline/core/crypto/handshake';
import { sha256 } from '@kyberline/core/crypto/kdf';
import {
  answerTo,
  contextOf,
  exchange,
  offerTo,
  TEST_ANSWER_BODY,
} from '@kyberline/core/crypto/testing/exchange';
import {
  TEST_NOW,
  TEST_REGISTRY,
  type TestPerson,
  testPerson,
} from '@kyberline/core/crypto/testing/people';
import { seededRandom } from '@kyberline/core/crypto/testing/seeded-random';
import { describe, expect, it } from 'vitest';

const alice = await testPerson('alice');
const bob = await testPerson('bob');
const mallory = await testPerson('mallory');
const random = seededRandom('attacks');
const MINUTE_MS = 60_000;

/** What bob thinks of an offer, having fetched this bundle for the caller's name. */
function refusal(
  bytes: Uint8Array,
  callerBundle: Bundle = alice.bundle,
  change: Partial<OfferContext> = {},
): string | undefined {
  const offer = readOffer(bytes);
  if (offer === undefined) return 'unreadable';
  return offerProblem(offer, contextOf(bob, callerBundle, change))?.code;
}

/** The offer with one header field replaced (SPEC 4's order), signed by whom you like. */
function forge(bytes: Uint8Array, signer: TestPerson, fields: Record<number, Uint8Array>) {
  const [header, sealed] = readLv(bytes, 4)!;
  const forged = lv(...readLv(header, 15)!.map((each, at) => fields[at] ?? each));
  const th1 = sha256(sha256(forged), lv(sealed));
  const { ed, mldsa } = signer.identity.sign('pqv1 offer', th1);
  return lv(forged, sealed, ed, mldsa);
}

describe('offer re-signed by another key', () => {
  it('is refused by its signature', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    expect(refusal(bytes)).toBeUndefined();
    expect(refusal(forge(bytes, mallory, {}))).toBe('bad-signature');
  });

  it('is refused where only one of the two signatures is replaced', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const [header, sealed, ed, mldsa] = readLv(bytes, 4)!;
    const [, , otherEd, otherMldsa] = readLv(forge(bytes, mallory, {}), 4)!;
    expect(refusal(lv(header, sealed, otherEd, mldsa))).toBe('bad-signature');
    expect(refusal(lv(header, sealed, ed, otherMldsa))).toBe('bad-signature');
  });

  it('is refused where it also names the other key as alice’s', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const hers = { 6: mallory.identity.public.fingerprint, 8: mallory.bundle.hash };
    expect(refusal(forge(bytes, mallory, hers))).toBe('caller-bundle');
    expect(refusal(forge(bytes, mallory, hers), mallory.bundle)).toBe('caller-bundle');
  });
});

describe('answer from another key', () => {
  it('is dropped, alice goes on ringing, and bob’s own answer still counts', async () => {
    const { bytes, pending } = await offerTo(alice, bob.bundle);
    // Mallory cannot open the offer; she answers with a chain key of her own.
    const opened = (await openOffer(readOffer(bytes)!, bob.keys, bob.bundle))!;
    opened.ck0.bytes.fill(7);
    const forged = await makeAnswer({
      offer: opened,
      me: mallory.identity,
      body: TEST_ANSWER_BODY,
      random,
    });
    expect(await openAnswer({ bytes: forged!.bytes, pending })).toBeUndefined();
    const honest = await answerTo(bob, bytes, alice.bundle);
    const [header, sealed] = readLv(honest.bytes, 4)!;
    const { ed, mldsa } = mallory.identity.sign('pqv1 answer', utf8('whatever'));
    expect(await openAnswer({ bytes: lv(header, sealed, ed, mldsa), pending })).toBeUndefined();
    expect(await openAnswer({ bytes: honest.bytes, pending })).toBeDefined();
  });

  it('is dropped when bob signed it, but for a call that is over', async () => {
    const old = await offerTo(alice, bob.bundle, { seed: 'the old call' });
    const oldAnswer = await answerTo(bob, old.bytes, alice.bundle);
    const { pending } = await offerTo(alice, bob.bundle, { seed: 'the new call' });
    expect(await openAnswer({ bytes: oldAnswer.bytes, pending })).toBeUndefined();
  });
});

describe('swapped bundle', () => {
  it('cannot be mixed from bob’s name and mallory’s keys', () => {
    const [content, ed, mldsa] = readLv(bob.bundle.bytes, 3)!;
    const [hers] = readLv(mallory.bundle.bytes, 3)!;
    const fields = readLv(content, 9)!;
    const mixed = lv(
      ...fields.map((each, at) => (at === 5 || at === 6 ? readLv(hers, 9)![at]! : each)),
    );
    expect(readBundle(lv(content, ed, mldsa))).toBeDefined();
    expect(readBundle(lv(mixed, ed, mldsa))).toBeUndefined();
    const signed = mallory.identity.sign('pqv1 bundle', mixed);
    expect(readBundle(lv(mixed, signed.ed, signed.mldsa))).toBeUndefined();
  });

  it('shows as another fingerprint, and bob refuses a call that was made to it', async () => {
    const impostor = await testPerson('bob', { seed: 'mallory' });
    const { fingerprint } = readBundle(impostor.bundle.bytes)!.identity;
    expect(fingerprint).not.toEqual(bob.identity.public.fingerprint);
    const { bytes } = await offerTo(alice, impostor.bundle);
    expect(refusal(bytes)).toBe('wrong-fingerprint');
  });

  it('is a changed key to bob when the caller is pinned, and not the caller’s when not', async () => {
    const impostor = await testPerson('alice', { seed: 'mallory' });
    const { bytes } = await offerTo(impostor, bob.bundle);
    const pinned = alice.identity.public.fingerprint;
    expect(refusal(bytes, impostor.bundle, { pinned })).toBe('key-changed');
    expect(refusal(bytes, alice.bundle)).toBe('caller-bundle');
  });

  it('with an Ed25519 key of small order, under which anything verifies, is no bundle', () => {
    const [content, , mldsa] = readLv(mallory.bundle.bytes, 3)!;
    const identityPoint = Uint8Array.of(1, ...new Uint8Array(31));
    const universal = Uint8Array.of(1, ...new Uint8Array(63));
    const weak = lv(...readLv(content, 9)!.map((each, at) => (at === 3 ? identityPoint : each)));
    const signed = mallory.identity.sign('pqv1 bundle', weak);
    expect(readBundle(lv(weak, universal, signed.mldsa))).toBeUndefined();
    expect(readBundle(lv(weak, universal, mldsa))).toBeUndefined();
  });
});

describe('suite lowered', async () => {
  const strict = await testPerson('bob', { preference: 3 });
  const { bytes } = await offerTo(alice, strict.bundle);
  const atBob = (offer: Uint8Array, change: Partial<OfferContext> = {}) => {
    const read = readOffer(offer);
    if (read === undefined) return 'unreadable';
    return offerProblem(read, contextOf(strict, alice.bundle, change))?.code;
  };

  it('on the way is refused', async () => {
    expect(readOffer(bytes)!.suite).toBe(3);
    expect(atBob(bytes)).toBeUndefined();
    expect(atBob(forge(bytes, alice, { 1: Uint8Array.of(1, 1) }))).toBe('unreadable');
    const weak = await offerTo(mallory, bob.bundle);
    const lowered = { 1: Uint8Array.of(1, 1), 12: weak.pending.offer.kemA };
    expect(atBob(forge(bytes, mallory, lowered))).toBe('wrong-suite');
  });

  it('by the caller is refused', async () => {
    const weak = await offerTo(alice, bob.bundle);
    const lowered = { 1: Uint8Array.of(1, 1), 12: weak.pending.offer.kemA };
    expect(atBob(forge(bytes, alice, lowered))).toBe('wrong-suite');
  });

  it('by a registry that serves bob’s bundle of before he raised it is refused', async () => {
    const { bundle } = await testPerson('bob');
    const toOld = await offerTo(alice, bundle);
    expect(readOffer(toOld.bytes)!.suite).toBe(1);
    expect(atBob(toOld.bytes, { myBundles: () => bundle })).toBe('stale-bundle');
  });

  it('below what was once agreed with this contact is refused by its own name', async () => {
    const weak = await offerTo(alice, bob.bundle);
    expect(refusal(weak.bytes, alice.bundle, { pinnedSuite: 3 })).toBe('suite-lowered');
  });
});

describe('replayed offer', () => {
  it('is refused for as long as its call id is remembered, and by the clock ever after', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const remembered = new Map<string, number>();
    const deliver = (now: number) => {
      const seen = (callId: string) => now - (remembered.get(callId) ?? -1e15) < 10 * MINUTE_MS;
      const code = refusal(bytes, alice.bundle, { now, seen });
      if (code === undefined) remembered.set('c1'.repeat(16), now);
      return code;
    };
    expect(deliver(TEST_NOW + 1000)).toBeUndefined();
    expect(deliver(TEST_NOW + 2000)).toBe('replayed');
    expect(deliver(TEST_NOW + MINUTE_MS)).toBe('replayed');
    expect(deliver(TEST_NOW + 9 * MINUTE_MS)).toBe('clock-wrong');
    expect(deliver(TEST_NOW + 11 * MINUTE_MS)).toBe('clock-wrong');
  });

  it('at another registry is refused', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const registryId = new Uint8Array(16).fill(9);
    expect(refusal(bytes, alice.bundle, { registryId })).toBe('wrong-registry');
  });

  it('with a new call id or a new time is no longer signed', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const forged = forge(bytes, mallory, { 2: random(16) });
    expect(refusal(forged)).toBe('bad-signature');
  });

  it('sent back to the caller is refused', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const context = contextOf(alice, alice.bundle);
    expect(offerProblem(readOffer(bytes)!, context)).toEqual({ code: 'wrong-name' });
  });
});

describe('stale offer', () => {
  it('older than 90 s is refused, and its age said', async () => {
    const { bytes } = await offerTo(alice, bob.bundle, { now: TEST_NOW - 90_001 });
    const context = contextOf(bob, alice.bundle);
    expect(offerProblem(readOffer(bytes)!, context)).toEqual({
      code: 'clock-wrong',
      callerAheadMs: -90_001,
    });
  });

  it('to a bundle whose keys are gone asks for the new bundle', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    expect(refusal(bytes, alice.bundle, { myBundles: () => undefined })).toBe('stale-bundle');
  });
});

describe('tampered KEM ciphertext', () => {
  it('in the offer breaks the signatures; signed again by its maker, it does not open', async () => {
    const { bytes } = await offerTo(alice, bob.bundle);
    const ct1 = Uint8Array.from(readOffer(bytes)!.ct1);
    ct1[100]! ^= 1;
    expect(refusal(forge(bytes, mallory, { 13: ct1 }))).toBe('bad-signature');
    const signed = forge(bytes, alice, { 13: ct1 });
    expect(refusal(signed)).toBeUndefined();
    expect(await openOffer(readOffer(signed)!, bob.keys, bob.bundle)).toBeUndefined();
  });

  it('in the answer breaks the signatures; signed again by its maker, it does not open', async () => {
    const { bytes, pending } = await offerTo(alice, bob.bundle);
    const answer = (await answerTo(bob, bytes, alice.bundle)).bytes;
    const [header, sealed, ed, mldsa] = readLv(answer, 4)!;
    const fields = readLv(header, 6)!;
    fields[4][100]! ^= 1;
    const tampered = lv(...fields);
    expect(await openAnswer({ bytes: lv(tampered, sealed, ed, mldsa), pending })).toBeUndefined();
    const { th1, signatures } = readOffer(bytes)!;
    const thA = sha256(th1, lv(signatures.ed, signatures.mldsa), tampered);
    const again = bob.identity.sign('pqv1 answer', sha256(thA, lv(sealed)));
    const signed = lv(tampered, sealed, again.ed, again.mldsa);
    expect(await openAnswer({ bytes: signed, pending })).toBeUndefined();
    expect(await openAnswer({ bytes: answer, pending })).toBeDefined();
  });
});

describe('wrong SAS reveal', () => {
  it('does not open the commitment, so that no voice and no words come of it', async () => {
    const { bytes, pending } = await offerTo(alice, bob.bundle);
    const answered = await answerTo(bob, bytes, alice.bundle);
    // A caller who wants to choose her nonce after she has seen bob's answer.
    pending.nonceA.bytes.set(random(32));
    const cheat = (await openAnswer({ bytes: answered.bytes, pending }))!.handshake;
    expect(answered.handshake.acceptConfirmA(cheat.confirmA())).toBe(false);
    expect(() => answered.handshake.confirmB()).toThrow();
    expect(() => answered.handshake.finish()).toThrow('unconfirmed');
  });
});

describe('a registry that swaps both users’ keys at first contact', () => {
  it('gets two calls that work, and two people who read out different words', async () => {
    const fakeBob = await testPerson('bob', { seed: 'mallory as bob' });
    const fakeAlice = await testPerson('alice', { seed: 'mallory as alice' });
    const left = await exchange(alice, fakeBob);
    const right = await exchange(fakeAlice, bob);
    expect(left.finishedA.words).toEqual(left.finishedB.words);
    expect(right.finishedA.words).toEqual(right.finishedB.words);
    expect(left.finishedA.words).not.toEqual(right.finishedB.words);
    expect(left.finishedA.emoji).not.toEqual(right.finishedB.emoji);
    expect(left.finishedA.transcriptHash).not.toEqual(right.finishedB.transcriptHash);
  });

  it('cannot pass the honest messages on instead', async () => {
    const fakeBob = await testPerson('bob', { seed: 'mallory as bob' });
    const { bytes } = await offerTo(alice, fakeBob.bundle);
    expect(refusal(bytes)).toBe('wrong-fingerprint');
  });
});

describe('a registry that lies about names', () => {
  it('cannot answer with somebody else’s bundle', async () => {
    const asked = { name: 'bob', registryId: TEST_REGISTRY, now: TEST_NOW };
    expect(bundleProblem(bob.bundle, asked)).toBeUndefined();
    expect(bundleProblem(mallory.bundle, asked)).toBe('wrong-name');
  });

  it('cannot ring one person with a call to another', async () => {
    const carol = await testPerson('carol');
    const { bytes } = await offerTo(alice, carol.bundle);
    expect(refusal(bytes)).toBe('wrong-name');
  });

  it('cannot show one caller as another', async () => {
    const { bytes } = await offerTo(mallory, bob.bundle);
    expect(readOffer(bytes)!.nameA).toBe('mallory');
    expect(refusal(bytes, mallory.bundle)).toBeUndefined();
    expect(refusal(forge(bytes, mallory, { 4: utf8('alice') }))).toBe('caller-bundle');
  });

  it('cannot give bob’s keys another name', async () => {
    const { bytes } = await offerTo(alice, (await testPerson('bobby', { seed: 'bob' })).bundle);
    expect(refusal(bytes)).toBe('wrong-name');
  });
});
