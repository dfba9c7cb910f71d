/**
 * What the devices cost: chirps into a microphone of PulseAudio, found in its loudspeaker, with one
 * program between them that hands on every frame (device-loop-end.ts). Half a frame of it, 0 to
 * 10 ms, is where the two ends' frames happen to stand to each other. With our own binding and with
 * naudiodon, on an idle machine and beside two programs that take all they get.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sleep, usageOf } from '../rig/child.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { chirpOnsets, chirpTrain, delays, type Onset, quantile } from '../rig/sound.js';
import type { Bench, Row } from './bench.js';
import type { Counted } from './device-loop-end.js';

const RATE_HZ = 48_000;
const EVERY_MS = 500;
const LONGEST_MS = 450;
/** Streams open, delays settle. */
const SETTLE_MS = 5000;
const SECONDS = Number(process.env.KYBERLINE_BENCH_SECONDS ?? 60);
const HOGS = 2;
const END = fileURLToPath(new URL('device-loop-end.js', import.meta.url));

export const deviceLoop: Bench = {
  name: 'device-loop',
  title: 'Microphone to loudspeaker through one program, over virtual sound cards',
  seconds: 4 * (SECONDS + 10),
  needsSound: true,
  byHand: true,
  async run() {
    const rows: Row[] = [];
    for (const hogs of [0, HOGS]) {
      for (const binding of ['ours', 'naudiodon']) rows.push(...(await measure(binding, hogs)));
    }
    return rows;
  },
};

async function measure(binding: string, hogCount: number): Promise<Row[]> {
  const what = `${binding}${hogCount > 0 ? `, beside ${hogCount} busy programs` : ''}`;
  const pulse = await startPulse(['one']);
  const running: ChildProcess[] = [];
  try {
    const recorders = {
      mouth: await pulse.record('one', 'mic', RATE_HZ),
      ear: await pulse.record('one', 'speaker', RATE_HZ),
    };
    const end = fork(END, [binding], {
      env: { ...process.env, ...pulse.env('one') },
      stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    });
    running.push(end);
    for (let n = 0; n < hogCount; n += 1) {
      running.push(spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }));
    }
    await sleep(SETTLE_MS);
    const before = { at: performance.now(), counted: await ask(end), usage: usageOf(end.pid!) };
    await pulse.play('one', chirpTrain(RATE_HZ, (SECONDS * 1000) / EVERY_MS, EVERY_MS)).done;
    await sleep(LONGEST_MS);
    const after = { at: performance.now(), counted: await ask(end), usage: usageOf(end.pid!) };
    const ms = delays(await onsets(recorders.mouth), await onsets(recorders.ear), LONGEST_MS);
    const cpu = (after.usage.cpuSeconds - before.usage.cpuSeconds) / (after.at - before.at);
    return [
      {
        ...{ what, value: quantile(ms, 0.5), p95: quantile(ms, 0.95), unit: 'ms' },
        note: `${ms.length} chirps, least ${quantile(ms, 0).toFixed(1)}, most ${quantile(ms, 1).toFixed(1)}; ${told(before.counted, after.counted)}`,
      },
      { what: `${what}: processor`, value: cpu * 100_000, unit: '%' },
    ];
  } finally {
    for (const one of running) one.kill('SIGKILL');
    await pulse.stop();
  }
}

type Recorder = Awaited<ReturnType<Pulse['record']>>;

async function onsets(recorder: Recorder): Promise<Onset[]> {
  const startMs = recorder.startMs();
  return chirpOnsets(await recorder.stop()).map((one) => ({ ...one, atMs: startMs + one.atMs }));
}

async function ask(end: ChildProcess): Promise<Counted> {
  end.send('count');
  const [counted] = await once(end, 'message', { signal: AbortSignal.timeout(5000) });
  return counted as Counted;
}

function told(before: Counted, after: Counted): string {
  const own =
    after.inputMs === undefined || after.outputMs === undefined
      ? ''
      : `, says ${after.inputMs.toFixed(1)} in and ${after.outputMs.toFixed(1)} out`;
  const counts = (['underruns', 'overruns', 'missing', 'skipped'] as const).map(
    (name) => `${after[name] - before[name]} ${name}`,
  );
  return counts.join(', ') + own;
}
