import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from './clock-virtual.js';
import { Cards } from './native.js';
import { RingOutput } from './rings.js';
import { CARD, Card } from './testing/ring-card.js';

describe('a loudspeaker whose sound system takes its time', () => {
  let clock: VirtualClock;
  let card: Card;
  let cards: Cards;
  const start = () => {
    const output = new RingOutput({
      ...{ cards, clock, choice: 'default', first: CARD },
      find: () => [CARD],
    });
    output.start((frame) => frame.fill(1));
    return output;
  };
  const settle = async () => {
    for (let n = 0; n < 10; n++) await Promise.resolve();
  };
  /** A device takes a buffer of silence as it starts. */
  const begin = () => {
    for (let n = 0; n < 4; n++) card.last.play(120);
  };

  beforeEach(async () => {
    clock = new VirtualClock();
    card = new Card();
    cards = new Cards(card, clock);
    await cards.look();
  });

  it('that opens only after it was stopped is closed again, and another one plays', async () => {
    card.waiting = [];
    const output = start();
    await output.stop();
    output.start((frame) => frame.fill(1));
    for (const answer of card.waiting) answer();
    card.waiting = undefined;
    clock.advance(250);
    await settle();
    expect(card.rings.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    begin();
    expect(output.inUse.state).toBe('running');
  });

  it('asks a sound system that does not answer for one stream and no more', async () => {
    card.waiting = [];
    const output = start();
    for (let second = 0; second < 60; second++) {
      clock.advance(1000);
      await settle();
    }
    expect(card.waiting).toHaveLength(1);
    expect(output.inUse.state).toBe('failed');
    const [answer] = card.waiting;
    card.waiting = undefined;
    answer!();
    expect(card.last.isOpen).toBe(false);
    clock.advance(2000);
    await settle();
    begin();
    expect(output.inUse.state).toBe('running');
  });

  it('that cannot be opened is tried again, also where that is known only later', async () => {
    card.waiting = [];
    card.takes = () => false;
    const output = start();
    const formats = 2;
    for (let n = 0; n < formats; n++) card.waiting.shift()?.();
    expect(output.inUse.state).toBe('restarting');
    card.waiting = undefined;
    card.takes = () => true;
    clock.advance(250);
    await settle();
    begin();
    expect(output.inUse.state).toBe('running');
  });
});
