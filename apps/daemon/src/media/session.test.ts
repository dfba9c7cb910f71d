import { describe, expect, it } from 'vitest';
import { ALICE, BOB, twoEngines } from './testing/engines.js';

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
});
