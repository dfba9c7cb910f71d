import type { SuiteId } from '@kyberline/shared/ids';
import { describe, expect, it } from 'vitest';
import { concat, lv, readLv, u64, utf8 } from './bytes.js';
import { makeAnswer, makeOffer, openAnswer, openOffer, readOffer } from './handshake.js';
import { sha256 } from './kdf.js';
import { trafficKeys } from './schedule.js';
import {
  answerTo,
  exchange,
  offerTo,
  TEST_ANSWER_BODY,
  TEST_CALL_ID,
  TEST_OFFER_BODY,
} from './testing/exchange.js';
import { TEST_NOW, TEST_REGISTRY, testPerson } from './testing/people.js';
import { seededRandom } from './testing/seeded-random.js';

const alice = await testPerson('alice');
const bob = await testPerson('bob');
const random = seededRandom('handshake test');

const SUITES: [SuiteId, SuiteId, SuiteId][] = [
  [1, 1, 1],
  [2, 2, 2],
  [3, 3, 3],
  [1, 3, 3],
  [3, 1, 3],
];

describe.each(SUITES)('a call where A prefers suite %i and B suite %i', (prefA, prefB, suite) => {
  it(`is a call of suite ${suite}, and both ends agree on everything`, async () => {
    const a = await testPerson('alice', { preference: prefA });
    const b = await testPerson('bob', { preference: prefB });
    const call = await exchange(a, b);
    expect([call.a.suite, call.b.suite]).toEqual([suite, suite]);
    expect([call.a.role, call.b.role]).toEqual(['A', 'B']);
    expect([call.a.callId, call.b.callId]).toEqual([TEST_CALL_ID, TEST_CALL_ID]);
    expect(call.offerBody).toEqual(TEST_OFFER_BODY);
    expect(call.answerBody).toEqual(TEST_ANSWER_BODY);
    expect(call.finishedA.words).toEqual(call.finishedB.words);
    expect(call.finishedA.emoji).toEqual(call.finishedB.emoji);
    expect(call.finishedA.transcriptHash).toEqual(call.finishedB.transcriptHash);
    const key = (from: typeof call.finishedA) =>
      trafficKeys(from.epochZero, 'A>B', 'audio').aead.bytes;
    expect(key(call.finishedA)).toEqual(key(call.finishedB));
  });
});

describe('the keys of epoch 0xFFFF', () => {
  it('are what the other end receives with, all four different', async () => {
    const { a, b } = await exchange(alice, bob);
    expect(a.controlKeys.send.aead.bytes).toEqual(b.controlKeys.receive.aead.bytes);
    expect(a.controlKeys.send.obf.bytes).toEqual(b.controlKeys.receive.obf.bytes);
    expect(b.controlKeys.send.aead.bytes).toEqual(a.controlKeys.receive.aead.bytes);
    expect(b.controlKeys.send.obf.bytes).toEqual(a.controlKeys.receive.obf.bytes);
    const all = [a.controlKeys.send, a.controlKeys.receive].flatMap(({ aead, obf }) => [aead, obf]);
    expect(new Set(all.map((each) => Buffer.from(each.bytes).toString('hex'))).size).toBe(4);
  });
});

