import type { SuiteId } from '@kyberline/shared/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, lv, readLv, toHex, u16 } from './bytes.js';
import { expand } from './kdf.js';
import {
  type Direction,
  type EpochSecret,
  epochZero,
  isRekeyFin,
  nextEpoch,
  readRekeyEpoch,
  rekeyAnswer,
  rekeyFin,
  rekeyFinish,
  rekeyRequest,
  type Stream,
  trafficKeys,
} from './schedule.js';
import { Secret } from './secret.js';
import { type Kem, kem } from './suite.js';
import { seededRandom } from './testing/seeded-random.js';

const DIRECTIONS: Direction[] = ['A>B', 'B>A'];
const STREAMS: Stream[] = ['control', 'audio', 'video', 'screen'];
const random = seededRandom('schedule test');
const start = () => epochZero(new Secret(new Uint8Array(32).fill(1)), new Uint8Array(32).fill(2));
const at = (epoch: number): EpochSecret => ({ ...start(), epoch });
const hexKeys = (from: EpochSecret) =>
  DIRECTIONS.flatMap((direction) =>
    STREAMS.flatMap((stream) => {
      const { aead, obf } = trafficKeys(from, direction, stream);
      return [toHex(aead.bytes), toHex(obf.bytes)];
    }),
  );

/** One whole rekey; the messages may be changed on the way. */
async function rekey(
  caller: EpochSecret,
  callee: EpochSecret,
  each: Kem,
  tamper: { req?: (m: Uint8Array) => Uint8Array; ack?: (m: Uint8Array) => Uint8Array } = {},
) {
  const { req, secrets } = await rekeyRequest(caller.epoch, each, random);
  const answered = await rekeyAnswer(callee, tamper.req?.(req) ?? req, each, random);
  if (answered === undefined) return undefined;
  const ack = tamper.ack?.(answered.ack) ?? answered.ack;
  const next = await rekeyFinish(caller, req, secrets, ack, each);
  return next && { req, ack, secrets, caller: next, callee: answered.next };
}

const flip = (index: number, bit: number) => (message: Uint8Array) => {
  const flipped = Uint8Array.from(message);
  flipped[index]! ^= 1 << bit;
  return flipped;
};

describe('traffic keys', () => {
  it('are derived as SPEC 8 says', () => {
    const epoch = start();
    const label = 'key obf B>A screen';
    expect(trafficKeys(epoch, 'B>A', 'screen').obf.bytes).toEqual(
      expand(epoch.root.bytes, label, concat(u16(0), epoch.eth)),
    );
  });

  it('are all different: one key, one use', async () => {
    const zero = start();
    const one = (await rekey(zero, start(), kem(1)))!.caller;
    const all = [...hexKeys(zero), ...hexKeys(at(1)), ...hexKeys(one)];
    expect(all).toHaveLength(48);
    expect(new Set(all).size).toBe(48);
  });

  it('cannot be asked for once the root is erased', () => {
    const epoch = start();
    const keys = trafficKeys(epoch, 'A>B', 'audio');
    epoch.erase();
    expect(() => trafficKeys(epoch, 'A>B', 'audio')).toThrow('erased');
    expect(keys.aead.bytes).toHaveLength(32);
  });
});

describe('epoch numbers', () => {
  it('count up, skip the one that looks like STUN and end before the handshake’s', () => {
    expect(nextEpoch(0)).toBe(1);
    expect(nextEpoch(0x2110)).toBe(0x2111);
    expect(nextEpoch(0x2111)).toBe(0x2113);
    expect(nextEpoch(0xfffd)).toBe(0xfffe);
    expect(nextEpoch(0xfffe)).toBeUndefined();
  });

  it('are refused where reserved or used up', async () => {
    await expect(rekeyRequest(0xfffe, kem(1), random)).rejects.toThrow('no epoch is left');
    for (const [epoch, read] of [
      [7, 7],
      [0x2112, undefined],
      [0xffff, undefined],
    ] as const) {
      expect(readRekeyEpoch(lv(u16(epoch), new Uint8Array(32), new Uint8Array(9)))).toBe(read);
    }
    expect(readRekeyEpoch(lv(new Uint8Array(3), new Uint8Array(32), new Uint8Array(9)))).toBe(
      undefined,
    );
  });
});

