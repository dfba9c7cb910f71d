/**
 * One conversation as the tests about sound need it: both speak at once for 20 s into virtual phones,
 * are silent, one speaks on while muted, and what the speakers gave out, what both programs counted and
 * what a tap saw is kept.
 *
 *   connected ── 1 s ── both speak, 20 s ── silence ── alice speaks, muted ── nothing passes ── end
 */
import type { CallCounters, CallView } from '@kyberline/shared/snapshot';
import { sleep } from '../rig/child.js';
import type { Daemon } from '../rig/daemon.js';
import type { Pulse } from '../rig/pulse.js';
import { alignedCorrelation, cut, durationMs, type Sound } from '../rig/sound.js';
import { speech } from '../rig/speech.js';
import type { Tapped } from '../rig/udp-proxy.js';
import { watchCounters, watchMachine } from './onlooker.js';
import { connect, ended, freshCounters, type Pair } from './pair.js';
import type { Started } from './started.js';

export const SPEECH_MS = 20_000;
/** Devices and programs have settled by then. */
const BEFORE_MS = 2000;
const SILENCE_MS = 1500;
const MUTED_MS = 2500;
/** Underruns before this may come from devices that are only starting. */
const STARTING_MS = 2000;
/** Frames that were on their way when the line was cut have been counted by then. */
const ARRIVED_MS = 300;

/**
 * The bounds that tell what was said from what was not. A call on a quiet machine has 0.97, less
 * than 0.05 for each second in which the delay moved; other speakers and noise stay below 0.03.
 */
export const SAME_VOICE = 0.75;
export const OTHER_VOICE = 0.1;
/** The delay may grow to what the machine's own stalls ask for, and shrink again. */
const DELAY_MOVES_MS = 120;

export type Who = 'alice' | 'bob';

/** What each says; mallory says nothing, and nobody may be found to have heard her. */
export async function sayings(): Promise<Record<Who | 'mallory', Sound>> {
  const [alice, bob, mallory] = await Promise.all([
    speech('alice'),
    speech('bob'),
    speech('mallory'),
  ]);
  return {
    alice: cut(alice, 0, SPEECH_MS),
    bob: cut(bob, 0, SPEECH_MS),
    mallory: cut(mallory, 0, SPEECH_MS),
  };
}

export interface Counted {
  seen: readonly { atMs: number; counters: CallCounters }[];
  afterStart: CallCounters;
  /** After the line was cut and everything on it had arrived. */
  atEnd: CallCounters;
}

/** How much of what was said is in what was heard, 0 to 1, wherever it is and as it moves. */
export function likeness(heard: Sound, said: Sound): number {
  return alignedCorrelation(heard, said, { searchMs: DELAY_MOVES_MS }).correlation;
}

type Stretch = readonly [fromMs: number, untilMs: number];

export interface Conversation {
  views: Record<Who, CallView>;
  /** Of those who have a phone. */
  heardBy: Partial<Record<Who, Sound>>;
  /** What bob's phone gave out while alice spoke without being sent. */
  heardWhileMuted: Sound | undefined;
  counted: Record<Who, Counted>;
  tap: readonly Tapped[];
  /** For the message of a bound that only holds where the machine has time. */
  machine: string;
  times: { speech: Stretch; silence: Stretch; muted: Stretch };
}

/** Has the conversation; afterwards both have hung up. `phones`: who speaks and listens by PortAudio. */
export async function converse(
  started: Started,
  pulse: Pulse,
  pair: Pair,
  said: Record<Who, Sound>,
  phones: readonly Who[],
): Promise<Conversation> {
  const { alice, bob, proxy } = pair;
  const ears: Partial<Record<Who, Awaited<ReturnType<Pulse['record']>>>> = {};
  for (const who of phones) ears[who] = await pulse.record(who);
  const views = await connect(pair);
  const machine = watchMachine();
  const connectedAt = performance.now();
  const onlookers = { alice: watchCounters(alice), bob: watchCounters(bob) };
  for (const onlooker of Object.values(onlookers)) await started.add(onlooker);
  await sleep(BEFORE_MS);

  const speechFrom = performance.now();
  await Promise.all(phones.map((who) => pulse.play(who, said[who]).done));
  const speechUntil = performance.now();
  await sleep(SILENCE_MS);
  const silenceUntil = performance.now();

  await alice.client.command('mute', { muted: true });
  await bob.client.untilCall('bob is told that alice is muted', ({ peerMuted }) => peerMuted);
  const mutedFrom = performance.now();
  const earBefore = ears.bob && durationMs(ears.bob.soFar());
  await pulse.play('alice', cut(said.alice, 0, MUTED_MS)).done;
  const mutedUntil = performance.now();

  proxy.change({ blackout: true });
  await sleep(ARRIVED_MS);
  const count = async (who: Who, daemon: Daemon): Promise<Counted> => ({
    seen: onlookers[who].seen,
    afterStart: onlookers[who].from(connectedAt + STARTING_MS),
    atEnd: await freshCounters(daemon),
  });
  const [a, b] = await Promise.all([count('alice', alice), count('bob', bob)]);
  const heardBy: Conversation['heardBy'] = {};
  for (const who of phones) heardBy[who] = await ears[who]!.stop();
  const tap = [...proxy.tap];
  proxy.change({});
  await alice.client.command('hangup', {});
  await Promise.all([ended(alice), ended(bob)]);
  return {
    views,
    heardBy,
    heardWhileMuted: heardBy.bob && cut(heardBy.bob, earBefore ?? 0, (earBefore ?? 0) + MUTED_MS),
    counted: { alice: a, bob: b },
    tap,
    machine: machine(),
    times: {
      speech: [speechFrom, speechUntil],
      silence: [speechUntil, silenceUntil],
      muted: [mutedFrom, mutedUntil],
    },
  };
}

export function ratePerSecond(packets: readonly unknown[], [fromMs, untilMs]: Stretch): number {
  return packets.length / ((untilMs - fromMs) / 1000);
}

/** How many packets a second are due at least and at most, by the frames that the sender counted. */
export function ratesIn(
  { seen }: Counted,
  [fromMs, untilMs]: Stretch,
): readonly [least: number, most: number] {
  // The counters before, within and after it: what they agree on held all the time.
  const after = seen.findIndex(({ atMs }) => atMs >= untilMs);
  const first = seen.findLastIndex(({ atMs }) => atMs <= fromMs);
  const within = seen.slice(Math.max(0, first), after < 0 ? undefined : after + 1);
  const rates = within.map(({ counters }) => 1000 / counters.sending.frameMs);
  return [Math.min(...rates), Math.max(...rates)];
}

/** Where each received frame went; those in the jitter buffer wait for their turn. */
export function outcomes(counters: CallCounters): number {
  const { played, late, duplicate, discarded, buffered } = counters;
  return played + late + duplicate + discarded + buffered;
}
