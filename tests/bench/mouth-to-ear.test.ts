import { describe, expect, it } from 'vitest';
import { chirpTrain, type Sound } from '../rig/sound.js';
import {
  budgetRows,
  CHIRPS,
  heardRows,
  type Measured,
  type Probe,
  paired,
  SPEECH,
} from './mouth-to-ear.js';

/** The same, so many ms later in the recording. */
function later({ rateHz, samples }: Sound, ms: number): Sound {
  const moved = new Float32Array(samples.length + (ms * rateHz) / 1000);
  moved.set(samples, (ms * rateHz) / 1000);
  return { rateHz, samples: moved };
}

const BUDGET = {
  inputMs: 10,
  framingMs: 10,
  processingMs: 0,
  codecMs: 2.5,
  networkMs: 1,
  waitingMs: 8,
  outputMs: 10,
};
const measured = (plan: Partial<Measured> = {}): Measured => ({
  toBob: [],
  toAlice: [],
  saidOfBob: [],
  saidOfAlice: [],
  ...plan,
});

describe('what was said is found in what was heard', () => {
  const medians = (probe: Probe, said: Sound, startsMs: number) => {
    const delays = probe.find(said, later(said, 40), startsMs).map(({ delayMs }) => delayMs);
    expect(delays.length).toBeGreaterThan(3);
    return delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)];
  };

  it('of chirps, whenever the second recording began', () => {
    const said = chirpTrain(48_000, 5, 700);
    expect(medians(CHIRPS, said, 0)).toBeCloseTo(40, 1);
    expect(medians(CHIRPS, said, 25)).toBeCloseTo(65, 1);
  });

  it('of speech, whenever the second recording began', async () => {
    const said = await SPEECH.sound('alice', 10);
    expect(said.samples.length).toBe(10 * said.rateHz);
    expect(medians(SPEECH, said, 0)).toBeCloseTo(40, 0);
    expect(medians(SPEECH, said, -25)).toBeCloseTo(15, 0);
  });

  it('but not what was never heard, and none is taken for the next one', () => {
    const at = (atMs: number) => ({ atMs, score: 1 });
    expect(paired([at(0), at(700), at(1400)], [at(50), at(1450)])).toEqual([
      { atMs: 0, delayMs: 50 },
      { atMs: 1400, delayMs: 50 },
    ]);
  });
});

describe('the rows', () => {
  it('say how the delay moved from beginning to end, in the order of time', () => {
    const points = Array.from({ length: 30 }, (_, n) => [n, 40 + n] as const);
    const [toBob, , both] = heardRows('off', CHIRPS, measured({ toBob: points.toReversed() }));
    expect(toBob).toMatchObject({ what: 'off: alice to bob', value: 54.5, unit: 'ms' });
    expect(toBob!.note).toBe(
      '30 chirps, least 40.0, most 69.0, last ten 20.0 later than the first ten',
    );
    expect(both!.value).toBe(54.5);
  });

  it('say each stage, the sum, and what the recordings say', () => {
    const rows = budgetRows(
      'off',
      measured({
        toBob: [[0, 40]],
        toAlice: [[0, 42]],
        saidOfBob: [BUDGET],
        saidOfAlice: [{ ...BUDGET, networkMs: 2 }],
      }),
    );
    expect(rows.map(({ value }) => value)).toEqual([10, 10, 0, 2.5, 1.5, 8, 10, 42]);
    expect(rows.at(-1)!.note).toBe("1.0 more than the recordings' mean, 41.0");
  });
});
