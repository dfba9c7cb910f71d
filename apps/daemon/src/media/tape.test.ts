import { describe, expect, it } from 'vitest';
import { Tape } from './tape.js';

const SAMPLES = Int16Array.of(1, 2, 3, 4, 5);

/** What comes of asking for frames of these lengths; 99 is what was not written. */
function played(tape: Tape, ...lengths: number[]): number[][] {
  return lengths.map((length) => {
    const frame = new Int16Array(length).fill(99);
    tape.fill(frame);
    return [...frame];
  });
}

describe('a tape', () => {
  it('is played in frames of whatever length, then silence', () => {
    const tape = new Tape(SAMPLES);
    expect(played(tape, 2, 1)).toEqual([[1, 2], [3]]);
    expect(tape.isOver).toBe(false);
    expect(played(tape, 4, 2)).toEqual([
      [4, 5, 0, 0],
      [0, 0],
    ]);
    expect(tape.isOver).toBe(true);
  });

  it('that repeats goes on without a gap, in a frame longer than itself too', () => {
    const tape = new Tape(SAMPLES, true);
    expect(played(tape, 4, 12)).toEqual([
      [1, 2, 3, 4],
      [5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1],
    ]);
    expect(tape.isOver).toBe(false);
  });
});
