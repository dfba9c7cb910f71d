/** The whole handshake between two test people, each message kept, with room to tamper. */
import { utf8 } from '../bytes.js';
import {
  type Finished,
  type Handshake,
  makeAnswer,
  makeOffer,
  type Offer,
  type OfferContext,
  offerProblem,
  openAnswer,
  openOffer,
  type PendingOffer,
  readOffer,
} from '../handshake.js';
import { TEST_NOW, TEST_REGISTRY, type TestPerson } from './people.js';
import { seededRandom } from './seeded-random.js';

export const TEST_CALL_ID = new Uint8Array(16).fill(0xc1);
export const TEST_OFFER_BODY = utf8('{"v":1,"candidates":["192.0.2.1:40000"],"codecs":["pcm16"]}');
export const TEST_ANSWER_BODY = utf8('{"v":1,"candidates":["192.0.2.2:40000"],"codec":"pcm16"}');

export interface Exchange {
  readonly offer: Uint8Array;
  readonly answer: Uint8Array;
  readonly confirmA: Uint8Array;
  readonly confirmB: Uint8Array;
  readonly offerBody: Uint8Array;
  readonly answerBody: Uint8Array;
  readonly a: Handshake;
  readonly b: Handshake;
  readonly finishedA: Finished;
  readonly finishedB: Finished;
}

/** A's offer to whoever owns `peerBundle`, from a seed. */
export function offerTo(
  a: TestPerson,
  peerBundle: TestPerson['bundle'],
  { now = TEST_NOW, seed = 'offer' } = {},
): Promise<{ bytes: Uint8Array; pending: PendingOffer }> {
  return makeOffer({
    me: a.identity,
    myName: a.name,
    myBundle: a.bundle,
    preference: a.preference,
    peerBundle,
    callId: TEST_CALL_ID,
    registryId: TEST_REGISTRY,
    now,
    body: TEST_OFFER_BODY,
    random: seededRandom(seed),
  });
}

/** What B knows when the offer arrives and all is well. */
export function contextOf(
  b: TestPerson,
  callerBundle: TestPerson['bundle'],
  change: Partial<OfferContext> = {},
): OfferContext {
  return {
    myName: b.name,
    myFingerprint: b.identity.public.fingerprint,
    registryId: TEST_REGISTRY,
    myPreference: b.preference,
    now: TEST_NOW,
    seen: () => false,
    myBundles: (hash) => (Buffer.from(hash).equals(b.bundle.hash) ? b.bundle : undefined),
    callerBundle,
    ...change,
  };
}

/** B's answer to an offer in which it found nothing wrong. */
export async function answerTo(
  b: TestPerson,
  bytes: Uint8Array,
  callerBundle: TestPerson['bundle'],
  { seed = 'answer' } = {},
): Promise<{ bytes: Uint8Array; handshake: Handshake; offer: Offer; body: Uint8Array }> {
  const offer = readOffer(bytes);
  if (offer === undefined) throw new Error('the offer cannot be read');
  const problem = offerProblem(offer, contextOf(b, callerBundle));
  if (problem !== undefined) throw new Error(`the offer was refused: ${problem.code}`);
  const opened = await openOffer(offer, b.keys, b.bundle);
  if (opened === undefined) throw new Error('the offer does not open');
  const { body } = opened;
  const random = seededRandom(seed);
  const made = await makeAnswer({ offer: opened, me: b.identity, body: TEST_ANSWER_BODY, random });
  if (made === undefined) throw new Error('the offer was spent');
  return { ...made, offer, body };
}

export async function exchange(a: TestPerson, b: TestPerson): Promise<Exchange> {
  const { bytes: offer, pending } = await offerTo(a, b.bundle);
  const answered = await answerTo(b, offer, a.bundle);
  const opened = await openAnswer({ bytes: answered.bytes, pending });
  if (opened === undefined) throw new Error('the answer does not open');
  const confirmA = opened.handshake.confirmA();
  if (!answered.handshake.acceptConfirmA(confirmA)) throw new Error('B refuses the confirm');
  const confirmB = answered.handshake.confirmB();
  if (!opened.handshake.acceptConfirmB(confirmB)) throw new Error('A refuses the confirm');
  return {
    offer,
    answer: answered.bytes,
    confirmA,
    confirmB,
    offerBody: answered.body,
    answerBody: opened.body,
    a: opened.handshake,
    b: answered.handshake,
    finishedA: opened.handshake.finish(),
    finishedB: answered.handshake.finish(),
  };
}
