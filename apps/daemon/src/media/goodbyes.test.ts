import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Goodbyes, KEPT_MS } from './goodbyes.js';
import type { DaemonToEngine } from './messages.js';
import { ALICE, BOB, CALL_ID, twoEngines } from './testing/engines.js';

const close = (anew: DaemonToEngine[]) =>
  ({ type: 'close-call', callId: CALL_ID, bye: 'hung-up', anew }) as const;

describe('a goodbye while no engine listens', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is said once, by the engine that comes next, which opens the call for it', () => {
    const { alice, bob, clock } = twoEngines();
    alice.open([BOB]);
    alice.install(0);
    const goodbyes = new Goodbyes();
    const lease = { from: 512, until: 1_024 };
    const keys = { aead: new Uint8Array(32).fill(1), obf: new Uint8Array(32).fill(2), ...lease };
    const both = { send: { control: keys }, receive: { control: keys } };
    const install = { type: 'install-epoch', callId: CALL_ID, epoch: 1, ...both } as const;
    alice.tell(install);
    goodbyes.keep(
      close([
        {
          type: 'open-call',
          callId: CALL_ID,
          role: 'B',
          codecs: ['pcm16'],
          candidates: [ALICE],
        },
        install,
        { type: 'send-on', callId: CALL_ID, epoch: 1 },
      ]),
    );
    vi.advanceTimersByTime(KEPT_MS - 1);
    goodbyes.say((message) => bob.tell(message));
    clock.advance(10);
    expect(alice.heard('bye')).toMatchObject([{ reason: 'hung-up' }]);
    const again: DaemonToEngine[] = [];
    goodbyes.say((message) => again.push(message));
    expect(again).toEqual([]);
  });

  it('is forgotten after two seconds, and its keys with it', () => {
    const goodbyes = new Goodbyes();
    goodbyes.keep(close([{ type: 'send-on', callId: CALL_ID, epoch: 1 }]));
    vi.advanceTimersByTime(KEPT_MS);
    const said: DaemonToEngine[] = [];
    goodbyes.say((message) => said.push(message));
    expect(said).toEqual([]);
  });
});