describe.each([1, 2, 3] as SuiteId[])('a rekey in suite %i', (suite) => {
  const each = kem(suite);

  it('gives both ends the next epoch, over and over', async () => {
    let [caller, callee] = [start(), start()];
    const roots = new Set<string>();
    for (let epoch = 1; epoch <= 5; epoch++) {
      const done = (await rekey(caller, callee, each))!;
      [caller, callee] = [done.caller, done.callee];
      expect([caller.epoch, callee.epoch]).toEqual([epoch, epoch]);
      expect(caller.root.bytes).toEqual(callee.root.bytes);
      expect(caller.eth).toEqual(callee.eth);
      expect(isRekeyFin(callee, rekeyFin(caller))).toBe(true);
      expect(done.secrets.xSeed.erased && done.secrets.kemSeed.erased).toBe(true);
      roots.add(toHex(caller.root.bytes));
    }
    expect(roots.size).toBe(5);
  });

  it('takes no truncated REQ or ACK', async () => {
    const { req, secrets } = await rekeyRequest(0, each, random);
    for (let length = 0; length < req.length; length++) {
      expect(await rekeyAnswer(start(), req.subarray(0, length), each, random)).toBeUndefined();
    }
    const { ack } = (await rekeyAnswer(start(), req, each, random))!;
    for (let length = 0; length < ack.length; length++) {
      const cut = ack.subarray(0, length);
      expect(await rekeyFinish(start(), req, secrets, cut, each)).toBeUndefined();
    }
    expect(secrets.xSeed.erased).toBe(false);
    expect(await rekeyFinish(start(), req, secrets, ack, each)).toBeDefined();
  });

  it('fails visibly with a bit flipped anywhere in REQ or ACK', async () => {
    const reqBytes = 4 + 2 + 4 + 32 + 4 + each.publicKeyBytes;
    const ackBytes = 4 + 2 + 4 + 32 + 4 + each.ciphertextBytes;
    const framing = [0, 3, 4, 5, 6, 9, 10, 20, 41, 42, 45, 46];
    for (const [message, bytes] of [
      ['req', reqBytes],
      ['ack', ackBytes],
    ] as const) {
      for (const index of [...framing, 46 + 100, bytes - 1]) {
        const done = await rekey(start(), start(), each, { [message]: flip(index, index % 8) });
        // Refused, or the two ends hold different roots and FIN says so.
        if (done === undefined) continue;
        expect(isRekeyFin(done.callee, rekeyFin(done.caller))).toBe(false);
        expect(hexKeys(done.callee)).not.toEqual(hexKeys(done.caller));
      }
    }
  });

  it('refuses keys that cannot be used', async () => {
    const { req } = await rekeyRequest(0, each, random);
    const [epoch, x, key] = readLv(req, 3)!;
    const answer = (message: Uint8Array) => rekeyAnswer(start(), message, each, random);
    expect(await answer(lv(epoch, x, key))).toBeDefined();
    expect(await answer(lv(epoch, new Uint8Array(32), key))).toBeUndefined();
    expect(await answer(lv(epoch, x, new Uint8Array(key.length).fill(0xff)))).toBeUndefined();
    expect(await answer(lv(epoch, x, key.subarray(1)))).toBeUndefined();
    const own = await rekeyRequest(0, each, random);
    const { ack } = (await rekeyAnswer(start(), own.req, each, random))!;
    const weak = lv(epoch, new Uint8Array(32), readLv(ack, 3)![2]);
    expect(await rekeyFinish(start(), own.req, own.secrets, weak, each)).toBeUndefined();
    expect(await rekeyFinish(start(), own.req, own.secrets, ack, each)).toBeDefined();
  });
});

