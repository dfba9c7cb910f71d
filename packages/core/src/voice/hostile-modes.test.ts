/** What a call partner's MODEs and timestamps can do to a playout, however extreme: no endless work. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter.js';
import { Timeline } from './timeline.js';

const PLACE_MS = 10;
/** All places that a buffer ever holds; a put does a few times as much at most. */
const MOST_BUFFERED = 128;
const MOST_MS = 1_000;
const TICKS = 480;
const WORD = 2 ** 32;

const extreme = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 20 }),
  fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40, 2 ** 45, 2 ** 52, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
);
const epoch = fc.integer({ min: 0, max: 6 });
const timestamp = fc.oneof(
  fc.integer({ min: 0, max: 99 * TICKS }),
  fc.constantFrom(0, 2 ** 31 - 1, 2 ** 31, WORD - 1),
  fc.integer({ min: 0, max: WORD - 1 }),
);
const step = fc.oneof(
  fc.record({ do: fc.constant('mode' as const), epoch, counter: extreme, place: extreme }),
  fc.record({
    do: fc.constant('bare' as const),
    epoch,
    counter: fc.oneof(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 2 ** 20 - 1 })),
  }),
  fc.record({
    do: fc.constant('timed' as const),
    epoch,
    timestamp,
    isNewest: fc.boolean(),
    places: fc.constantFrom(1, 2),
    redundant: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ do: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 60 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function run(steps: Step[]): JitterBuffer {
  const timeline = new Timeline();
  const jitter = new JitterBuffer(1);
  const bytes = new Uint8Array(1);
  let now = 0;
  const put = (index: number, places: number) => {
    // Where adding one adds nothing, a loop over indices never ends.
    expect(Number.isSafeInteger(index - MOST_BUFFERED)).toBe(true);
    expect(Number.isSafeInteger(index + MOST_BUFFERED)).toBe(true);
    jitter.put(index, places, 1, bytes);
    expect(jitter.depth).toBeLessThanOrEqual(MOST_BUFFERED);
    expect(jitter.buffered).toBeLessThanOrEqual(jitter.depth);
  };
  for (const each of steps) {
    now += PLACE_MS;
    const { following } = jitter;
    if (each.do === 'mode') timeline.base(each.epoch, each.counter, each.place);
    if (each.do === 'turns') for (let turn = 0; turn < each.turns; turn++) jitter.take();
    if (each.do === 'bare') put(timeline.indexOf(each.epoch, each.counter, following, now), 2);
    if (each.do !== 'timed') continue;
    const { places } = each;
    const index = timeline.indexAt(each.epoch, each.timestamp, each.isNewest, following, now);
    put(index, places);
    for (let age = 1; age <= each.redundant; age++) {
      jitter.repair(index - age * places, places, 1, bytes);
    }
  }
  return jitter;
}

describe('a call partner that lies in MODE and about time', () => {
  it('cannot hang the engine: indices stay exact, a put has little to do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const startedAt = performance.now();
        const jitter = run(steps);
        expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
        const { received, played, late, duplicate, discarded } = jitter.counters;
        expect(played + late + duplicate + discarded + jitter.buffered).toBe(received);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot add up to it either, MODE after MODE', () => {
    const timeline = new Timeline();
    const most = 2 ** 31;
    for (let each = 0; each < 2 ** 20; each++) {
      timeline.base(each, 2 ** 20 - 1, 0);
      timeline.base(each + 1, 0, most);
      timeline.base(each + 1, 2 ** 20 - 1, 0);
    }
    expect(timeline.indexOf(2 ** 20, 0, 0, 0)).toBeLessThan(2 ** 46);
    expect(timeline.indexAt(2 ** 20, 0, false, 0, 0)).toBeLessThan(2 ** 46);
  });

  it.each([
    ['round after round', 2 ** 31 - 1, 2 ** 31 - 1],
    ['to and fro', 2 ** 31 - 1, 2 ** 31 + 1],
  ])('nor timestamp after timestamp, %s', (_, ahead, andThen) => {
    const timeline = new Timeline();
    let following = 0;
    let ticks = 0;
    let least = 0;
    for (let each = 0; each < 2 ** 22; each++) {
      ticks = (ticks + (each % 2 === 0 ? ahead : andThen)) % WORD;
      const index = timeline.indexAt(0, ticks, true, following, each);
      following = Math.max(following, index + 2);
      least = Math.min(least, index);
    }
    expect(following).toBeLessThan(2 ** 46);
    expect(least).toBeGreaterThan(-(2 ** 46));
    // And who has been led astray by all that still follows a sender that goes on from there.
    const index = timeline.indexAt(0, ticks, true, 0, 0);
    expect(timeline.indexAt(0, (ticks + 2 * TICKS) % WORD, true, 0, 0)).toBe(index + 2);
  });
});
