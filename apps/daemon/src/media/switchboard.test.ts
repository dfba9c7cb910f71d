import { encodeControl } from '@kyberline/core/call/control';
import { HANDSHAKE_EPOCH, type PacketHeader, writeHeader } from '@kyberline/core/voice/packet';
import { describe, expect, it } from 'vitest';
import { ALICE, BOB, CALL_ID, OTHER_CALL_ID, seededRandom, twoEngines } from './testing/engines.js';

const MALLORY = { address: '203.0.113.9', port: 47_470 };
const random = seededRandom('strays');

/** Noise that a call in the making cannot tell from a CONFIRM before it has tried its key. */
function stray(header: Partial<PacketHeader>, counter: number): Uint8Array {
  const packet = random(97);
  const like = { epoch: HANDSHAKE_EPOCH, direction: 'A>B', stream: 0, type: 1 } as const;
  writeHeader(packet, { ...like, counter, ...header });
  return packet;
}

function settingUp() {
  const both = twoEngines();
  both.alice.open([BOB]);
  both.bob.open([ALICE]);
  for (const engine of [both.alice, both.bob]) engine.install(HANDSHAKE_EPOCH, ['control']);
  const confirm = () => {
    const payload = encodeControl({ kind: 'CONFIRM', proof: new Uint8Array(64) });
    const epoch = HANDSHAKE_EPOCH;
    both.alice.tell({ type: 'send-control', callId: CALL_ID, epoch, payload });
    both.clock.advance(10);
  };
  return { ...both, confirm };
}

describe('a flood from unknown addresses', () => {
  it('does not keep a call from being set up: its candidates cost no trials', () => {
    const { network, bob, confirm } = settingUp();
    for (let n = 0; n < 3_000; n++) network.inject(stray({}, n), MALLORY, BOB);
    confirm();
    expect(bob.heard('control')).toHaveLength(1);
    expect(bob.switchboard.strayDatagrams).toBe(3_000);
  });

  it.each([
    ['of an unknown epoch', { epoch: 5 }],
    ['in our own direction', { direction: 'B>A' as const }],
    ['of a stream without a key', { stream: 3 }],
  ])('costs no trials where there is no key to try: packets %s', (_, header) => {
    const { network, bob, confirm } = settingUp();
    bob.open([{ address: '192.0.2.77', port: 47_470 }]);
    bob.install(HANDSHAKE_EPOCH, ['control']);
    for (let n = 0; n < 3_000; n++) network.inject(stray(header, n), MALLORY, BOB);
    // From an address that bob was not told.
    confirm();
    expect(bob.heard('control')).toHaveLength(1);
  });
});

describe('a second call with the same peer', () => {
  it('is set up at once, though the first one has had its counters', () => {
    const { alice, bob, clock, confirm } = settingUp();
    confirm();
    for (const engine of [alice, bob]) {
      engine.open([engine === alice ? BOB : ALICE], OTHER_CALL_ID);
      engine.install(HANDSHAKE_EPOCH, ['control'], 0, OTHER_CALL_ID);
    }
    const payload = encodeControl({ kind: 'CONFIRM', proof: new Uint8Array(64) });
    const about = { callId: OTHER_CALL_ID, epoch: HANDSHAKE_EPOCH, payload };
    alice.tell({ type: 'send-control', ...about });
    clock.advance(10);
    expect(bob.heard('control').map(({ callId }) => callId[0])).toEqual([7, 8]);
  });
});
