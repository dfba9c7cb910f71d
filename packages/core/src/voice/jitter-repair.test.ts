import { describe, expect, it } from 'vitest';
import { balance, buffer } from './testing/jitter-buffer.js';

describe('a repair', () => {
  it('is played where its frame was lost, and counted apart', () => {
    const { jitter, put, repair, turns } = buffer(2);
    put(0, 4);
    expect(repair(2)).toEqual([true]);
    expect(jitter).toMatchObject({ buffered: 2, ready: 6 });
    expect(turns(3)).toEqual([0, 2, 4]);
    const apart = { received: 2, played: 2, repaired: 1, lost: 0, concealed: 0 };
    expect(jitter.counters).toMatchObject(apart);
  });

  it('is nothing where its frame is here, was played or is not due before any other', () => {
    const { jitter, put, repair, turns } = buffer(2);
    repair(4);
    expect(jitter.isWaiting).toBe(true);
    put(4, 6);
    turns(1);
    expect(repair(2, 4, 6, 7, 8, 10)).toEqual(Array(6).fill(false));
    expect(jitter).toMatchObject({ depth: 2, counters: { repaired: 0, late: 0, duplicate: 0 } });
    turns(30);
    repair(8);
    expect(jitter.counters.repaired).toBe(0);
  });

  it('was none if the frame comes by itself in time; later ones are duplicates', () => {
    const { jitter, put, repair, turns } = buffer();
    put(0, 2);
    repair(1, 1);
    expect(jitter.counters.repaired).toBe(1);
    put(1);
    expect(jitter.counters).toMatchObject({ repaired: 0, duplicate: 0 });
    put(1);
    expect(jitter.counters.duplicate).toBe(1);
    balance(jitter);
    expect(turns(3)).toEqual([0, 1, 2]);
    expect(jitter.counters.played).toBe(3);
  });

  it('leaves its frame late that comes after it was played', () => {
    const { jitter, put, repair, turns } = buffer();
    put(0, 2);
    repair(1);
    turns(2);
    put(1);
    expect(jitter.counters).toMatchObject({ repaired: 1, late: 1, played: 1 });
    balance(jitter);
  });

  it('does not stay behind where it was jumped over', () => {
    const { jitter, put, repair, turns } = buffer();
    put(0, 3);
    repair(2);
    put(2 + 2 * 128);
    expect(jitter.counters).toMatchObject({ discarded: 2, duplicate: 0 });
    expect(turns(1)).toEqual([2 + 2 * 128]);
    balance(jitter);
  });
});
