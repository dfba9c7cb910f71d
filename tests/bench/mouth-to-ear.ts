/**
 * Mouth to ear in both directions of one call at once. Both ends of each path are recorded from
 * PulseAudio's monitors on one clock; what the recordings say counts. What the two programs say
 * meanwhile stands beside it, stage by stage.
 *
 *   alice's microphone ──► call ──► bob's loudspeaker        recorded, both of them
 *   alice's loudspeaker ◄── call ◄── bob's microphone
 */
import type { CallCounters } from '@kyberline/shared/snapshot';
import { sleep } from '../rig/child.js';
import {
  alignedCorrelation,
  chirpOnsets,
  chirpTrain,
  type Onset,
  quantile,
  type Sound,
} from '../rig/sound.js';
import { speech } from '../rig/speech.js';
import type { Row } from './bench.js';
import type { CallPair } from './call-pair.js';
import type { Point } from './svg.js';

const RATE_HZ = 48_000;
export const EVERY_MS = 700;
/** A chirp may not be taken for the one after it, so no longer delay than this is seen. */
const LONGEST_MS = 650;
/** Parts of speech, and how far the delay may move from one to the next. */
const WINDOW_MS = 700;
const SEARCH_MS = 80;
/** A part that is heard worse does not say when. */
const FOUND = 0.7;
const COUNTERS_MS = 1000;

type Budget = NonNullable<CallCounters['budget']>;

export interface Measured {
  /** When something was said, performance.now() in seconds, and how much later it was heard, ms. */
  toBob: Point[];
  toAlice: Point[];
  /** What the program said of each direction meanwhile, once a second. */
  saidOfBob: Budget[];
  saidOfAlice: Budget[];
}

/** A sound that both say, the one half a chirp's distance after the other, and how it is found. */
export interface Probe {
  what: string;
  sound(who: 'alice' | 'bob', seconds: number): Promise<Sound>;
  /** Where parts of what was said are in what was heard, ms from the beginning of each. */
  find(said: Sound, heard: Sound, startsMs: number): { atMs: number; delayMs: number }[];
}

/** To a fraction of a sample. */
export const CHIRPS: Probe = {
  what: 'chirps',
  sound: async (_, seconds) =>
    chirpTrain(RATE_HZ, Math.floor((seconds * 1000) / EVERY_MS), EVERY_MS),
  find: (said, heard, startsMs) =>
    paired(
      chirpOnsets(said),
      chirpOnsets(heard).map((one) => ({ ...one, atMs: one.atMs + startsMs })),
    ),
};

/** For a call that takes chirps for noise; an eighth of a millisecond is the finest. */
export const SPEECH: Probe = {
  what: 'parts of speech',
  sound: async (who, seconds) => {
    const { rateHz, samples } = await speech(who);
    return { rateHz, samples: samples.subarray(0, seconds * rateHz) };
  },
  find: (said, heard, startsMs) =>
    alignedCorrelation(heard, said, { windowMs: WINDOW_MS, searchMs: SEARCH_MS })
      .windows.filter(({ correlation }) => correlation > FOUND)
      .map(({ atMs, lagMs }) => ({ atMs, delayMs: lagMs + startsMs })),
};

/** Each chirp that was said with the first that is heard at its time or after it. */
export function paired(said: readonly Onset[], heard: readonly Onset[]) {
  return said.flatMap(({ atMs }) => {
    const found = heard.find((one) => one.atMs >= atMs - 2 && one.atMs < atMs + LONGEST_MS);
    return found ? [{ atMs, delayMs: found.atMs - atMs }] : [];
  });
}

