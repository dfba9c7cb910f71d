/** What the jitter buffer promises at any moment, whatever comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter.js';

const LONGEST_PLACES = 20;
const FEW_BYTES = new Uint8Array(1);

const places = fc.constantFrom(1, 2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: fc.integer({ min: -4, max: 4 }), places }) },
  { weight: 2, arbitrary: fc.record({ repair: fc.integer({ min: -9, max: 3 }), places }) },
  { weight: 5, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ take: fc.integer({ min: 18, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ jump: fc.integer({ min: -300, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ wanted: fc.integer({ min: 1, max: 200 }) }) },
);
const steps = fc.array(step, { maxLength: 200 });

/** A jitter buffer, and what was taken from it. */
class Watched {
  readonly jitter = new JitterBuffer(1);
  #frames = 0;
  #missing = 0;
  #behindLast = Number.NEGATIVE_INFINITY;

  put(index: number, frames: number) {
    const { jitter } = this;
    jitter.put(index, frames, 1, FEW_BYTES);
    // It counts anew: what comes now may stand anywhere.
    if (jitter.isWaiting) this.#behindLast = Number.NEGATIVE_INFINITY;
    if (jitter.depth > jitter.wantedPlaces) {
      expect(jitter.depth).toBeLessThanOrEqual(jitter.wantedPlaces + LONGEST_PLACES);
    }
  }

  take() {
    const { jitter } = this;
    const { ready, isWaiting } = jitter;
    const taken = jitter.take();
    expect(taken === 'waiting').toBe(isWaiting);
    if (taken === 'missing') this.#missing++;
    if (typeof taken === 'string') {
      expect(ready).toBe(0);
      return;
    }
    this.#frames++;
    expect(taken.index).toBeGreaterThanOrEqual(this.#behindLast);
    this.#behindLast = taken.index + taken.places;
    expect(jitter.next).toBe(this.#behindLast);
  }

  check() {
    const { counters, buffered, depth, ready } = this.jitter;
    const { received, played, late, duplicate, discarded } = counters;
    expect(played + late + duplicate + discarded + buffered).toBe(received);
    expect(counters.concealed).toBe(this.#missing);
    expect(this.#frames).toBeGreaterThanOrEqual(played);
    expect(this.#frames).toBeLessThanOrEqual(played + counters.repaired);
    expect(ready).toBeLessThanOrEqual(depth);
    expect(buffered).toBeLessThanOrEqual(depth);
  }
}

describe('the accounts of the jitter buffer', () => {
  it('hold for every frame and every turn, also when a liar lets frames overlap', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const watched = new Watched();
        const { jitter } = watched;
        let at = 1000;
        for (const each of all) {
          if ('put' in each) {
            watched.put(at + each.put, each.places);
            at += each.places;
          } else if ('repair' in each) {
            jitter.repair(jitter.following + each.repair, each.places, 1, FEW_BYTES);
          } else if ('take' in each) for (let n = 0; n < each.take; n++) watched.take();
          else if ('jump' in each) at += each.jump;
          else jitter.wantedPlaces = each.wanted;
          watched.check();
        }
        while (jitter.depth > 0) watched.take();
        watched.check();
        expect(jitter.buffered).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('count every frame of 10 or 20 ms as lost that a true sender sent and that did not come', () => {
    const fates = fc.array(fc.boolean(), { minLength: 2, maxLength: 150 });
    fc.assert(
      fc.property(fates, places, fc.integer({ min: 0, max: 8 }), (fate, size, delay) => {
        const jitter = new JitterBuffer(1);
        jitter.wantedPlaces = LONGEST_PLACES;
        const comes = [true, ...fate, true];
        let owed = -delay;
        for (const [n, isHere] of comes.entries()) {
          if (isHere) jitter.put(n * size, size, 1, FEW_BYTES);
          for (owed += size; owed > 0; ) {
            const taken = jitter.take();
            owed -= typeof taken === 'string' ? 1 : taken.places;
          }
        }
        while (jitter.depth > 0) jitter.take();
        expect(jitter.counters).toMatchObject({
          lost: comes.filter((isHere) => !isHere).length,
          late: 0,
          discarded: 0,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('show no more than a slip or two when clocks drift apart and nobody stretches', () => {
    for (const sentEveryMs of [19.99, 20.01]) {
      const jitter = new JitterBuffer(1);
      jitter.wantedPlaces = 2;
      let sent = 0;
      let playedMs = 0;
      let deepest = 0;
      for (let now = 0; now < 600_000; now += 10) {
        while (sent * sentEveryMs <= now + 5) jitter.put(2 * sent++, 2, 1, FEW_BYTES);
        while (playedMs <= now) {
          const taken = jitter.take();
          playedMs += typeof taken === 'string' ? 10 : 20;
        }
        deepest = Math.max(deepest, jitter.depth);
      }
      expect(deepest).toBeLessThanOrEqual(2 + LONGEST_PLACES);
      expect(jitter.counters).toMatchObject({ late: 0, lost: 0 });
      // 300 ms of drift: 30 places made up, or as many dropped in one cut of 20 and a rest.
      expect(jitter.counters.concealed).toBeLessThanOrEqual(31);
      expect(jitter.counters.discarded).toBeLessThanOrEqual(15);
      expect(jitter.counters.concealed + jitter.counters.discarded).toBeGreaterThan(5);
    }
  });
});
