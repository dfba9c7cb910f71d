import { beforeAll, describe, expect, it } from 'vitest';
import { readOffer } from '../crypto/handshake.js';
import { TEST_NOW, TEST_REGISTRY, testPerson } from '../crypto/testing/people.js';
import { seededRandom } from '../crypto/testing/seeded-random.js';
import { CallSecrets } from './secrets.js';

const body = new TextEncoder().encode('{}');

/** Both sides after the handshake, at epoch 0; `drawn` counts what the callee drew by chance. */
async function connected() {
  const [alice, bob] = [await testPerson('alice'), await testPerson('bob')];
  const chance = seededRandom('b');
  const drawn = { bytes: 0 };
  const a = new CallSecrets('A', seededRandom('a'));
  const b = new CallSecrets('B', (bytes) => {
    drawn.bytes += bytes;
    return chance(bytes);
  });
  const offer = readOffer(
    await a.offer({
      me: alice.identity,
      myName: alice.name,
      myBundle: alice.bundle,
      preference: 1,
      peerBundle: bob.bundle,
      callId: seededRandom('call')(16),
      registryId: TEST_REGISTRY,
      now: TEST_NOW,
      body,
    }),
  );
  if (!offer || !(await b.openOffer(offer, bob.keys, bob.bundle))) throw new Error('no offer');
  const answer = await b.answer(bob.identity, body);
  if (!answer || !(await a.openAnswer(answer))) throw new Error('no answer');
  b.verifyConfirm(a.confirm()!);
  a.verifyConfirm(b.confirm()!);
  a.finish();
  b.finish();
  return { a, b, drawn };
}

async function requestOf(a: CallSecrets): Promise<Uint8Array> {
  const event = await a.makeRequest(1);
  if (event.type !== 'request-made') throw new Error('no request');
  return event.req;
}

describe('rekey requests that follow each other', () => {
  let sides: Awaited<ReturnType<typeof connected>>;
  beforeAll(async () => {
    sides = await connected();
  });

  it('queue no work: only the last one is answered', async () => {
    const { a, b, drawn } = sides;
    const reqs: Uint8Array[] = [];
    for (let n = 0; n < 20; n++) reqs.push(await requestOf(a));
    for (const req of reqs) b.awaitAnswer(req);
    drawn.bytes = 0;
    for (const req of reqs.slice(0, -1)) {
      expect((await b.makeAnswer(1, req)).type).toBe('tick');
    }
    expect(drawn.bytes).toBe(0);
    const last = await b.makeAnswer(1, reqs.at(-1)!);
    if (last.type !== 'answer-made') throw new Error('the last one was not answered');
    expect((await a.makeFinish(1, reqs.at(-1)!, last.ack)).type).toBe('finish-made');
    expect(b.traffic(1, 'receive', 'audio')?.aead.bytes).toEqual(
      a.traffic(1, 'send', 'audio')?.aead.bytes,
    );
  });

  it('leave the keys of an answer alone that was being computed when its request was replaced', async () => {
    const { a, b } = sides;
    const before = b.traffic(1, 'receive', 'audio')?.aead.bytes;
    const replaced = await requestOf(a);
    b.awaitAnswer(replaced);
    const computing = b.makeAnswer(1, replaced);
    b.awaitAnswer(Uint8Array.from(replaced));
    expect((await computing).type).toBe('tick');
    expect(b.traffic(1, 'receive', 'audio')?.aead.bytes).toEqual(before);
  });
});
