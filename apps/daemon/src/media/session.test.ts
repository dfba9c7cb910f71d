import { encodeControl } from '@kyberline/core/call/control';
import { describe, expect, it } from 'vitest';
import { ALICE, BOB, CALL_ID, twoEngines } from './testing/engines.js';

describe("a call's session", () => {
  it('takes the MODE of a restarted engine that begins with the number that was seen last', () => {
    const { alice, bob, clock } = twoEngines((bytes) => new Uint8Array(bytes).fill(9));
    bob.open([ALICE]);
    bob.install(0);
    for (const from of [0, 512]) {
      alice.open([BOB]);
      alice.install(0, ['control', 'audio'], from);
      alice.sendOn(0);
      clock.advance(10);
    }
    expect(bob.heard('peer-mode')).toHaveLength(2);
  });

  it('is not drawn to an old address by a late packet of an old epoch', () => {
    const { alice, bob, clock, network } = twoEngines();
    const elsewhere = { address: '192.0.2.77', port: 47_470 };
    const late: Uint8Array[] = [];
    bob.open([ALICE]);
    alice.open([BOB]);
    for (const engine of [alice, bob]) for (const epoch of [0, 1]) engine.install(epoch);
    for (const engine of [alice, bob]) engine.sendOn(0);
    clock.advance(10);
    // The last packet of epoch 0 is held up, and what epoch 1 begins with overtakes it.
    network.weather.loss = 1;
    network.tap((bytes, from) => from.address === ALICE.address && late.push(bytes));
    alice.tell({ type: 'mute', callId: CALL_ID, muted: true });
    network.weather.loss = 0;
    alice.sendOn(1);
    clock.advance(10);
    const sentTo: string[] = [];
    network.tap((_, __, to) => sentTo.push(to.address));
    network.inject(late[0]!, elsewhere, BOB);
    expect(bob.switchboard.strayDatagrams).toBe(0);
    expect(sentTo).not.toContain(elsewhere.address);
  });

  it('makes no message of pieces from two epochs', () => {
    const { alice, bob, clock, network } = twoEngines((bytes) => new Uint8Array(bytes).fill(9));
    bob.open([ALICE]);
    for (const epoch of [0, 1]) bob.install(epoch);
    const payload = encodeControl({ kind: 'REQ', bytes: new Uint8Array(1_200) });
    const [first, second] = [0, 1].map((epoch) => {
      const sent: Uint8Array[] = [];
      network.tap((bytes) => sent.push(bytes));
      network.weather.loss = 1;
      // Anew each time, so that both messages have the same number.
      alice.open([BOB]);
      alice.install(epoch);
      alice.tell({ type: 'send-control', callId: CALL_ID, epoch, payload });
      return sent;
    });
    network.inject(first![0]!, ALICE, BOB);
    network.inject(second![1]!, ALICE, BOB);
    clock.advance(10);
    expect(bob.heard('control')).toEqual([]);
    network.inject(second![0]!, ALICE, BOB);
    expect(bob.heard('control')).toMatchObject([{ epoch: 1 }]);
  });
});
