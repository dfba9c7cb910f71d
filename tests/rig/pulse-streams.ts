/** One pacat or parec each: sound into a sink, sound out of a monitor. */
import { spawn } from 'node:child_process';
import { fromPcm16, type Sound, toPcm16 } from './sound/wav.js';

/** Asked of PulseAudio: the null sinks then move in blocks of at most this. */
const RECORD_LATENCY_MS = 10;
/**
 * A player keeps seconds in hand, so that a busy machine does not tear what is said; what counts
 * for latency is when the sound shows in the monitor.
 */
const PLAY_LATENCY_MS = 2000;
const FIRST_SOUND_MS = 5000;

export interface Playback {
  /** Resolves when the sound has been played to its end, or was stopped. */
  done: Promise<void>;
  stop(): Promise<void>;
}

/** Plays a sound once into a sink. */
export function play(env: Record<string, string>, sink: string, sound: Sound): Playback {
  const child = spawn(
    'pacat',
    [
      '--playback',
      `--device=${sink}`,
      `--latency-msec=${PLAY_LATENCY_MS}`,
      ...format(sound.rateHz),
    ],
    { env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let complaint = '';
  let stopped = false;
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  // A player that was stopped no longer reads; that is no error of the test.
  child.stdin.on('error', () => {});
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0 || stopped) resolve();
      else reject(new Error(`pacat into ${sink}: ${complaint.trim()}`));
    });
  });
  child.stdin.end(toPcm16(sound.samples));
  return {
    done,
    stop: async () => {
      stopped = true;
      child.kill('SIGKILL');
      await done;
    },
  };
}

export interface Recording {
  /** Ends the recording and gives what was heard since `record` resolved. */
  stop(): Promise<Sound>;
  /** What was heard up to now. */
  soFar(): Sound;
  /** performance.now() at the recording's first sample; see `startOf`. */
  startMs(): number;
}

/** Records a monitor; resolves once sound (also silence) arrives, so that nothing after is missed. */
export async function record(
  env: Record<string, string>,
  source: string,
  rateHz: number,
): Promise<Recording> {
  const child = spawn(
    'parec',
    [`--device=${source}`, `--latency-msec=${RECORD_LATENCY_MS}`, ...format(rateHz)],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const chunks: Buffer[] = [];
  const arrivals: { atMs: number; bytes: number }[] = [];
  let bytes = 0;
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`parec from ${source}: nothing arrived. ${complaint.trim()}`));
    }, FIRST_SOUND_MS);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`parec from ${source}: ${complaint.trim()}`));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(timer);
      chunks.push(chunk);
      bytes += chunk.length;
      arrivals.push({ atMs: performance.now(), bytes });
      resolve();
    });
  });
  const soFar = (): Sound => ({ rateHz, samples: fromPcm16(Buffer.concat(chunks)) });
  return {
    soFar,
    startMs: () => startOf(arrivals, rateHz),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return soFar();
    },
  };
}

/**
 * When the first sample was recorded, on our clock: a chunk can arrive late but never early, so the
 * earliest arrival, counted back by the samples before it, is the nearest to the truth. Two
 * recordings of one server share the remaining bias, and their difference is free of it.
 */
export function startOf(
  arrivals: readonly { atMs: number; bytes: number }[],
  rateHz: number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { atMs, bytes } of arrivals) {
    least = Math.min(least, atMs - (bytes / 2 / rateHz) * 1000);
  }
  return least;
}

function format(rateHz: number): string[] {
  return ['--raw', '--format=s16le', `--rate=${rateHz}`, '--channels=1'];
}
