import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reception } from './reception.js';

const RING = 1024;

function reception() {
  const reception = new Reception();
  return {
    note: (...counters: number[]) => {
      for (const counter of counters) reception.note(0, counter);
    },
    noteIn: (epoch: number, ...counters: number[]) => {
      for (const counter of counters) reception.note(epoch, counter);
    },
    report: () => reception.report(),
  };
}

describe('what arrived of a stream', () => {
  it('is nothing lost before anything came', () => {
    expect(reception().report()).toEqual({ lossRatio: 0, longestBurst: 0 });
  });

  it('is told as the share that did not come and the longest run of it', () => {
    const { note, report } = reception();
    note(0, 1, 3, 4, 8, 9, 10, 11);
    // 0 to 9 are judged, of which 2, 5, 6 and 7 are missing.
    expect(report()).toEqual({ lossRatio: 4 / 10, longestBurst: 3 });
    expect(report()).toEqual({ lossRatio: 0, longestBurst: 0 });
  });

  it('judges the newest two only in the next report, since they may be out of order', () => {
    const { note, report } = reception();
    note(0, 1, 2, 5);
    expect(report()).toEqual({ lossRatio: 1 / 4, longestBurst: 1 });
    note(4, 6, 7);
    expect(report()).toEqual({ lossRatio: 0, longestBurst: 0 });
    // What comes after it was judged has been told already.
    note(3, 8, 9);
    expect(report()).toEqual({ lossRatio: 0, longestBurst: 0 });
  });

  it('begins with the first packet that came, wherever that stands', () => {
    const { note, report } = reception();
    note(4096, 4097, 4099, 4100, 4101);
    expect(report()).toEqual({ lossRatio: 1 / 4, longestBurst: 1 });
  });

  it('tells the whole of a burst that a report fell into', () => {
    const { note, report } = reception();
    note(0, 1, 4);
    expect(report()).toEqual({ lossRatio: 1 / 3, longestBurst: 1 });
    note(10, 11, 12);
    // 3 and 5 to 9 are missing.
    note(15);
    expect(report().longestBurst).toBe(5);
    const other = reception();
    other.note(0, 3);
    expect(other.report()).toEqual({ lossRatio: 1 / 2, longestBurst: 1 });
    other.note(7, 8, 9);
    expect(other.report().longestBurst).toBe(3);
    const long = reception();
    long.note(0, 9);
    expect(long.report().longestBurst).toBe(7);
    // 8 belongs to them and was not judged yet.
    long.note(10, 11);
    expect(long.report()).toEqual({ lossRatio: 1 / 2, longestBurst: 8 });
  });

  it('goes on through a rekey, without losing what the last epoch lost', () => {
    const { noteIn, report } = reception();
    noteIn(4, 100, 101, 104);
    noteIn(5, 0, 1, 2, 3);
    // Of epoch 4: 100 to 104 without 102 and 103. Of epoch 5: 0 and 1.
    expect(report()).toEqual({ lossRatio: 2 / 7, longestBurst: 2 });
    noteIn(4, 102, 103, 105);
    noteIn(5, 5, 6);
    expect(report()).toEqual({ lossRatio: 1 / 3, longestBurst: 1 });
  });

  it('tells the longest burst of all epochs that began since the last report', () => {
    const { noteIn, report } = reception();
    noteIn(1, 0, 4);
    noteIn(2, 0, 2);
    noteIn(3, 0, 1, 2, 3);
    expect(report()).toEqual({ lossRatio: 4 / 10, longestBurst: 3 });
  });

  it('takes a counter far ahead for a new beginning, not for a thousand lost packets', () => {
    const { note, report } = reception();
    note(0, 1, 2, 2 + RING, 3 + RING, 4 + RING, 6 + RING, 7 + RING, 8 + RING);
    expect(report()).toEqual({ lossRatio: 1 / 8, longestBurst: 1 });
    const just = reception();
    just.note(0, 1, 2, 1000, 1001, 1002);
    expect(just.report()).toEqual({ lossRatio: 997 / 1001, longestBurst: 997 });
  });

  it('does not take old packets for new ones, be it that they share a slot with them', () => {
    const { note, report } = reception();
    for (let n = 0; n < 3000; n++) if (n !== 2500) note(n);
    note(2500 - RING);
    note(3000, 3001);
    expect(report()).toEqual({ lossRatio: 1 / (RING - 2), longestBurst: 1 });
  });

  it('agrees with a list of what came, in any order of arrival near to the right one', () => {
    const fates = fc.array(
      fc.record({ comes: fc.boolean(), report: fc.nat(20), delay: fc.nat(2) }),
      { minLength: 3, maxLength: 400 },
    );
    fc.assert(
      fc.property(fates, (fate) => {
        const subject = new Reception();
        // 0 comes first, and two more behind the end, so that all between is judged.
        const arrivals = fate
          .map(({ comes, delay }, n) => ({ counter: n + 1, comes, at: n + 1 + delay + n / 1e6 }))
          .filter(({ comes }) => comes)
          .sort((one, other) => one.at - other.at);
        const end = fate.length + 1;
        let lost = 0;
        let judged = 0;
        let burst = 0;
        let last = 0;
        const ask = (highest: number) => {
          const { lossRatio, longestBurst } = subject.report();
          const expected = Math.max(0, highest - 1 - judged);
          judged += expected;
          lost += lossRatio * expected;
          burst = Math.max(burst, longestBurst);
          expect(lossRatio).toBeLessThanOrEqual(1);
        };
        subject.note(7, 0);
        for (const { counter } of arrivals) {
          subject.note(7, counter);
          last = Math.max(last, counter);
          if (fate[counter - 1]!.report === 0) ask(last);
        }
        for (const counter of [end, end + 1, end + 2]) subject.note(7, counter);
        ask(end + 2);
        expect(judged).toBe(end + 1);
        expect(lost).toBeCloseTo(fate.filter(({ comes }) => !comes).length, 6);
        const runs = fate
          .map(({ comes }) => (comes ? ' ' : 'x'))
          .join('')
          .split(' ');
        expect(burst).toBe(Math.max(...runs.map((each) => each.length)));
      }),
      { numRuns: 300 },
    );
  });
});
