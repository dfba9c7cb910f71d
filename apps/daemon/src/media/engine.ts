/**
 * The media engine, a child process of the daemon: it owns PortAudio, the UDP socket and the
 * traffic keys, and nothing here waits for anything slow. This file joins its parts and keeps its
 * timers; the voice path is send.ts, receive.ts and playout.ts.
 */
import { randomBytes } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { Codecs } from '../codec/codecs.js';
import { type LoadedBinding, loadBinding } from '../device/binding.js';
import { chooseDevices } from '../device/choose.js';
import { type Cancel, pace, systemClock } from '../device/clock.js';
import { sendScout } from '../device/send-scout.js';
import { openUdp } from '../net/udp.js';
import { Problem } from '../problem.js';
import { eraseInstalled } from './epochs.js';
import type { DaemonToEngine, EngineToDaemon } from './messages.js';
import { Microphone } from './microphone.js';
import { PacketRing } from './packets.js';
import { Rehearsal } from './rehearsal.js';
import { Ringing } from './ringing.js';
import { Sound } from './sound.js';
import { Switchboard } from './switchboard.js';

const TICK_MS = 50;
const TICKS_PER_LEVELS = 2;
const TICKS_PER_COUNTERS = 20;
/** When the daemon is gone, goodbyes are said so often, at this interval. */
const GOODBYES = 4;
const GOODBYE_EVERY_MS = 100;
/** How long an orderly stop waits for the other sides to answer them; the daemon allows 1.5 s. */
const GOODBYE_MS = 1_000;
const EXIT_CANNOT_START = 2;

interface Running {
  switchboard: Switchboard;
  microphone: Microphone;
  sound: Sound;
  rehearsal: Rehearsal;
  ringing: Ringing;
  stop(): Promise<void>;
}

hurry();

let meter = false;
let running: Running | undefined;
/** Messages are handled in their order, those that come while the engine starts included. */
let work: Promise<void> = Promise.resolve();

process.on('message', (message) => {
  const heard = message as DaemonToEngine;
  if (running && heard.type !== 'start' && heard.type !== 'stop') handle(running, heard);
  else work = work.then(() => begin(heard));
});
process.on('disconnect', () => void goodbye());
// Ctrl-C and a service manager's goodbye reach the whole group: the daemon decides when its engine
// ends, since it has peers to tell first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** Voice cannot wait for its turn. Most systems let only some users ask; then it has to do without. */
function hurry(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // As every other process, then.
  }
}

async function begin(message: DaemonToEngine): Promise<void> {
  if (message.type === 'start') {
    try {
      running = await start(message);
    } catch (cause) {
      cannotStart(cause);
    }
    return;
  }
  if (message.type === 'stop') {
    await running?.stop();
    leave();
  }
  if (running) handle(running, message);
}

async function start(from: Extract<DaemonToEngine, { type: 'start' }>): Promise<Running> {
  const now = () => systemClock.now();
  const codecs = await Codecs.open();
  const socket = await openUdp(from.udpHost, from.udpPort);
  const switchboard = new Switchboard(
    { socket, ring: new PacketRing(), random: (bytes) => randomBytes(bytes), emit },
    codecs,
    now,
  );
  const microphone = new Microphone(
    {
      random: (bytes) => randomBytes(bytes),
      capture: (frame) => {
        rehearsal.capture(frame);
        switchboard.capture(frame, {
          deviceMs: sound.latency.inputMs,
          processingMs: microphone.delayMs,
        });
      },
      isMuted: () => switchboard.isMuted,
      deviceDelayMs: () => sound.latency.inputMs + sound.latency.outputMs,
      warn: (sentence) => emit({ type: 'log', level: 'error', sentence }),
    },
    from.processing,
  );
  // One for all: what it knows of the devices is kept where a sound system does not answer.
  let loaded: LoadedBinding | undefined;
  const load = () => {
    loaded ??= loadBinding(from.binding, systemClock);
    return loaded;
  };
  const choose = (input: string, output: string) => chooseDevices(input, output, systemClock, load);
  const sound: Sound = await Sound.open(
    {
      choose,
      clock: systemClock,
      capture: (frame) => microphone.captured(frame),
      missed: (frames) => switchboard.missed(frames),
      play: (frame) => {
        if (!rehearsal.fill(frame)) switchboard.play(frame);
        microphone.heard(frame);
      },
      outputOpened: () => switchboard.outputOpened(),
      scout: () => sendScout(from.binding),
      emit,
    },
    from.input,
    from.output,
  );
  const rehearsal = new Rehearsal({
    isRunning: (end) => sound.state[end].state === 'running',
    changed: (state) => emit({ type: 'sound-test', state }),
  });
  const ringing = new Ringing({
    open: async (output) => (await choose('silence', output)).output,
    warn: (sentence) => emit({ type: 'log', level: 'warn', sentence }),
  });
  emit({ type: 'ready', udpPort: socket.port, ...sound.state });
  const parts = { switchboard, microphone, sound, rehearsal, ringing };
  const stopTicking = tick(parts);
  // Not before the daemon knows that the engine is there: a call that begins at once waits for nothing.
  void microphone.ready();
  return {
    ...parts,
    async stop() {
      await heardGoodbye(switchboard);
      stopTicking();
      switchboard.close();
      microphone.close();
      await Promise.all([sound.close(), ringing.close(), socket.close()]);
    },
  };
}

