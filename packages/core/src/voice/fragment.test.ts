import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_MESSAGE_BYTES, Reassembler, split, WHOLE_MESSAGE_BYTES } from './fragment.js';

const message = (length: number, salt = 0) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + salt) & 0xff);

const anyLength = fc.integer({ min: WHOLE_MESSAGE_BYTES + 1, max: LONGEST_MESSAGE_BYTES });

describe('a fragmented control message', () => {
  it('has the envelope that SPEC 9 draws', () => {
    const [first, second] = split(message(1001), 0x0102);
    expect(first?.subarray(0, 4)).toEqual(Uint8Array.of(1, 2, 0, 2));
    expect(first?.length).toBe(1000);
    expect(second?.subarray(0, 4)).toEqual(Uint8Array.of(1, 2, 1, 2));
    expect(second?.length).toBe(4 + 5);
  });

  it('comes back whole in any order of its pieces', () => {
    fc.assert(
      fc.property(anyLength, fc.integer({ min: 0, max: 0xffff }), fc.nat(), (length, id, order) => {
        const pieces = split(message(length), id);
        pieces.sort((a, b) => ((a[2]! * 7 + order) % 5) - ((b[2]! * 7 + order) % 5));
        const reassembler = new Reassembler();
        const results = pieces.map((piece) => reassembler.take(piece, 0));
        expect(results.pop()).toEqual(message(length));
        expect(results.every((result) => result === undefined)).toBe(true);
        expect(reassembler.dropped).toBe(0);
      }),
    );
  });

  it('comes back although another one is cut in between', () => {
    const reassembler = new Reassembler();
    const [a0, a1] = split(message(1500, 1), 1);
    const [b0, b1] = split(message(1500, 2), 2);
    expect(reassembler.take(a0!, 0)).toBeUndefined();
    expect(reassembler.take(b0!, 0)).toBeUndefined();
    expect(reassembler.take(a1!, 0)).toEqual(message(1500, 1));
    expect(reassembler.take(b1!, 0)).toEqual(message(1500, 2));
  });

  it('drops and counts a repeated piece', () => {
    const reassembler = new Reassembler();
    const [first] = split(message(1500), 1);
    reassembler.take(first!, 0);
    reassembler.take(first!, 0);
    expect(reassembler.dropped).toBe(1);
  });

  it('drops and counts pieces that no `split` makes', () => {
    const reassembler = new Reassembler();
    const bad = [
      [],
      [0, 1, 0],
      [0, 1, 0, 0, 1],
      [0, 1, 0, 1, 1],
      [0, 1, 0, 5, 1],
      [0, 1, 2, 2, 1],
      [0, 1, 1, 2],
      [0, 1, 0, 2, 1],
      [0, 1, 1, 2, ...new Array(997).fill(0)],
    ];
    for (const fragment of bad)
      expect(reassembler.take(Uint8Array.from(fragment), 0)).toBeUndefined();
    expect(reassembler.dropped).toBe(bad.length);
  });

  it('drops a piece whose count differs from its siblings', () => {
    const reassembler = new Reassembler();
    const [first] = split(message(1500), 1);
    const [, second] = split(message(2500), 1);
    reassembler.take(first!, 0);
    expect(reassembler.take(second!, 0)).toBeUndefined();
    expect(reassembler.dropped).toBe(1);
  });

  it('keeps four unfinished messages and no more', () => {
    const reassembler = new Reassembler();
    for (let id = 0; id < 100; id++) reassembler.take(split(message(1500), id)[0]!, 0);
    expect(reassembler.dropped).toBe(96);
    expect(reassembler.take(split(message(1500), 99)[1]!, 0)).toEqual(message(1500));
  });

  it('is given up after five seconds', () => {
    const reassembler = new Reassembler();
    const [first, second] = split(message(1500), 1);
    reassembler.take(first!, 0);
    expect(reassembler.take(second!, 5_001)).toBeUndefined();
    expect(reassembler.dropped).toBe(1);
  });

  it('is not made of what fits a packet or what four pieces cannot hold', () => {
    expect(() => split(message(1000), 1)).toThrow(RangeError);
    expect(() => split(message(3985), 1)).toThrow(RangeError);
  });

  it('never throws on noise', () => {
    const reassembler = new Reassembler();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), fc.nat(), (noise, now) => {
        reassembler.take(noise, now);
      }),
    );
  });
});
