/**
 * Our own frozen transcripts, one per suite: two seeded people, one call, one rekey, byte for byte.
 * A change here is a change of the protocol: raise its version, say why in SPEC.md, then renew the
 * files with `npx vitest run --project unit packages/core/src/crypto/transcript.test.ts -u`.
 */
import type { SuiteId } from '@kyberline/shared/ids';
import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from './bytes.js';
import { sha256 } from './kdf.js';
import {
  type Direction,
  type EpochSecret,
  rekeyAnswer,
  rekeyFin,
  rekeyFinish,
  rekeyRequest,
  type Stream,
  trafficKeys,
} from './schedule.js';
import { kem } from './suite.js';
import { exchange } from './testing/exchange.js';
import { testPerson } from './testing/people.js';
import { seededRandom } from './testing/seeded-random.js';

const message = (bytes: Uint8Array) => ({
  bytes: bytes.length,
  sha256: toHex(sha256(bytes)),
  base64: toBase64(bytes),
});

function epochKeys(epoch: EpochSecret): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const direction of ['A>B', 'B>A'] as Direction[]) {
    for (const stream of ['control', 'audio', 'video', 'screen'] as Stream[]) {
      const { aead, obf } = trafficKeys(epoch, direction, stream);
      keys[`aead ${direction} ${stream}`] = toHex(aead.bytes);
      keys[`obf ${direction} ${stream}`] = toHex(obf.bytes);
    }
  }
  return keys;
}

async function transcript(suite: SuiteId) {
  const alice = await testPerson('alice', { preference: suite });
  const bob = await testPerson('bob', { preference: suite });
  const call = await exchange(alice, bob);
  const zero = call.finishedA.epochZero;
  const random = seededRandom('rekey');
  const { req, secrets } = await rekeyRequest(0, kem(suite), random);
  const answered = (await rekeyAnswer(call.finishedB.epochZero, req, kem(suite), random))!;
  const one = (await rekeyFinish(zero, req, secrets, answered.ack, kem(suite)))!;
  return {
    suite,
    kem: kem(suite).name,
    seeds: 'testPerson(alice), testPerson(bob), then the streams offer, answer and rekey',
    fingerprintA: toHex(alice.identity.public.fingerprint),
    fingerprintB: toHex(bob.identity.public.fingerprint),
    bundleA: message(alice.bundle.bytes),
    bundleB: message(bob.bundle.bytes),
    offer: message(call.offer),
    answer: message(call.answer),
    'hs ctl A': toHex(call.a.controlKeys.send.aead.bytes),
    'hs obf A': toHex(call.a.controlKeys.send.obf.bytes),
    'hs ctl B': toHex(call.b.controlKeys.send.aead.bytes),
    'hs obf B': toHex(call.b.controlKeys.send.obf.bytes),
    confirmA: toHex(call.confirmA),
    confirmB: toHex(call.confirmB),
    th3: toHex(call.finishedA.transcriptHash),
    words: call.finishedA.words.join(' '),
    emoji: call.finishedA.emoji.join(' '),
    root0: toHex(zero.root.bytes),
    epoch0: epochKeys(zero),
    req: message(req),
    ack: message(answered.ack),
    eth1: toHex(one.eth),
    fin: toHex(rekeyFin(one)),
    root1: toHex(one.root.bytes),
    epoch1: epochKeys(one),
  };
}

describe.each([1, 2, 3] as SuiteId[])('the frozen transcript of suite %i', (suite) => {
  it('comes out the same, byte for byte', async () => {
    const made = `${JSON.stringify(await transcript(suite), undefined, 2)}\n`;
    await expect(made).toMatchFileSnapshot(`./testing/transcript-${suite}.json`);
  });
});
