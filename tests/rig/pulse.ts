/**
 * A sound system of one's own: a PulseAudio in a temporary folder, with virtual phones made of null
 * sinks. Nothing of the machine's own sound configuration is read or touched; works as root.
 *
 *   play(alice) ──► alice_mic ──monitor──► program of alice ──► alice_speaker ──monitor──► record(alice)
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, eventually, startChild } from './child.js';
import { type Playback, type Recording, record, play as startPlaying } from './pulse-streams.js';
import type { Sound } from './sound/wav.js';

const SINK_RATE_HZ = 48_000;
const START_MS = 10_000;

/** Which of a phone's two sinks: what is played into it, what comes out of it. */
export type End = 'mic' | 'speaker';

export interface Pulse {
  readonly pid: number;
  /** Environment for a program that shall use this phone as its microphone and speaker. */
  env(phone: string): Record<string, string>;
  /** Environment for pactl and its like: this server, no phone. */
  serverEnv: Record<string, string>;
  /** Adds a phone at run time; loading devices is how tests plug them in. */
  addPhone(phone: string): Promise<void>;
  /** Takes one end of a phone away, as if it were unplugged. */
  unplug(phone: string, end: End): Promise<void>;
  plug(phone: string, end: End): Promise<void>;
  /** What programs get that name no device: these two of a phone. */
  makeDefault(phone: string): Promise<void>;
  /** Ends the server and starts it again, with the phones of the beginning. */
  restart(): Promise<void>;
  /** Speaks into a phone's microphone; `done` when it has all been heard there. */
  play(phone: string, sound: Sound): Playback;
  /** Records what comes out of a phone's speaker (or went into its microphone), 16 kHz by default. */
  record(phone: string, end?: End, rateHz?: number): Promise<Recording>;
  /** Output of a pactl command. */
  pactl(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a sound system with these phones; ready when every sink is there. */
export async function startPulse(phones: readonly string[]): Promise<Pulse> {
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-pulse-'));
  const runtime = join(folder, 'runtime');
  mkdirSync(runtime, { mode: 0o700 });
  const socket = join(runtime, 'socket');
  const serverEnv = writeConfiguration(folder, runtime, socket);
  const modules = [
    `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
    ...phones.flatMap((phone) => [sinkModule(phone, 'mic'), sinkModule(phone, 'speaker')]),
  ];
  const pactl = (...args: string[]) => runPactl(serverEnv, args);
  let server: Child | undefined;
  const start = async () => {
    const begun = await startChild(
      'pulseaudio',
      [
        ...['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1'],
        ...['--disallow-exit=yes', '--log-target=stderr', '--log-level=warning'],
        ...['--high-priority=no', '--realtime=no'],
        ...modules.flatMap((module) => ['-L', module]),
      ],
      { env: { ...process.env, ...serverEnv } },
    );
    server = begun;
    await eventually('PulseAudio answers with all its sinks', START_MS, async () => {
      if (!begun.isRunning()) throw new Error(`PulseAudio ended:\n${begun.output()}`);
      const sinks = await pactl('list', 'short', 'sinks').catch(() => '');
      return phones.every((p) => hasSink(sinks, p, 'mic') && hasSink(sinks, p, 'speaker'));
    });
  };
  const stop = async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (cause) {
    await stop();
    throw cause;
  }

  const plug = async (phone: string, end: End) => {
    await pactl('load-module', ...sinkModule(phone, end).split(' '));
  };
  return {
    get pid() {
      return server?.pid ?? 0;
    },
    serverEnv,
    env: (phone) => ({
      ...serverEnv,
      PULSE_SINK: sinkName(phone, 'speaker'),
      PULSE_SOURCE: `${sinkName(phone, 'mic')}.monitor`,
    }),
    addPhone: async (phone) => {
      await plug(phone, 'mic');
      await plug(phone, 'speaker');
    },
    plug,
    makeDefault: async (phone) => {
      await pactl('set-default-sink', sinkName(phone, 'speaker'));
      await pactl('set-default-source', `${sinkName(phone, 'mic')}.monitor`);
    },
    restart: async () => {
      await server?.stop();
      await start();
    },
    unplug: async (phone, end) => {
      const list = await pactl('list', 'short', 'modules');
      const line = list.split('\n').find((l) => l.includes(`sink_name=${sinkName(phone, end)} `));
      if (line === undefined) throw new Error(`${sinkName(phone, end)} is not plugged in.`);
      await pactl('unload-module', line.split('\t')[0]!);
    },
    play: (phone, sound) => startPlaying(serverEnv, sinkName(phone, 'mic'), sound),
    record: (phone, end = 'speaker', rateHz = 16_000) =>
      record(serverEnv, `${sinkName(phone, end)}.monitor`, rateHz),
    pactl,
    stop,
  };
}

function sinkName(phone: string, end: End): string {
  return `${phone}_${end}`;
}

function sinkModule(phone: string, end: End): string {
  return `module-null-sink sink_name=${sinkName(phone, end)} rate=${SINK_RATE_HZ}`;
}

function hasSink(list: string, phone: string, end: End): boolean {
  return list.split('\n').some((line) => line.split('\t')[1] === sinkName(phone, end));
}

/** ALSA programs (PortAudio) reach PulseAudio through `default`; everything stays in `folder`. */
function writeConfiguration(
  folder: string,
  runtime: string,
  socket: string,
): Record<string, string> {
  const alsa = join(folder, 'alsa.conf');
  writeFileSync(
    alsa,
    `${[
      '</usr/share/alsa/alsa.conf>',
      'pcm.!default { type pulse hint { show on description "virtual phone" } }',
      'ctl.!default { type pulse }',
    ].join('\n')}\n`,
  );
  const client = join(folder, 'client.conf');
  writeFileSync(client, 'autospawn = no\nenable-shm = no\n');
  return {
    HOME: folder,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(folder, 'config'),
    PULSE_RUNTIME_PATH: runtime,
    PULSE_STATE_PATH: join(folder, 'state'),
    PULSE_SERVER: `unix:${socket}`,
    PULSE_CLIENTCONFIG: client,
    PULSE_COOKIE: join(folder, 'cookie'),
    ALSA_CONFIG_PATH: alsa,
  };
}

async function runPactl(env: Record<string, string>, args: string[]): Promise<string> {
  const child: Child = await startChild('pactl', args, { env: { ...process.env, ...env } });
  const { code } = await child.ended;
  if (code !== 0) throw new Error(`pactl ${args.join(' ')}: ${child.output().trim()}`);
  return child.output();
}
