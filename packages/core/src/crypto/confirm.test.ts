import { describe, expect, it } from 'vitest';
import { concat } from './bytes.js';
import { openAnswer } from './handshake.js';
import { answerTo, offerTo } from './testing/exchange.js';
import { testPerson } from './testing/people.js';

const alice = await testPerson('alice');
const bob = await testPerson('bob');

async function bothEnds() {
  const { bytes, pending } = await offerTo(alice, bob.bundle);
  const answered = await answerTo(bob, bytes, alice.bundle);
  const opened = (await openAnswer({ bytes: answered.bytes, pending }))!;
  return { a: opened.handshake, b: answered.handshake, pending };
}

describe('confirm', () => {
  it('refuses every truncation, a longer payload and every flipped bit', async () => {
    const { a, b } = await bothEnds();
    const confirmA = a.confirmA();
    for (let length = 0; length < confirmA.length; length++) {
      expect(b.acceptConfirmA(confirmA.subarray(0, length))).toBe(false);
    }
    expect(b.acceptConfirmA(concat(confirmA, Uint8Array.of(0)))).toBe(false);
    for (let bit = 0; bit < confirmA.length * 8; bit++) {
      const flipped = Uint8Array.from(confirmA);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(b.acceptConfirmA(flipped)).toBe(false);
    }
    expect(() => b.finish()).toThrow('unconfirmed');
    expect(b.acceptConfirmA(confirmA)).toBe(true);
    const confirmB = b.confirmB();
    for (let length = 0; length < confirmB.length; length++) {
      expect(a.acceptConfirmB(confirmB.subarray(0, length))).toBe(false);
    }
    for (let bit = 0; bit < confirmB.length * 8; bit++) {
      const flipped = Uint8Array.from(confirmB);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(a.acceptConfirmB(flipped)).toBe(false);
    }
    expect(() => a.finish()).toThrow('unconfirmed');
    expect(a.acceptConfirmB(confirmB)).toBe(true);
  });

  it('does not take one side’s confirm for the other’s', async () => {
    const { a, b } = await bothEnds();
    expect(a.acceptConfirmB(a.confirmA().subarray(32))).toBe(false);
    expect(() => a.acceptConfirmA(a.confirmA())).toThrow('only B');
    expect(() => b.acceptConfirmB(new Uint8Array(32))).toThrow('only A');
    expect(() => b.confirmA()).toThrow('only A');
  });

  it('cannot be sent by B before nA is known', async () => {
    const { b } = await bothEnds();
    expect(() => b.confirmB()).toThrow('before nA is known');
  });

  it('says the same again when it is resent, also after B has finished', async () => {
    const { a, b } = await bothEnds();
    const [first, again] = [a.confirmA(), a.confirmA()];
    expect(again).toEqual(first);
    expect(b.acceptConfirmA(first)).toBe(true);
    expect(b.acceptConfirmA(again)).toBe(true);
    const confirmB = b.confirmB();
    b.finish();
    expect(b.acceptConfirmA(again)).toBe(true);
    expect(b.acceptConfirmA(new Uint8Array(64))).toBe(false);
    expect(b.confirmB()).toEqual(confirmB);
    expect(a.acceptConfirmB(confirmB)).toBe(true);
    expect(a.acceptConfirmB(b.confirmB())).toBe(true);
  });
});

describe('finishing', () => {
  it('happens once, only after the peer’s confirm', async () => {
    const { a, b } = await bothEnds();
    expect(() => a.finish()).toThrow('unconfirmed');
    b.acceptConfirmA(a.confirmA());
    a.acceptConfirmB(b.confirmB());
    a.finish();
    expect(() => a.finish()).toThrow('finished');
    expect(a.acceptConfirmB(b.confirmB())).toBe(true);
    expect(() => a.confirmA()).toThrow('after it was erased');
  });

  it('leaves no ephemeral secret behind', async () => {
    const { a, b, pending } = await bothEnds();
    const { xSeed, kemSeed, nonceA, ck0 } = pending;
    expect([xSeed, kemSeed, nonceA, ck0].every((each) => each.erased)).toBe(true);
    b.acceptConfirmA(a.confirmA());
    const finished = b.finish();
    b.erase();
    expect(b.controlKeys.send.aead.erased && b.controlKeys.receive.obf.erased).toBe(true);
    expect(finished.epochZero.root.erased).toBe(false);
    expect(() => b.confirmB()).toThrow('erased');
    expect(() => b.finish()).toThrow('erased');
  });

  it('prints no key', async () => {
    const { a } = await bothEnds();
    const printed = JSON.stringify(a);
    expect(printed).toContain('[secret]');
    expect(printed).not.toContain(String(a.controlKeys.send.aead.bytes.join(',')));
  });
});