function tick(parts: Omit<Running, 'stop'>): Cancel {
  const { switchboard, sound, microphone } = parts;
  let ticks = 0;
  let { warnings } = microphone;
  return pace(systemClock, TICK_MS, () => {
    ticks++;
    switchboard.tick();
    settle(parts);
    if (warnings !== microphone.warnings) {
      warnings = microphone.warnings;
      emit({ type: 'warnings', warnings: [...warnings] });
    }
    if (ticks % TICKS_PER_LEVELS === 0) emit(switchboard.levels());
    if (ticks % TICKS_PER_COUNTERS === 0)
      emit(switchboard.countersOf({ ...sound.missed, outputMs: sound.latency.outputMs }));
  });
}

/** Who needs which end of the sound now. */
function settle({ switchboard, sound, microphone, rehearsal }: Omit<Running, 'stop'>): void {
  const { hasCalls } = switchboard;
  const needs = rehearsal.needs;
  const input = hasCalls || meter || needs.input;
  sound.need({ input, output: hasCalls || needs.output });
  if (!input) microphone.rest();
}

function handle(parts: Running, message: DaemonToEngine): void {
  const { switchboard, sound, microphone, rehearsal, ringing } = parts;
  switch (message.type) {
    case 'devices':
      sound.use(message.input, message.output);
      break;
    case 'processing':
      void microphone.use(message.processing);
      break;
    case 'meter':
      meter = message.on;
      break;
    case 'sound-test':
      if (message.test) rehearsal.start(message.test);
      else rehearsal.stop();
      settle(parts);
      break;
    case 'ring':
      ringing.use(message.output);
      if (message.output !== undefined) rehearsal.stop();
      break;
    default:
      switchboard.handle(message);
      if (message.type === 'install-epoch') eraseInstalled(message);
      if (message.type !== 'open-call') break;
      rehearsal.stop();
      microphone.beginCall();
      settle(parts);
  }
}

/** A goodbye that was lost would leave the other side waiting for a minute. */
async function heardGoodbye(switchboard: Switchboard): Promise<void> {
  const until = systemClock.now() + GOODBYE_MS;
  while (switchboard.isSayingBye && systemClock.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS / 2));
  }
}

/** The daemon is gone: the other sides are told, then nothing is left to do here. */
async function goodbye(): Promise<void> {
  const parts = running;
  if (!parts) process.exit();
  for (let said = 0; said < GOODBYES; said++) {
    parts.switchboard.sayGoodbye();
    await new Promise((resolve) => setTimeout(resolve, GOODBYE_EVERY_MS));
  }
  leave();
}

/**
 * At the end of a process Node waits for its threads, and one that writes to a loudspeaker that is
 * gone never comes back. Everything that had to be closed is closed.
 */
function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

function cannotStart(cause: unknown): void {
  const { code, message } =
    cause instanceof Problem
      ? cause
      : { code: 'engine-failed', message: 'The sound engine could not start.' };
  emit({ type: 'cannot-start', code, sentence: message });
  process.exitCode = EXIT_CANNOT_START;
  process.disconnect();
}

/** Losing a message to a daemon that has just died is what `disconnect` is about. */
function emit(message: EngineToDaemon): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
