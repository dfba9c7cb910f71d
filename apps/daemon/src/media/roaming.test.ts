/** Where two real engines speak to when the callee is not, or no longer, where it said (SPEC 9). */
import { type ControlMessage, encodeControl } from '@kyberline/core/call/control';
import { HANDSHAKE_EPOCH } from '@kyberline/core/voice/packet';
import { describe, expect, it } from 'vitest';
import type { Address } from './messages.js';
import { ALICE, BOB, CALL_ID, type Engine, twoEngines } from './testing/engines.js';

const ETHERNET: Address = { address: '192.0.2.3', port: BOB.port };
const BEHIND_NAT: Address = { address: '203.0.113.3', port: 61_000 };
const WAY_MS = 5;
const FRAME_MS = 20;

/** bob's packets come from `seenAt`, and only what goes there reaches him. */
function movable(seenAt: Address) {
  const both = twoEngines();
  const { network, clock, alice, bob } = both;
  const way = { seenAt };
  const toBob: Address[] = [];
  network.weather.loss = 1;
  network.tap((bytes, from, to) => {
    if (from.address === ALICE.address) toBob.push(to);
    const { seenAt: here } = way;
    clock.after(WAY_MS, () => {
      if (from.address === BOB.address) network.inject(bytes, here, ALICE);
      else if (to.address === here.address) network.inject(bytes, ALICE, BOB);
    });
  });
  const say = (engine: Engine, epoch: number, message: ControlMessage) =>
    engine.tell({
      type: 'send-control',
      callId: CALL_ID,
      epoch,
      payload: encodeControl(message),
    });
  const run = (ms: number, everyFrame: () => void) => {
    for (let passed = 0; passed < ms; passed += FRAME_MS) {
      everyFrame();
      for (const { switchboard } of [alice, bob]) switchboard.tick();
      clock.advance(FRAME_MS);
    }
  };
  return { ...both, way, toBob, say, run };
}

describe('a caller', () => {
  it('follows the callee from one of its addresses to another, soon after the first is silent', () => {
    const { alice, bob, way, toBob, run } = movable(BOB);
    alice.open([BOB, ETHERNET]);
    bob.open([ALICE]);
    for (const engine of [alice, bob]) {
      engine.install(0);
      engine.sendOn(0);
      engine.tell({ type: 'allow-voice', callId: CALL_ID, allowed: true });
    }
    const talk = () => {
      for (const { switchboard } of [alice, bob]) switchboard.capture(new Int16Array(320));
    };
    run(1_000, talk);
    expect(new Set(toBob.slice(-40).map(({ address }) => address))).toEqual(new Set([BOB.address]));
    way.seenAt = ETHERNET;
    run(1_100, talk);
    toBob.length = 0;
    run(1_000, talk);
    expect(new Set(toBob.map(({ address }) => address))).toEqual(new Set([ETHERNET.address]));
  });

  it('finds a callee that is where nobody said within a quarter of a second', () => {
    const { alice, bob, say, run } = movable(BEHIND_NAT);
    alice.open([BOB]);
    bob.open([ALICE]);
    for (const engine of [alice, bob]) engine.install(HANDSHAKE_EPOCH, ['control']);
    let frames = 0;
    run(240, () => {
      if (frames++ % 5 !== 0) return;
      say(bob, HANDSHAKE_EPOCH, { kind: 'PROBE' });
      say(alice, HANDSHAKE_EPOCH, { kind: 'CONFIRM', proof: new Uint8Array(64) });
    });
    expect(bob.heard('control')).not.toHaveLength(0);
  });
});