describe('what is sent', () => {
  it('pads the body to whole 512-byte blocks, whatever it holds', async () => {
    const sealedBytes = async (body: Uint8Array) => {
      const { bytes } = await makeOffer({
        me: alice.identity,
        myName: 'alice',
        myBundle: alice.bundle,
        preference: 1,
        peerBundle: bob.bundle,
        callId: TEST_CALL_ID,
        registryId: TEST_REGISTRY,
        now: TEST_NOW,
        body,
        random,
      });
      return readLv(bytes, 4)![1].length;
    };
    expect(await sealedBytes(utf8('{}'))).toBe(512 + 16);
    expect(await sealedBytes(new Uint8Array(512).fill(0x61))).toBe(512 + 16);
    expect(await sealedBytes(new Uint8Array(513).fill(0x61))).toBe(1024 + 16);
    expect(await sealedBytes(new Uint8Array(4096).fill(0x61))).toBe(4096 + 16);
    await expect(sealedBytes(new Uint8Array(4097))).rejects.toThrow(RangeError);
  });

  it('never holds the body or nA in the clear', async () => {
    const call = await exchange(alice, bob);
    const nonceA = Buffer.from(call.confirmA.subarray(0, 32));
    for (const message of [call.offer, call.answer]) {
      expect(Buffer.from(message).includes(Buffer.from('candidates'))).toBe(false);
      expect(Buffer.from(message).includes(nonceA)).toBe(false);
    }
  });

  it('is new in every call', async () => {
    const one = await offerTo(alice, bob.bundle, { seed: 'one' });
    const two = await offerTo(alice, bob.bundle, { seed: 'two' });
    expect(two.pending.offer.xA).not.toEqual(one.pending.offer.xA);
    expect(two.pending.offer.kemA).not.toEqual(one.pending.offer.kemA);
    expect(two.pending.offer.ct1).not.toEqual(one.pending.offer.ct1);
    expect(two.pending.offer.com).not.toEqual(one.pending.offer.com);
  });
});

