/** A call in virtual time, alice speaking and bob listening, and what his loudspeaker was given. */
import type { CodecName } from '@kyberline/core/call/body';
import type { Weather } from '../../net/udp-memory.js';
import { ALICE, BOB, CALL_ID, twoEngines } from './engines.js';

const FRAME_MS = 10;
const FRAME_SAMPLES = 480;
const TICK_MS = 50;

export interface TalkPlan {
  seconds: number;
  /** What alice's microphone hears, from its first sample; silence after the end. */
  said: Int16Array;
  weather?: Partial<Weather>;
  /** How much faster alice's microphone, and bob's loudspeaker, run than the clock. */
  microphonePpm?: number;
  loudspeakerPpm?: number;
  codec?: CodecName;
  /** How much bob's loudspeaker asks for at a time; 5 if nothing is said. */
  turnMs?: number;
  /** Called before each of bob's turns. */
  during?(now: number, both: ReturnType<typeof twoEngines>): void;
}

export interface Turn {
  atMs: number;
  delayMs: number;
  targetMs: number;
  concealed: number;
}

export interface Talked {
  /** Samples of bob's loudspeaker; its first turn was at `startedMs`, alice's first frame at 0. */
  heard: Int16Array;
  startedMs: number;
  turns: Turn[];
  sent: { atMs: number; bytes: number }[];
  both: ReturnType<typeof twoEngines>;
}

/** Alice's n-th frame has been captured at 10 (n + 1) ms; bob's first turn is at 3 ms. */
export function talk(plan: TalkPlan): Talked {
  const both = twoEngines();
  const { alice, bob, clock, network } = both;
  Object.assign(network.weather, plan.weather);
  alice.open([BOB]);
  bob.open([ALICE]);
  for (const engine of [alice, bob]) {
    engine.install(0);
    engine.sendOn(0);
    engine.tell({ type: 'allow-voice', callId: CALL_ID, allowed: true });
  }
  const { codec } = plan;
  if (codec) alice.tell({ type: 'codec', callId: CALL_ID, codec });
  const began = clock.now();
  const untilMs = plan.seconds * 1000;
  const sent: Talked['sent'] = [];
  network.tap((bytes, from) => {
    if (from.address === ALICE.address && (bytes[6]! & 0x7f) === 1) {
      sent.push({ atMs: clock.now() - began, bytes: bytes.length });
    }
  });

  const every = (firstMs: number, ms: number, ppm: number, turn: (n: number) => void) => {
    const periodMs = ms / (1 + ppm / 1e6);
    let n = 0;
    const next = () => {
      turn(n++);
      const dueMs = firstMs + n * periodMs;
      if (dueMs < untilMs) clock.after(began + dueMs - clock.now(), next);
    };
    clock.after(firstMs, next);
  };
  const frame = new Int16Array(FRAME_SAMPLES);
  every(FRAME_MS, FRAME_MS, plan.microphonePpm ?? 0, (n) => {
    const part = plan.said.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES);
    frame.fill(0);
    frame.set(part);
    alice.switchboard.capture(frame);
    bob.switchboard.capture(SILENCE);
  });
  const turnMs = plan.turnMs ?? 5;
  const heard: Int16Array[] = [];
  const turns: Turn[] = [];
  every(3, turnMs, plan.loudspeakerPpm ?? 0, () => {
    plan.during?.(clock.now() - began, both);
    const played = new Int16Array(turnMs * 48);
    bob.switchboard.play(played);
    heard.push(played);
    const [call] = countersOf(bob.switchboard.countersOf({ overruns: 0, underruns: 0 }));
    if (!call) return;
    turns.push({
      atMs: clock.now() - began,
      delayMs: call.jitterDelayMs,
      targetMs: call.jitterTargetMs,
      concealed: call.concealed,
    });
  });
  for (let ms = TICK_MS; ms <= untilMs; ms += TICK_MS) {
    clock.after(ms, () => {
      for (const { switchboard } of [alice, bob]) switchboard.tick();
    });
  }
  clock.advance(untilMs);
  const all = new Int16Array(heard.length * turnMs * 48);
  heard.forEach((part, n) => {
    all.set(part, n * part.length);
  });
  return { heard: all, startedMs: 3, turns, sent, both };
}

const SILENCE = new Int16Array(FRAME_SAMPLES);

function countersOf(message: { type: string }) {
  if (message.type !== 'counters') return [];
  return (message as Extract<import('../messages.js').EngineToDaemon, { type: 'counters' }>).calls;
}
