import { describe, expect, it } from 'vitest';
import { balance, buffer } from './testing/jitter-buffer.js';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('the jitter buffer', () => {
  it('waits for a first frame, and then plays in order', () => {
    const { jitter, put, take, turns } = buffer();
    expect(jitter.isWaiting).toBe(true);
    expect(take()).toBe('waiting');
    put(10);
    expect(jitter.isWaiting).toBe(false);
    put(11);
    expect(turns(2)).toEqual([10, 11]);
    expect(jitter.counters).toMatchObject({ concealed: 0, lost: 0 });
  });

  it('begins with one frame, and then waits as long as the path needs', () => {
    const { jitter, put, take } = buffer(2);
    const arrivals = [0, 20, 40, 75, 80, 100, 120].map((atMs) => atMs + 5);
    const heard: unknown[] = [];
    let sent = 0;
    // A frame of 20 ms answers two turns.
    for (let now = 10, playedMs = 10; now < 130; now += 10) {
      while (sent < arrivals.length && arrivals[sent]! <= now) put(2 * sent++);
      if (playedMs > now) continue;
      const taken = take();
      heard.push(taken);
      playedMs += typeof taken === 'number' ? 20 : 10;
    }
    expect(heard).toEqual([0, 2, 4, 'missing', 6, 8, 10]);
    expect(jitter.counters).toMatchObject({ lost: 0, late: 0, concealed: 1 });
  });

  it('hands a frame out as it was put, whatever the caller does with its bytes', () => {
    const { jitter } = buffer();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    jitter.put(40, 2, 3, bytes);
    bytes.fill(0);
    const sent = Uint8Array.of(1, 2, 3, 4);
    expect(jitter.take()).toMatchObject({ index: 40, places: 2, codec: 3, payload: sent });
    jitter.put(42, 1, 2, Uint8Array.of(9));
    expect(jitter.take()).toMatchObject({
      index: 42,
      places: 1,
      codec: 2,
      payload: Uint8Array.of(9),
    });
    // A longer one in the same slot, once round the ring.
    jitter.put(40 + 128, 2, 3, Uint8Array.of(5, 6, 7, 8));
    expect(jitter.take()).toMatchObject({ payload: Uint8Array.of(5, 6, 7, 8) });
  });

  it('puts reordered frames in order, also before the first turn', () => {
    const { put, take, turns } = buffer();
    put(11, 10, 12);
    expect(take()).toBe(10);
    put(14, 13);
    expect(turns(4)).toEqual([11, 12, 13, 14]);
  });

  it('says what is here: how far it reaches, and how far without a gap', () => {
    const { jitter, put, take } = buffer(2);
    expect(jitter).toMatchObject({ depth: 0, ready: 0 });
    put(10, 12, 16);
    expect(jitter).toMatchObject({ next: 10, following: 18, depth: 8, ready: 4, buffered: 3 });
    take();
    expect(jitter).toMatchObject({ next: 12, following: 18, depth: 6, ready: 2, buffered: 2 });
    take();
    expect(jitter).toMatchObject({ next: 14, depth: 4, ready: 0 });
  });

  it('conceals a lost frame at its turn and goes on', () => {
    const { jitter, put, take, turns } = buffer();
    put(0, 1);
    expect(take()).toBe(0);
    put(3);
    expect(turns(3)).toEqual([1, 'missing', 3]);
    expect(jitter.counters).toMatchObject({ lost: 1, concealed: 1, played: 3 });
  });

  it('conceals a lost frame of 20 ms as two stretches, and counts it once', () => {
    const { jitter, put, turns } = buffer(2);
    put(0, 4, 10);
    expect(turns(7)).toEqual([0, 'missing', 'missing', 4, 'missing', 'missing', 'missing']);
    expect(turns(2)).toEqual(['missing', 10]);
    expect(jitter.counters).toMatchObject({ lost: 3, concealed: 6, played: 3 });
  });

  it('waits for frames that are only late, and loses none of them', () => {
    const { jitter, put, turns } = buffer();
    put(0, 1);
    expect(turns(4)).toEqual([0, 1, 'missing', 'missing']);
    put(2, 3, 4, 5);
    expect(turns(4)).toEqual([2, 3, 4, 5]);
    expect(jitter.counters).toMatchObject({ lost: 0, late: 0, concealed: 2 });
  });

  it('does not conceal twice what it has waited for in vain', () => {
    const { jitter, put, turns } = buffer();
    put(0, 1);
    expect(turns(3)).toEqual([0, 1, 'missing']);
    put(3, 4);
    expect(turns(2)).toEqual([3, 4]);
    expect(jitter.counters).toMatchObject({ lost: 1, concealed: 1 });
  });

  it('conceals of a gap only what it has not waited for yet', () => {
    const { jitter, put, turns } = buffer(2);
    put(0);
    expect(turns(4)).toEqual([0, 'missing', 'missing', 'missing']);
    put(6);
    expect(turns(2)).toEqual(['missing', 6]);
    expect(jitter.counters).toMatchObject({ lost: 2, concealed: 4 });
  });

  it('drops what comes after its turn, be it half over', () => {
    const { jitter, put, take } = buffer(2);
    put(0, 4);
    expect(take()).toBe(0);
    expect(take()).toBe('missing');
    put(2);
    expect(jitter.counters.late).toBe(1);
    expect([take(), take()]).toEqual(['missing', 4]);
    expect(jitter.counters.lost).toBe(1);
    balance(jitter);
  });

  it('drops a second frame of the same place', () => {
    const { jitter, put, turns } = buffer();
    put(0, 1, 1);
    expect(jitter.counters.duplicate).toBe(1);
    expect(turns(2)).toEqual([0, 1]);
    balance(jitter);
  });

  it('is cut back to what is wanted when a burst makes it too long', () => {
    const { jitter, put, turns, take } = buffer(2);
    jitter.wantedPlaces = 6;
    put(0, 2);
    turns(7);
    put(...range(0, 13).map((n) => 4 + 2 * n));
    expect(jitter.depth).toBe(26);
    expect(jitter.takeJump()).toBe(false);
    put(30);
    expect(jitter).toMatchObject({ depth: 6, buffered: 3 });
    expect(jitter.counters).toMatchObject({ discarded: 11, lost: 0 });
    expect(jitter.takeJump()).toBe(true);
    expect(take()).toBe(26);
    balance(jitter);
  });

  it('never cuts away the frame that has only just come, however little is wanted', () => {
    const { jitter, put, turns } = buffer(2);
    put(0);
    turns(1);
    put(100);
    expect(jitter).toMatchObject({ depth: 2, counters: { discarded: 0 } });
    expect(turns(1)).toEqual([100]);
  });

  it('counts a gap that ends in a cut, as far as it was waited for', () => {
    const { jitter, put, turns } = buffer();
    put(0);
    turns(20);
    put(23);
    expect(turns(1)).toEqual([23]);
    expect(jitter.counters.lost).toBe(20);
  });

  it('goes on at once after an interruption and counts what was lost in it', () => {
    const { jitter, put, turns } = buffer(2);
    put(0, 2);
    turns(2);
    expect(turns(30)).toEqual(Array(30).fill('missing'));
    put(34, 36);
    expect(turns(2)).toEqual([34, 36]);
    expect(jitter.counters).toMatchObject({ lost: 15, played: 4, concealed: 30 });
    expect(jitter.takeJump()).toBe(true);
    balance(jitter);
  });

  it('counts what was lost in an interruption of minutes too', () => {
    const { jitter, put, turns } = buffer(2);
    put(0);
    turns(12_001);
    put(12_002);
    expect(turns(1)).toEqual([12_002]);
    expect(jitter.counters).toMatchObject({ lost: 6000, concealed: 12_000 });
  });

  it('does not count as lost what a sender left out that went on elsewhere meanwhile', () => {
    const { jitter, put, turns } = buffer();
    put(0);
    turns(31);
    put(1_000_000);
    expect(jitter.counters.lost).toBeLessThanOrEqual(31);
    expect(jitter.counters.lost).toBeGreaterThanOrEqual(30);
  });

  it('plays what an interruption only held up, cut to what is wanted', () => {
    const { jitter, put, turns, take } = buffer();
    jitter.wantedPlaces = 2;
    put(0, 1);
    turns(27);
    put(...range(2, 27));
    expect(jitter.counters.lost).toBe(0);
    balance(jitter);
    const first = Number(take());
    expect(first).toBeGreaterThan(2);
    expect(turns(26 - first)).toEqual(range(first + 1, 27));
    expect(jitter.counters.discarded).toBe(first - 2);
  });

  it('does not add up short stalls to an interruption', () => {
    const { jitter, put, turns } = buffer();
    put(0);
    for (let n = 1; n < 5; n++) {
      turns(16);
      put(n);
      expect(jitter.takeJump()).toBe(false);
    }
    expect(jitter.counters).toMatchObject({ lost: 0, played: 4 });
  });

  it('puts in order what comes reordered after an interruption, but nothing that was played', () => {
    const { jitter, put, turns } = buffer();
    put(0, 1);
    turns(32);
    put(33, 32, 1);
    expect(jitter.counters.late).toBe(1);
    expect(turns(2)).toEqual([32, 33]);
  });

  it('begins anew at a jump, without counting what was never sent', () => {
    const { jitter, put, take, turns } = buffer();
    put(0, 1);
    take();
    put(4096, 4097, 4098);
    expect(turns(3)).toEqual([4096, 4097, 4098]);
    expect(jitter.counters).toMatchObject({ lost: 0, discarded: 1 });
    balance(jitter);
  });

  it('takes exactly one round of the ring for a jump, even if it may hold as much', () => {
    for (const ahead of [127, 128]) {
      const { jitter, put, turns } = buffer();
      jitter.wantedPlaces = 200;
      put(0, ahead);
      expect(jitter.buffered).toBe(ahead === 127 ? 2 : 1);
      expect(turns(1)).toEqual([ahead === 127 ? 0 : 128]);
      balance(jitter);
    }
  });

  it('finds its way back when the sender counts from lower down', () => {
    const { jitter, put, turns, take } = buffer();
    put(50_000, 50_001);
    turns(2);
    for (let i = 0; i < 60; i++) {
      put(100 + i);
      take();
    }
    put(160);
    expect(take()).toBe(160);
    expect(jitter.counters.late).toBe(25);
    balance(jitter);
  });

  it('does not take frames for a new count that come late between others', () => {
    const { jitter, put, take } = buffer();
    put(1000);
    for (let n = 1001; n < 1100; n++) {
      put(n, n - 900);
      expect(take()).toBe(n - 1);
    }
    expect(jitter.counters.late).toBe(99);
  });

  it('tells of a jump once, and of none before there was anything to jump from', () => {
    const { jitter, put, take } = buffer();
    put(50, 49);
    expect(jitter.takeJump()).toBe(false);
    take();
    expect(jitter.takeJump()).toBe(false);
    put(9000);
    expect([jitter.takeJump(), jitter.takeJump()]).toEqual([true, false]);
  });
});