describe('reading an offer', async () => {
  const { bytes } = await offerTo(alice, bob.bundle);
  const [header, sealed, ed, mldsa] = readLv(bytes, 4)!;
  const fields = readLv(header, 15)!;
  const withField = (at: number, value: Uint8Array) =>
    lv(lv(...fields.map((each, index) => (index === at ? value : each))), sealed, ed, mldsa);

  it('refuses every truncation and a trailing byte', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(readOffer(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(readOffer(concat(bytes, Uint8Array.of(0)))).toBeUndefined();
  });

  it('refuses fields that no offer has', () => {
    const smallOrder = new Uint8Array(32);
    const wrong: [number, Uint8Array][] = [
      [0, utf8('KYBERLINE/2')],
      [1, Uint8Array.of(4, 1)],
      [1, Uint8Array.of(1, 0)],
      [1, Uint8Array.of(1)],
      [1, Uint8Array.of(2, 1)],
      [2, new Uint8Array(15)],
      [3, new Uint8Array(17)],
      [4, utf8('Alice')],
      [5, utf8('bob ')],
      [6, new Uint8Array(31)],
      [7, new Uint8Array(33)],
      [8, new Uint8Array(0)],
      [9, new Uint8Array(31)],
      [10, new Uint8Array(4)],
      [10, new Uint8Array(8).fill(0xff)],
      [11, smallOrder],
      [11, new Uint8Array(31)],
      [12, new Uint8Array(800).fill(0xff)],
      [12, new Uint8Array(799)],
      [13, new Uint8Array(767)],
      [14, new Uint8Array(31)],
    ];
    expect(readOffer(withField(10, u64(1)))).toBeDefined();
    for (const [at, value] of wrong) expect(readOffer(withField(at, value))).toBeUndefined();
    expect(readOffer(lv(header, sealed.subarray(1), ed, mldsa))).toBeUndefined();
    expect(readOffer(lv(header, new Uint8Array(16), ed, mldsa))).toBeUndefined();
    expect(readOffer(lv(header, new Uint8Array(4096 + 512 + 16), ed, mldsa))).toBeUndefined();
    expect(readOffer(lv(header, sealed, ed.subarray(1), mldsa))).toBeUndefined();
    expect(readOffer(lv(header, sealed, ed, mldsa.subarray(1)))).toBeUndefined();
  });

  it('does not open with the keys of somebody else or of another bundle', async () => {
    const other = await testPerson('bob', { seed: 'another bob' });
    const big = await testPerson('bob', { preference: 3 });
    const offer = readOffer(bytes)!;
    expect(await openOffer(offer, bob.keys, bob.bundle)).toBeDefined();
    expect(await openOffer(offer, other.keys, other.bundle)).toBeUndefined();
    expect(await openOffer(offer, { ...bob.keys, x25519Seed: random(32) }, bob.bundle)).toBe(
      undefined,
    );
    expect(await openOffer(offer, big.keys, big.bundle)).toBeUndefined();
  });
});

describe('reading an answer', async () => {
  const offered = () => offerTo(alice, bob.bundle);
  const { bytes: offerBytes, pending } = await offered();
  const { bytes } = await answerTo(bob, offerBytes, alice.bundle);
  const [header, sealed, ed, mldsa] = readLv(bytes, 4)!;

  it('refuses every truncation and a trailing byte, and the call goes on ringing', async () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(await openAnswer({ bytes: bytes.subarray(0, length), pending })).toBeUndefined();
    }
    expect(await openAnswer({ bytes: concat(bytes, Uint8Array.of(0)), pending })).toBeUndefined();
    expect(pending.ck0.erased).toBe(false);
  });

  it('refuses a bit flipped in any field, its length or a signature', async () => {
    const starts = [0, 4, 8];
    let offset = 4;
    for (const field of readLv(header, 6)!) {
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
        expect(await openAnswer({ bytes: flipped, pending })).toBeUndefined();
      }
    }
    expect(await openAnswer({ bytes: lv(header, sealed, mldsa, ed), pending })).toBeUndefined();
  });

  it('refuses fields that no answer to this offer has, though bob signed them', async () => {
    const fields = readLv(header, 6)!;
    const signed = (at: number, value: Uint8Array) => {
      const changed = lv(...fields.map((each, index) => (index === at ? value : each)));
      const { th1, signatures } = pending.offer;
      const thA = sha256(th1, lv(signatures.ed, signatures.mldsa), changed);
      const { ed, mldsa } = bob.identity.sign('pqv1 answer', sha256(thA, lv(sealed)));
      return lv(changed, sealed, ed, mldsa);
    };
    const wrong: [number, Uint8Array][] = [
      [0, new Uint8Array(16)],
      [1, new Uint8Array(32)],
      [2, fields[1]],
      [3, new Uint8Array(32)],
      [4, new Uint8Array(767)],
      [5, new Uint8Array(31)],
      // Read and signed as it should be, but not what the body was sealed under.
      [3, fields[5]],
      [5, new Uint8Array(32)],
    ];
    for (const [at, value] of wrong) {
      expect(await openAnswer({ bytes: signed(at, value), pending })).toBeUndefined();
    }
    expect(pending.ck0.erased).toBe(false);
  });

  it('refuses an answer that bob sealed as well, about another call or other people', async () => {
    const answered = async (change: object, nonceBytes = 32) => {
      const opened = (await openOffer(readOffer(offerBytes)!, bob.keys, bob.bundle))!;
      const sizes = [32, 32, nonceBytes];
      const made = await makeAnswer({
        offer: { ...opened, offer: { ...opened.offer, ...change } },
        me: bob.identity,
        body: utf8('{}'),
        random: () => random(sizes.shift()!),
      });
      const fresh = await offered();
      return openAnswer({ bytes: made!.bytes, pending: fresh.pending });
    };
    expect(await answered({})).toBeDefined();
    expect(await answered({ callId: new Uint8Array(16) })).toBeUndefined();
    expect(await answered({ fpA: new Uint8Array(32) })).toBeUndefined();
    expect(await answered({ fpB: new Uint8Array(32) })).toBeUndefined();
    expect(await answered({}, 31)).toBeUndefined();
  });

  it('refuses an answer to another offer of the same call', async () => {
    const other = await offerTo(alice, bob.bundle, { seed: 'another offer' });
    expect(await openAnswer({ bytes, pending: other.pending })).toBeUndefined();
  });

  it('takes the same answer once, however often it comes', async () => {
    const fresh = await offered();
    const twice = await Promise.all([
      openAnswer({ bytes, pending: fresh.pending }),
      openAnswer({ bytes, pending: fresh.pending }),
    ]);
    expect(twice.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await openAnswer({ bytes, pending: fresh.pending })).toBeUndefined();
  });

  it('gives nothing after the call was cancelled, on either side', async () => {
    const fresh = await offered();
    const opening = openAnswer({ bytes, pending: fresh.pending });
    fresh.pending.erase();
    expect(await opening).toBeUndefined();
    const opened = (await openOffer(readOffer(offerBytes)!, bob.keys, bob.bundle))!;
    const answering = makeAnswer({ offer: opened, me: bob.identity, body: utf8('{}'), random });
    opened.erase();
    expect(await answering).toBeUndefined();
  });
});
