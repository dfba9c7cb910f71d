/** A call in virtual time, alice speaking and bob listening, and what his loudspeaker was given. */
import type { CodecName } from '@kyberline/core/call/body';
import { readHeader, STREAM_NUMBERS } from '@kyberline/core/voice/packet';
import type { MemoryNetwork, Weather } from '../../net/udp-memory.js';
import type { EngineToDaemon } from '../messages.js';
import { ALICE, BOB, CALL_ID, type Engine, twoEngines } from './engines.js';

const FRAME_MS = 10;
const FRAME_SAMPLES = 480;
const SAMPLES_PER_MS = 48;
const TICK_MS = 50;
const TURN_MS = 5;
const FIRST_TURN_MS = 3;
const SILENCE = new Int16Array(FRAME_SAMPLES);

export interface TalkPlan {
  seconds: number;
  /** What alice's microphone hears, from its first sample; silence after the end. */
  said: Int16Array;
  weather?: Partial<Weather>;
  /** How much faster alice's microphone, and bob's loudspeaker, run than the clock. */
  microphonePpm?: number;
  loudspeakerPpm?: number;
  codec?: CodecName;
  /** How much bob's loudspeaker asks for at a time; 5 ms if nothing is said. */
  turnMs?: number;
  /** When bob's loudspeaker really asks for what is due at `ms`; never later for an earlier one. */
  asksAt?(ms: number): number;
  /** Called before each of bob's turns. */
  during?(now: number, both: Both): void;
}

/** `alice` may be put in the place of another in mid-call. */
export type Both = ReturnType<typeof twoEngines>;

type Counters = Extract<EngineToDaemon, { type: 'counters' }>['calls'][number];

/** What bob counted after a turn. */
export interface Turn extends Counters {
  atMs: number;
}

export interface Talked {
  /** Samples of bob's loudspeaker, the first of them asked for at `startedMs`; alice began at 0. */
  heard: Int16Array;
  startedMs: number;
  turns: Turn[];
  /** Alice's voice packets, and how long each had to wait at the bottleneck. */
  sent: { atMs: number; bytes: number; waitMs: number }[];
  both: Both;
}

/** Alice's n-th frame has been captured at 10 (n + 1) ms; bob's first turn is at 3 ms. */
export function talk(plan: TalkPlan): Talked {
  const both = twoEngines();
  const { clock, network } = both;
  Object.assign(network.weather, plan.weather);
  both.alice.open([BOB]);
  both.bob.open([ALICE]);
  for (const engine of [both.alice, both.bob]) allow(engine);
  const { codec } = plan;
  if (codec) both.alice.tell({ type: 'codec', callId: CALL_ID, codec });
  const untilMs = plan.seconds * 1000;
  const sent = listen(network, () => clock.now());

  const every = (
    firstMs: number,
    ms: number,
    turn: (n: number) => void,
    really = (dueMs: number) => dueMs,
  ) => {
    let n = 0;
    const next = () => {
      turn(n++);
      const dueMs = firstMs + n * ms;
      if (dueMs < untilMs) clock.after(really(dueMs) - clock.now(), next);
    };
    clock.after(firstMs, next);
  };
  const frame = new Int16Array(FRAME_SAMPLES);
  every(FRAME_MS, FRAME_MS / (1 + (plan.microphonePpm ?? 0) / 1e6), (n) => {
    frame.fill(0);
    frame.set(plan.said.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES));
    both.alice.switchboard.capture(frame);
    both.bob.switchboard.capture(SILENCE);
  });
  const turnMs = plan.turnMs ?? TURN_MS;
  const heard: Int16Array[] = [];
  const turns: Turn[] = [];
  const turn = () => {
    plan.during?.(clock.now(), both);
    const played = new Int16Array(turnMs * SAMPLES_PER_MS);
    both.bob.switchboard.play(played);
    heard.push(played);
    const counters = countersOf(both.bob);
    if (counters) turns.push({ atMs: clock.now(), ...counters });
  };
  every(FIRST_TURN_MS, turnMs / (1 + (plan.loudspeakerPpm ?? 0) / 1e6), turn, plan.asksAt);
  every(TICK_MS, TICK_MS, () => {
    for (const { switchboard } of [both.alice, both.bob]) switchboard.tick();
  });
  clock.advance(untilMs);
  for (const engine of [both.alice, both.bob]) engine.switchboard.close();
  const all = new Int16Array(heard.length * turnMs * SAMPLES_PER_MS);
  heard.forEach((part, n) => {
    all.set(part, n * part.length);
  });
  return { heard: all, startedMs: FIRST_TURN_MS, turns, sent, both };
}

/** Keys, and voice, from the first moment on. */
export function allow(engine: Engine, from = 0): void {
  engine.install(0, undefined, from);
  engine.sendOn(0);
  engine.tell({ type: 'allow-voice', callId: CALL_ID, allowed: true });
}

function listen(network: MemoryNetwork, now: () => number): Talked['sent'] {
  const sent: Talked['sent'] = [];
  network.tap((bytes, from, to) => {
    const isVoice = readHeader(bytes)?.stream === STREAM_NUMBERS.audio;
    if (from.address !== ALICE.address || !isVoice) return;
    sent.push({ atMs: now(), bytes: bytes.length, waitMs: network.waitMs(from, to) });
  });
  return sent;
}

function countersOf({ switchboard }: Engine): Counters | undefined {
  const said = switchboard.countersOf({ overruns: 0, underruns: 0, outputMs: 0 });
  return said.type === 'counters' ? said.calls[0] : undefined;
}
