/**
 * Mouth to ear: chirps into one person's microphone, found in the other's speaker, both directions of
 * one call at once. Both ends of a path are recorded from PulseAudio's monitors on one clock; what
 * the recordings say counts, and no program's own figures.
 */
import { sleep } from '../rig/child.js';
import type { Pulse } from '../rig/pulse.js';
import { chirpOnsets, chirpTrain, delays, type Onset, quantile } from '../rig/sound.js';
import type { Bench, Row } from './bench.js';
import { startPair } from './call-pair.js';

const RATE_HZ = 48_000;
const CHIRPS = 60;
const EVERY_MS = 700;
/** The jitter buffer and the sound system get this long to settle. */
const SETTLE_MS = 3000;
/** A round trip of sound is far below this; a chirp may not be taken for the one after it. */
const LONGEST_MS = 600;

export const latency: Bench = {
  name: 'latency',
  title: 'Mouth to ear over virtual sound cards and the loopback network',
  seconds: 75,
  async run() {
    const pair = await startPair('off');
    try {
      await pair.connect();
      await sleep(SETTLE_MS);
      const found = await measure(pair.pulse);
      return [
        ...rows('alice to bob', found.toBob),
        ...rows('bob to alice', found.toAlice),
        ...rows('both directions', [...found.toBob, ...found.toAlice]),
      ];
    } finally {
      await pair.stop();
    }
  },
};

async function measure(pulse: Pulse): Promise<{ toBob: number[]; toAlice: number[] }> {
  const recorders = {
    aliceMouth: await pulse.record('alice', 'mic', RATE_HZ),
    bobMouth: await pulse.record('bob', 'mic', RATE_HZ),
    aliceEar: await pulse.record('alice', 'speaker', RATE_HZ),
    bobEar: await pulse.record('bob', 'speaker', RATE_HZ),
  };
  const train = chirpTrain(RATE_HZ, CHIRPS, EVERY_MS);
  const alice = pulse.play('alice', train);
  await sleep(EVERY_MS / 2);
  const bob = pulse.play('bob', train);
  await Promise.all([alice.done, bob.done]);
  await sleep(LONGEST_MS);
  const onsets = async (recorder: (typeof recorders)['aliceEar']): Promise<Onset[]> => {
    const startMs = recorder.startMs();
    return chirpOnsets(await recorder.stop()).map((one) => ({ ...one, atMs: startMs + one.atMs }));
  };
  const aliceMouth = await onsets(recorders.aliceMouth);
  const bobMouth = await onsets(recorders.bobMouth);
  const aliceEar = await onsets(recorders.aliceEar);
  const bobEar = await onsets(recorders.bobEar);
  return {
    toBob: delays(aliceMouth, bobEar, LONGEST_MS),
    toAlice: delays(bobMouth, aliceEar, LONGEST_MS),
  };
}

function rows(path: string, ms: number[]): Row[] {
  const [first, last] = [ms.slice(0, 10), ms.slice(-10)];
  return [
    {
      what: path,
      value: quantile(ms, 0.5),
      p95: quantile(ms, 0.95),
      unit: 'ms',
      note: `${ms.length} chirps, least ${quantile(ms, 0).toFixed(1)}, most ${quantile(ms, 1).toFixed(1)}, last ten ${(quantile(last, 0.5) - quantile(first, 0.5)).toFixed(1)} later than the first ten`,
    },
  ];
}
