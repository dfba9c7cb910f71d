import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter.js';

const TARGET = 2;
const payload = (index: number) => Uint8Array.of(index >>> 16, index >>> 8, index);
const indexIn = (bytes: Uint8Array) => (bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!;

function buffer(target = TARGET) {
  const jitter = new JitterBuffer(target, 8);
  return {
    jitter,
    put: (...indexes: number[]) => {
      for (const index of indexes) jitter.put(index, payload(index));
    },
    take: () => {
      const taken = jitter.take();
      return typeof taken === 'string' ? taken : indexIn(taken);
    },
  };
}

function balance({ counters, buffered }: JitterBuffer) {
  const { received, played, late, duplicate, discarded } = counters;
  expect(played + late + duplicate + discarded + buffered).toBe(received);
}

describe('the jitter buffer', () => {
  it('waits for its target, then plays in order', () => {
    const { put, take } = buffer();
    expect(take()).toBe('waiting');
    put(10);
    expect(take()).toBe('waiting');
    put(11);
    expect([take(), take()]).toEqual([10, 11]);
  });

  it('can start with one frame, and then waits as long as the path needs', () => {
    const jitter = new JitterBuffer(2, 8, 1);
    const arrivals = [0, 20, 40, 75, 80, 100, 120, 140, 160, 180, 200].map((atMs) => atMs + 5);
    const turns: string[] = [];
    let sent = 0;
    for (let now = 10; now < 210; now += 20) {
      while (sent < arrivals.length && arrivals[sent]! <= now) jitter.put(sent, payload(sent++));
      const taken = jitter.take();
      turns.push(typeof taken === 'string' ? taken : String(indexIn(taken)));
    }
    expect(turns).toEqual(['0', '1', '2', 'missing', '3', '4', '5', '6', '7', '8']);
    expect(jitter.counters).toMatchObject({ lost: 0, late: 0, concealed: 1 });
  });

  it('puts reordered frames in order, also before the first turn', () => {
    const { put, take } = buffer(3);
    put(11, 10, 12);
    expect(take()).toBe(10);
    put(14, 13);
    expect([take(), take(), take(), take()]).toEqual([11, 12, 13, 14]);
  });

  it('conceals a lost frame at its turn and goes on', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    expect(take()).toBe(0);
    put(3);
    expect([take(), take(), take()]).toEqual([1, 'missing', 3]);
    expect(jitter.counters).toMatchObject({ lost: 1, concealed: 1, played: 3 });
  });

  it('waits for frames that are only late, and loses none of them', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    expect([take(), take(), take(), take()]).toEqual([0, 1, 'missing', 'missing']);
    put(2, 3, 4, 5);
    expect([take(), take(), take(), take()]).toEqual([2, 3, 4, 5]);
    expect(jitter.counters).toMatchObject({ lost: 0, late: 0, concealed: 2 });
  });

  it('does not conceal twice what it has waited for in vain', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    take();
    expect(take()).toBe('missing');
    put(3, 4);
    expect([take(), take()]).toEqual([3, 4]);
    expect(jitter.counters).toMatchObject({ lost: 1, concealed: 1 });
  });

  it('drops what comes after its turn', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    put(3);
    take();
    take();
    put(2);
    expect(jitter.counters.late).toBe(1);
    expect(take()).toBe(3);
    balance(jitter);
  });

  it('drops a second frame with the same index', () => {
    const { jitter, put, take } = buffer();
    put(0, 1, 1);
    expect(jitter.counters.duplicate).toBe(1);
    expect([take(), take()]).toEqual([0, 1]);
    balance(jitter);
  });

  it('is cut back to its target when a burst makes it too long', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    take();
    for (let i = 0; i < 5; i++) take();
    put(...Array.from({ length: 20 }, (_, i) => 2 + i));
    expect(jitter.buffered).toBeLessThanOrEqual(10);
    balance(jitter);
    expect(jitter.counters.discarded).toBeGreaterThan(0);
  });

  it('fills up again after an interruption and counts what was lost in it', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    take();
    for (let i = 0; i < 30; i++) expect(take()).toBe('missing');
    put(32);
    expect(take()).toBe('missing');
    put(33);
    expect([take(), take()]).toEqual([32, 33]);
    expect(jitter.counters).toMatchObject({ lost: 30, played: 4 });
    balance(jitter);
  });

  it('plays what an interruption only held up, cut to the target', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    take();
    for (let i = 0; i < 15; i++) take();
    put(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    expect(jitter.counters.lost).toBe(0);
    balance(jitter);
    const first = take();
    expect(first).toBeGreaterThanOrEqual(2);
    expect(take()).toBe(Number(first) + 1);
  });

  it('begins anew at a jump of the counter, without counting what was never sent', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    put(4096, 4097, 4098);
    expect([take(), take(), take()]).toEqual([4096, 4097, 4098]);
    expect(jitter.counters).toMatchObject({ lost: 0, discarded: 1 });
    balance(jitter);
  });

  it('finds its way back when the sender counts from lower down', () => {
    const { jitter, put, take } = buffer();
    put(50_000, 50_001);
    take();
    take();
    for (let i = 0; i < 60; i++) {
      put(100 + i);
      take();
    }
    put(160);
    expect(take()).toBe(159);
    expect(jitter.counters.late).toBe(25);
    balance(jitter);
  });

  it('calls a lasting surplus one, first in quiet, then anyway, and gives it back', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    take();
    take();
    take();
    take();
    let index = 2;
    put(index++, index++, index++);
    const calls: string[] = [];
    for (let turn = 0; turn < 230; turn++) {
      put(index++);
      take();
      calls.push(jitter.surplus);
    }
    expect(calls.indexOf('in-quiet')).toBe(99);
    expect(calls.indexOf('now')).toBe(199);
    const skipped = jitter.skip();
    expect(skipped && indexIn(skipped)).toBeDefined();
    expect(jitter.surplus).toBe('none');
    balance(jitter);
  });

  it('calls nothing a surplus while the delay is needed every now and then', () => {
    const { jitter, put, take } = buffer();
    put(0, 1);
    let index = 2;
    for (let turn = 0; turn < 1000; turn++) {
      if (turn % 90 === 0) {
        take();
        take();
        put(index++, index++);
      }
      put(index++);
      take();
      expect(jitter.surplus).toBe('none');
    }
  });

  it('follows clocks that drift apart, either way, at the cost of one frame a slip', () => {
    for (const sentEvery of [19.99, 20.01]) {
      const { jitter, put, take } = buffer();
      let sent = 0;
      for (let turn = 0; turn < 30_000; turn++) {
        while (sent * sentEvery <= turn * 20 + 5) put(sent++);
        take();
        if (jitter.surplus !== 'none') jitter.skip();
      }
      expect(jitter.counters.late).toBe(0);
      expect(jitter.counters.lost).toBe(0);
      expect(jitter.counters.concealed).toBeLessThanOrEqual(20);
      expect(jitter.counters.discarded).toBeLessThanOrEqual(20);
      balance(jitter);
    }
  });

  it('accounts for every frame and every turn, whatever comes', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ put: fc.integer({ min: -3, max: 3 }) }) },
      { weight: 5, arbitrary: fc.record({ take: fc.constant(true) }) },
      { weight: 1, arbitrary: fc.record({ jump: fc.integer({ min: -200, max: 200 }) }) },
      { weight: 1, arbitrary: fc.record({ skip: fc.constant(true) }) },
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, n) => {
          const { jitter, put, take } = buffer(n);
          let at = 1000;
          let turns = 0;
          let last = Number.NEGATIVE_INFINITY;
          for (const one of steps) {
            if ('put' in one) put(Math.max(0, at++ + one.put));
            else if ('jump' in one) at = Math.max(300, at + one.jump);
            else if ('skip' in one) jitter.skip();
            else {
              const taken = take();
              if (taken !== 'waiting') turns++;
              if (typeof taken === 'number') {
                if (jitter.counters.late < 25) expect(taken).toBeGreaterThan(last);
                last = taken;
              }
            }
            balance(jitter);
            expect(jitter.counters.played + jitter.counters.concealed).toBe(turns);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