describe('a rekey', () => {
  const each = kem(1);

  it('refuses a FIN with any bit flipped, or cut short', async () => {
    const { caller, callee } = (await rekey(start(), start(), each))!;
    const fin = rekeyFin(caller);
    for (let bit = 0; bit < 256; bit++) {
      expect(isRekeyFin(callee, flip(bit >> 3, bit & 7)(fin))).toBe(false);
    }
    for (let length = 0; length < fin.length; length++) {
      expect(isRekeyFin(callee, fin.subarray(0, length))).toBe(false);
    }
    expect(isRekeyFin(callee, rekeyFin(start()))).toBe(false);
  });

  it('is for the next epoch and no other', async () => {
    const { req, secrets } = await rekeyRequest(3, each, random);
    for (const epoch of [0, 2, 4, 5]) {
      expect(await rekeyAnswer(at(epoch), req, each, random)).toBeUndefined();
    }
    const { ack } = (await rekeyAnswer(at(3), req, each, random))!;
    expect(await rekeyFinish(at(4), req, secrets, ack, each)).toBeUndefined();
    const [, x, ciphertext] = readLv(ack, 3)!;
    const moved = lv(u16(5), x, ciphertext);
    expect(await rekeyFinish(at(4), req, secrets, moved, each)).toBeUndefined();
  });

  it('takes one ACK, and none after the call has ended', async () => {
    const { req, secrets } = await rekeyRequest(0, each, random);
    const { ack } = (await rekeyAnswer(start(), req, each, random))!;
    const finish = (from: EpochSecret) => rekeyFinish(from, req, secrets, ack, each);
    const ended = start();
    const late = finish(ended);
    ended.erase();
    expect(await late).toBeUndefined();
    const both = await Promise.all([finish(start()), finish(start())]);
    expect(both.filter((next) => next !== undefined)).toHaveLength(1);
    expect(await finish(start())).toBeUndefined();
    const answering = rekeyAnswer(ended, req, each, random);
    expect(await answering).toBeUndefined();
  });

  it('with another REQ for the same epoch gives another epoch', async () => {
    const callee = start();
    const first = await rekeyRequest(0, each, random);
    const second = await rekeyRequest(0, each, random);
    const one = (await rekeyAnswer(callee, first.req, each, random))!;
    const two = (await rekeyAnswer(callee, second.req, each, random))!;
    expect(two.next.eth).not.toEqual(one.next.eth);
    const next = await rekeyFinish(start(), second.req, second.secrets, two.ack, each);
    expect(isRekeyFin(two.next, rekeyFin(next!))).toBe(true);
    const crossed = await rekeyFinish(start(), first.req, first.secrets, two.ack, each);
    expect(isRekeyFin(two.next, rekeyFin(crossed!))).toBe(false);
  });

  it('agrees exactly if root, transcript, REQ and ACK are the same on both ends', async () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const change = fc.constantFrom('nothing', 'root', 'eth', 'req', 'ack');
    await fc.assert(
      fc.asyncProperty(bytes32, bytes32, change, fc.nat(500), async (ms, th3, what, index) => {
        const flipped = flip(index % 32, index % 8);
        const same = epochZero(new Secret(ms), th3);
        const other = epochZero(
          new Secret(what === 'root' ? flipped(ms) : Uint8Array.from(ms)),
          what === 'eth' ? flipped(th3) : th3,
        );
        // In a message: past the framing and the epoch, so that it is still read.
        const tamper = flip(46 + index, index % 8);
        const done = await rekey(same, other, each, {
          ...(what === 'req' ? { req: tamper } : {}),
          ...(what === 'ack' ? { ack: tamper } : {}),
        });
        const agreed = done !== undefined && isRekeyFin(done.callee, rekeyFin(done.caller));
        expect(agreed).toBe(what === 'nothing');
      }),
      { numRuns: 60 },
    );
  });
});
