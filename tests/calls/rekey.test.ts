/** Keys are renewed every 2 s under a conversation of 20 s, and nobody hears it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPulse } from '../rig/pulse.js';
import { startRegistry } from '../rig/registry.js';
import {
  type Conversation,
  converse,
  likeness,
  outcomes,
  SAME_VOICE,
  sayings,
} from './conversation.js';
import { startPair } from './pair.js';
import { Started } from './started.js';
import { audioOf, epochsOf, packetsOf, usedTwice } from './tap.js';

const REKEY_SECONDS = 2;
/** Of ten in 20 s: each takes a few round trips more than the 2 s. */
const LEAST_REKEYS = 8;

describe('a call whose keys are renewed every 2 s', () => {
  const started = new Started();
  let call: Conversation;
  let said: Awaited<ReturnType<typeof sayings>>;

  beforeAll(async () => {
    const pulse = await started.add(startPulse(['alice', 'bob']));
    const registry = await started.add(startRegistry());
    said = await sayings();
    const often = { rekeyEverySeconds: REKEY_SECONDS };
    const pair = await startPair(started, {
      registry,
      seed: 3,
      pulse,
      alice: { name: 'alice', ...often },
      bob: { name: 'bob', ...often },
    });
    call = await converse(started, pulse, pair, said, ['alice', 'bob']);
  }, 90_000);
  afterAll(() => started.stop());

  it('goes through at least eight epochs, in each direction', () => {
    for (const direction of ['A>B', 'B>A'] as const) {
      const epochs = epochsOf(audioOf(call.tap, direction));
      expect(epochs.length - 1).toBeGreaterThanOrEqual(LEAST_REKEYS);
      expect(epochs).toEqual(epochs.map((_, epoch) => epoch));
    }
  });

  it('loses no frame to them', () => {
    for (const [direction, listener] of [
      ['A>B', 'bob'],
      ['B>A', 'alice'],
    ] as const) {
      const passed = audioOf(call.tap, direction).filter(({ fate }) => fate === 'passed');
      const { afterStart, atEnd } = call.counted[listener];
      // A microphone that is still waking leaves a hole at the beginning, which no key is the cause of.
      expect(atEnd.lost - afterStart.lost, listener).toBe(0);
      expect(atEnd.received, listener).toBe(passed.length);
      expect(atEnd.received, listener).toBe(outcomes(atEnd));
    }
  });

  it('is heard as well as any other', () => {
    expect(likeness(call.heardBy.bob!, said.alice), call.machine).toBeGreaterThan(SAME_VOICE);
    expect(likeness(call.heardBy.alice!, said.bob), call.machine).toBeGreaterThan(SAME_VOICE);
  });

  it('uses no nonce twice under any of the keys', () => {
    expect(usedTwice(packetsOf(call.tap))).toEqual([]);
  });
});