/** Says the probe's sound at both ends for so long, and finds it again. */
export async function measure(
  { pulse, alice, bob }: CallPair,
  probe: Probe,
  seconds: number,
): Promise<Measured> {
  const recorders = {
    aliceMouth: await pulse.record('alice', 'mic', RATE_HZ),
    bobMouth: await pulse.record('bob', 'mic', RATE_HZ),
    aliceEar: await pulse.record('alice', 'speaker', RATE_HZ),
    bobEar: await pulse.record('bob', 'speaker', RATE_HZ),
  };
  const saidOfBob: Budget[] = [];
  const saidOfAlice: Budget[] = [];
  const asking = setInterval(() => {
    saidOfBob.push(...bob.daemon.client.counters().flatMap(({ budget }) => budget ?? []));
    saidOfAlice.push(...alice.daemon.client.counters().flatMap(({ budget }) => budget ?? []));
  }, COUNTERS_MS);
  const first = pulse.play('alice', await probe.sound('alice', seconds));
  await sleep(EVERY_MS / 2);
  const second = pulse.play('bob', await probe.sound('bob', seconds));
  await Promise.all([first.done, second.done]);
  await sleep(LONGEST_MS);
  clearInterval(asking);
  type Recorder = typeof recorders.bobEar;
  const found = async (mouth: Recorder, ear: Recorder): Promise<Point[]> => {
    const startsMs = ear.startMs() - mouth.startMs();
    const fromMs = mouth.startMs();
    return probe
      .find(await mouth.stop(), await ear.stop(), startsMs)
      .map(({ atMs, delayMs }) => [(fromMs + atMs) / 1000, delayMs]);
  };
  return {
    toBob: await found(recorders.aliceMouth, recorders.bobEar),
    toAlice: await found(recorders.bobMouth, recorders.aliceEar),
    ...{ saidOfBob, saidOfAlice },
  };
}

/** Both directions, and together; `when` says under what. */
export function heardRows(when: string, probe: Probe, { toBob, toAlice }: Measured): Row[] {
  return [
    heardRow(`${when}: alice to bob`, probe, toBob),
    heardRow(`${when}: bob to alice`, probe, toAlice),
    heardRow(`${when}: both directions`, probe, [...toBob, ...toAlice]),
  ];
}

function heardRow(what: string, probe: Probe, points: readonly Point[]): Row {
  const inOrder = points.toSorted(([a], [b]) => a - b).map(([, ms]) => ms);
  const [first, last] = [inOrder.slice(0, 10), inOrder.slice(-10)];
  const later = quantile(last, 0.5) - quantile(first, 0.5);
  return {
    what,
    value: quantile(inOrder, 0.5),
    p95: quantile(inOrder, 0.95),
    unit: 'ms',
    note: `${inOrder.length} ${probe.what}, least ${quantile(inOrder, 0).toFixed(1)}, most ${quantile(inOrder, 1).toFixed(1)}, last ten ${later.toFixed(1)} later than the first ten`,
  };
}

const STAGES: Record<keyof Budget, string> = {
  inputMs: 'microphone',
  framingMs: 'a frame fills',
  processingMs: 'what is done to the sound',
  codecMs: 'codec',
  networkMs: 'network, both programs',
  waitingMs: 'waits for late ones',
  outputMs: 'loudspeaker',
};

/** What the two programs say of where the time goes, the mean of both, and how far that is off. */
export function budgetRows(when: string, measured: Measured): Row[] {
  const { toBob, toAlice, saidOfBob, saidOfAlice } = measured;
  const all = [...saidOfBob, ...saidOfAlice];
  const stages = Object.entries(STAGES) as [keyof Budget, string][];
  const rows = stages.map(([stage, name]) => ({
    what: `${when}, as the program says: ${name}`,
    value: mean(all.map((each) => each[stage])),
    unit: 'ms',
  }));
  const sum = rows.reduce((total, { value }) => total + value, 0);
  const heard = mean([...toBob, ...toAlice].map(([, ms]) => ms));
  const note = `${(sum - heard).toFixed(1)} more than the recordings' mean, ${heard.toFixed(1)}`;
  return [...rows, { what: `${when}, as the program says: all`, value: sum, unit: 'ms', note }];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
