/** What a call partner's MODEs can do to a playout, however extreme: no work without end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter.js';
import { Timeline } from './timeline.js';

const FRAME_MS = 20;
/** A second of frames is all that a buffer ever holds; a put does a few times as much at most. */
const MOST_BUFFERED = 64;
const MOST_MS = 1_000;

const extreme = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 20 }),
  fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40, 2 ** 45, 2 ** 52, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
);
const epoch = fc.integer({ min: 0, max: 6 });
const step = fc.oneof(
  fc.record({ do: fc.constant('mode' as const), epoch, counter: extreme, frame: extreme }),
  fc.record({
    do: fc.constant('frame' as const),
    epoch,
    counter: fc.oneof(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 2 ** 20 - 1 })),
  }),
  fc.record({ do: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 30 }) }),
);

describe('a call partner that lies in MODE', () => {
  it('cannot hang the engine: indices stay exact, a put has little to do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const timeline = new Timeline(FRAME_MS);
        const jitter = new JitterBuffer(2, 1, 1);
        const startedAt = performance.now();
        let now = 0;
        for (const each of steps) {
          if (each.do === 'mode') timeline.base(each.epoch, each.counter, each.frame);
          if (each.do === 'turns') for (let turn = 0; turn < each.turns; turn++) jitter.take();
          if (each.do !== 'frame') continue;
          now += FRAME_MS;
          const index = timeline.indexOf(each.epoch, each.counter, jitter.following, now);
          // Where adding one adds nothing, a loop over indices never ends.
          expect(Number.isSafeInteger(index + MOST_BUFFERED)).toBe(true);
          jitter.put(index, new Uint8Array(1));
          expect(jitter.buffered).toBeLessThanOrEqual(MOST_BUFFERED);
        }
        expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
        const { received, played, late, duplicate, discarded } = jitter.counters;
        expect(played + late + duplicate + discarded + jitter.buffered).toBe(received);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot add up to it either, MODE after MODE', () => {
    const timeline = new Timeline(FRAME_MS);
    const most = 2 ** 31;
    for (let each = 0; each < 2 ** 20; each++) {
      timeline.base(each, 2 ** 20 - 1, 0);
      timeline.base(each + 1, 0, most);
      timeline.base(each + 1, 2 ** 20 - 1, 0);
    }
    expect(timeline.indexOf(2 ** 20, 0, 0, 0)).toBeLessThan(2 ** 46);
  });
});
