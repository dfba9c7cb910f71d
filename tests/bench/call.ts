/**
 * What a call costs: CPU seconds a minute and resident memory of each process that the two people
 * run, from /proc, first idle and then in a call in which both talk. No page is open: a browser
 * would be a process of its own, and the daemons have somebody who watches as a page does.
 */
import { childrenOf, sleep, type Usage, usageOf } from '../rig/child.js';
import type { Pulse } from '../rig/pulse.js';
import { speech } from '../rig/speech.js';
import type { Bench, Row } from './bench.js';
import { type Machine, startPair, treat } from './call-pair.js';

const IDLE_MS = 15_000;
const CALL_MS = 40_000;
const SETTLE_MS = 3000;

export const call: Bench = {
  name: 'call',
  title: 'A call, both talking: processor and memory of each process',
  seconds: 120,
  needsSound: true,
  async run() {
    const pair = await startPair({ processing: 'off' });
    const { pulse, alice, bob } = pair;
    try {
      await sleep(SETTLE_MS);
      const idle = await watched([alice, bob], IDLE_MS);
      await pair.connect();
      const stopTalking = await talk(pulse);
      await sleep(SETTLE_MS);
      const plain = await watched([alice, bob], CALL_MS);
      await treat(pair, 'usual');
      await sleep(SETTLE_MS);
      const treated = await watched([alice, bob], CALL_MS);
      await stopTalking();
      return [
        ...rows('idle', idle),
        ...rows('in a call', plain),
        ...rows('in a call with echo, noise and loudness treated', treated),
        ...added('a call', idle, plain),
        ...added('a call with echo, noise and loudness treated', idle, treated),
      ];
    } finally {
      await pair.stop();
    }
  },
};

interface Watched {
  process: string;
  cpuSecondsPerMinute: number;
  residentMegabytes: number;
}

/** Every process of these machines over `ms`. */
async function watched(machines: Machine[], ms: number): Promise<Watched[]> {
  const processes = machines.flatMap((machine) => namesOf(machine));
  const before = processes.map(({ pid }) => usageOf(pid));
  const started = performance.now();
  await sleep(ms);
  const minutes = (performance.now() - started) / 60_000;
  return processes.map(({ pid, name }, index) => {
    const after: Usage = usageOf(pid);
    return {
      process: name,
      cpuSecondsPerMinute: (after.cpuSeconds - before[index]!.cpuSeconds) / minutes,
      residentMegabytes: after.residentMegabytes,
    };
  });
}

function namesOf({ daemon, panel }: Machine): { pid: number; name: string }[] {
  const { name } = daemon;
  const engine = daemon.enginePid();
  const others = childrenOf(daemon.pid).filter(({ pid }) => pid !== engine);
  return [
    { pid: panel.pid, name: `${name}'s panel${name === 'alice' ? ' with the registry' : ''}` },
    ...childrenOf(panel.pid).map(({ pid }) => ({ pid, name: `${name}'s panel, a child of it` })),
    { pid: daemon.pid, name: `${name}'s daemon` },
    { pid: engine, name: `${name}'s media engine` },
    ...others.map(({ pid }) => ({ pid, name: `${name}'s echo engine` })),
  ];
}

/** Both people talk until stopped. */
async function talk(pulse: Pulse): Promise<() => Promise<void>> {
  let talking = true;
  const loop = async (who: 'alice' | 'bob') => {
    const sound = await speech(who);
    let playback = pulse.play(who, sound);
    const done = (async () => {
      while (talking) {
        await playback.done;
        if (talking) playback = pulse.play(who, sound);
      }
    })();
    return async () => {
      await playback.stop();
      await done;
    };
  };
  const stops = [await loop('alice'), await loop('bob')];
  return async () => {
    talking = false;
    for (const stop of stops) await stop();
  };
}

function rows(when: string, all: Watched[]): Row[] {
  return all.flatMap(({ process, cpuSecondsPerMinute, residentMegabytes }) => [
    { what: `${when}: ${process}`, value: cpuSecondsPerMinute, unit: 'CPU s/min' },
    { what: `${when}: ${process}`, value: residentMegabytes, unit: 'MB resident' },
  ]);
}

/** What the call added, per end: the two ends are averaged. */
function added(what: string, idle: Watched[], busy: Watched[]): Row[] {
  const total = (all: Watched[], key: 'cpuSecondsPerMinute' | 'residentMegabytes') =>
    all.reduce((sum, one) => sum + one[key], 0) / 2;
  const daemons = busy.filter(({ process }) => !process.includes('panel'));
  return [
    {
      what: `${what} adds, each end`,
      value: total(busy, 'cpuSecondsPerMinute') - total(idle, 'cpuSecondsPerMinute'),
      unit: 'CPU s/min',
    },
    {
      what: `${what} adds, each end`,
      value: total(busy, 'residentMegabytes') - total(idle, 'residentMegabytes'),
      unit: 'MB resident',
    },
    {
      what: `${what}: daemon and engines of one end`,
      value: total(daemons, 'residentMegabytes'),
      unit: 'MB resident',
    },
    {
      what: `${what}: all processes of one end`,
      value: total(busy, 'residentMegabytes'),
      unit: 'MB resident',
    },
  ];
}
