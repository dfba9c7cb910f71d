import { describe, expect, it } from 'vitest';
import { ReceiveStream, SendStream } from './counting.js';

const LAST = 2 ** 20 - 1;
const WORN = 2 ** 19;
const keys = () => ({ aead: new Uint8Array(32).fill(1), obf: new Uint8Array(32).fill(2) });
const sending = (from: number, until: number) => new SendStream({ ...keys(), from, until });
const receiving = (from: number, until: number) => new ReceiveStream({ ...keys(), from, until });

describe('the counters of a stream that sends', () => {
  it('are given once each and end with the lease, until that is longer', () => {
    const stream = sending(512, 514);
    expect([stream.take(), stream.take(), stream.take()]).toEqual([512, 513, undefined]);
    stream.extend(515);
    expect([stream.take(), stream.take()]).toEqual([514, undefined]);
    stream.extend(10);
    expect(stream.take()).toBeUndefined();
  });

  it('stop at 2^20 packets of a key, whatever the lease', () => {
    const stream = sending(LAST, 2 ** 21);
    expect([stream.take(), stream.take()]).toEqual([LAST, undefined]);
    stream.extend(2 ** 22);
    expect(stream.take()).toBeUndefined();
    expect(stream.wantsMore(0)).toBe(false);
  });

  it('are worn at 2^19', () => {
    const stream = sending(WORN - 2, WORN + 10);
    stream.take();
    expect(stream.isWorn).toBe(false);
    stream.take();
    expect(stream.isWorn).toBe(true);
  });

  it('are asked for at a quarter of the lease, again every 200 ms, until they come', () => {
    const stream = sending(0, 8);
    stream.take();
    expect(stream.wantsMore(0)).toBe(false);
    stream.take();
    const asked = [1, 100, 200, 201].map((now) => stream.wantsMore(now));
    expect(asked).toEqual([true, false, false, true]);
    stream.extend(16);
    expect(stream.wantsMore(1_000)).toBe(false);
  });
});

describe('the counters of a stream that receives', () => {
  it('are covered by the lease alone, and want another where one is beyond it', () => {
    const stream = receiving(0, 48);
    expect([stream.covers(47), stream.covers(48)]).toEqual([true, false]);
    expect(stream.next).toBe(49);
    stream.extend(96);
    expect(stream.covers(48)).toBe(true);
  });

  it('are replays below where the lease begins', () => {
    const stream = receiving(48, 96);
    expect([stream.isFresh(47), stream.isFresh(48)]).toEqual([false, true]);
    stream.mark(48);
    expect(stream.isFresh(48)).toBe(false);
    expect(stream.highest).toBe(48);
  });

  it('stop at 2^20 packets of a key, whatever the lease', () => {
    const stream = receiving(0, 2 ** 21);
    expect([stream.covers(LAST), stream.covers(LAST + 1)]).toEqual([true, false]);
    stream.extend(2 ** 22);
    expect(stream.covers(LAST + 1)).toBe(false);
    expect(stream.next).toBe(2 ** 20);
    expect(stream.wantsMore(0)).toBe(false);
  });
});

describe("a stream's keys", () => {
  it.each([sending(0, 8), receiving(0, 8)])('are its own, and gone once erased', (stream) => {
    expect(stream.keys).toEqual(keys());
    stream.erase();
    expect([...stream.keys.aead, ...stream.keys.obf].every((byte) => byte === 0)).toBe(true);
  });
});
