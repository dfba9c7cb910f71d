/**
 * Five calls in virtual time in which something happens and ends, as pictures and as figures: what the
 * adaptation does then, and how long it takes to undo it. One real engine speaks and another listens;
 * network, clocks and both sound cards are the test's.
 */
import { voice } from '@kyberline/daemon/media/testing/sounds';
import { type Talked, type TalkPlan, type Turn, talk } from '@kyberline/daemon/media/testing/talk';
import { quantile } from '../rig/sound.js';
import type { Row } from './bench.js';
import {
  backWithin,
  between,
  grown,
  type Moment,
  median,
  peaks,
  perSecond,
  sampled,
  sumPerSecond,
} from './series.js';
import type { Band, Chart, Line, Panel } from './svg.js';

export interface Trace {
  /** adaptation-NAME.svg */
  name: string;
  chart: Chart;
  rows: Row[];
}

const EVERY_MS = 100;
const PLACE_MS = 10;
/** Of UDP and IPv4. */
const OUTER_BYTES = 28;
/** A delay that is so much above what it was is back. */
const BACK_MS = 15;

/** How alice sends, now and then during the call. */
interface Sending extends Moment {
  redundancy: number;
}

interface Seen extends Talked {
  sending: Sending[];
}

function call(seconds: number, plan: Partial<TalkPlan>): Seen {
  const sending: Sending[] = [];
  const talked = talk({
    said: voice(seconds),
    seconds,
    ...plan,
    during(now, both) {
      plan.during?.(now, both);
      if (now < (sending.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) + EVERY_MS) return;
      const told = both.alice.switchboard.countersOf({ overruns: 0, underruns: 0, outputMs: 0 });
      const mode = told.type === 'counters' ? told.calls[0]?.sending : undefined;
      if (mode) sending.push({ atMs: now, redundancy: mode.redundancy });
    },
  });
  return { ...talked, sending };
}

const waits = (turn: Turn) => turn.jitterDelayMs;
const madeUp = (turn: Turn) => turn.concealed;

function waiting(turns: readonly Turn[]): Panel {
  return {
    what: 'how long sound waits for the late ones',
    unit: 'ms',
    lines: [
      { name: 'waits', points: sampled(turns, EVERY_MS, waits) },
      { name: 'target', points: sampled(turns, EVERY_MS, (turn) => turn.jitterTargetMs) },
    ],
  };
}

function concealing(turns: readonly Turn[]): Panel {
  const points = perSecond(turns, madeUp).map(([at, n]) => [at, n * PLACE_MS] as const);
  return { what: 'sound made up', unit: 'ms in each second', lines: [{ name: 'made up', points }] };
}

function medianWait(turns: readonly Turn[], fromMs: number, untilMs: number): number {
  return median(between(turns, fromMs, untilMs).map(waits));
}

function madeUpMs(turns: readonly Turn[], fromMs: number, untilMs?: number): number {
  return PLACE_MS * grown(turns, madeUp, fromMs, untilMs);
}

/** When the wait is again what it was in the 5 s before `fromMs`, after `untilMs`. */
function backAfter(turns: readonly Turn[], fromMs: number, untilMs: number): number {
  return backWithin(turns, waits, untilMs, medianWait(turns, fromMs - 5000, fromMs) + BACK_MS);
}

const band = (fromMs: number, untilMs: number, name: string): Band => ({
  fromSeconds: fromMs / 1000,
  untilSeconds: untilMs / 1000,
  name,
});

export function jitter(): Trace {
  const seconds = 110;
  const [from, until] = [15_000, 35_000];
  const { turns } = call(seconds, {
    during(now, { network }) {
      network.weather.jitterMs = now >= from && now < until ? 40 : 0;
    },
  });
  return {
    name: 'jitter',
    chart: {
      title: 'Jitter comes and goes',
      seconds,
      bands: [band(from, until, '0 to 40 ms of jitter')],
      panels: [waiting(turns), concealing(turns)],
    },
    rows: [
      row('jitter 0, 40, 0 ms: waits before it', medianWait(turns, 5000, from)),
      row('jitter 0, 40, 0 ms: waits in it', medianWait(turns, from + 5000, until)),
      row('jitter 0, 40, 0 ms: made up in it', madeUpMs(turns, from, until)),
      row('jitter 0, 40, 0 ms: after it, back within 15 ms', backAfter(turns, from, until)),
    ],
  };
}

export function stall(): Trace {
  const seconds = 25;
  const [from, until] = [10_000, 11_000];
  const { turns } = call(seconds, {
    during(now, { network }) {
      network.weather.delayMs = now >= from && now < until ? until + 5 - now : 5;
    },
  });
  return {
    name: 'stall',
    chart: {
      title: 'The network stands still for a second, then all of it comes at once',
      seconds,
      bands: [band(from, until, 'nothing comes')],
      panels: [waiting(turns), concealing(turns)],
    },
    rows: [
      row('1 s of stall: made up', madeUpMs(turns, from)),
      row('1 s of stall: after it, back within 15 ms', backAfter(turns, from, until)),
    ],
  };
}

export function bottleneck(): Trace {
  const [seconds, naiveSeconds] = [110, 60];
  const [from, until] = [10_000, 50_000];
  const [kbps, delayMs] = [100, 5];
  const narrow: Partial<TalkPlan> = {
    weather: { queueMs: 5000, delayMs },
    during(now, { network }) {
      network.weather.kbps = now >= from && now < until ? kbps : Number.POSITIVE_INFINITY;
    },
  };
  const ours = call(seconds, narrow).sent;
  const naive = call(naiveSeconds, { ...narrow, codec: 'pcm16' }).sent;
  const way = (packet: { waitMs: number }) => packet.waitMs + delayMs;
  const rate = (name: string, sent: typeof ours): Line => ({
    name,
    points: sumPerSecond(sent, ({ bytes }) => ((bytes + OUTER_BYTES) * 8) / 1000),
  });
  const through = between(ours, from, until).map(way);
  return {
    name: 'bottleneck',
    chart: {
      title: 'A bottleneck of 100 kbit/s with a buffer of 5 s, and a sender that does not adapt',
      seconds,
      bands: [band(from, until, '100 kbit/s')],
      panels: [
        {
          what: 'sent, headers included',
          unit: 'kbit/s',
          lines: [rate('Kyberline', ours), rate('PCM16, fixed', naive)],
        },
        {
          what: 'on the way, Kyberline',
          unit: 'ms',
          lines: [{ name: 'worst of each 0.2 s', points: peaks(ours, 200, way) }],
        },
        {
          what: 'on the way, PCM16 at a fixed rate',
          unit: 'ms',
          lines: [{ name: 'worst of each 0.2 s', points: peaks(naive, 200, way) }],
        },
      ],
    },
    rows: [
      { ...row('100 kbit/s: on the way', median(through)), p95: quantile(through, 0.95) },
      row('100 kbit/s: on the way at worst', Math.max(...through)),
      row(
        '100 kbit/s: on the way at worst, fixed PCM16',
        Math.max(...between(naive, from, until).map(way)),
      ),
    ],
  };
}

export function loss(): Trace {
  const seconds = 50;
  const [from, until] = [10_000, 30_000];
  const { turns, sending } = call(seconds, {
    during(now, { network }) {
      network.weather.loss = now >= from && now < until ? 0.1 : 0;
    },
  });
  const learnt = from + 3000;
  const share = (ms: number) => (100 * ms) / (until - learnt);
  return {
    name: 'loss',
    chart: {
      title: 'One packet in ten is lost for a while',
      seconds,
      bands: [band(from, until, '10 % lost')],
      panels: [
        {
          what: 'earlier frames in each packet',
          unit: 'frames',
          lines: [{ name: 'repeated', points: sampled(sending, EVERY_MS, (s) => s.redundancy) }],
        },
        {
          what: 'frames',
          unit: 'in each second',
          lines: [
            { name: 'repaired', points: perSecond(turns, (turn) => turn.repaired) },
            { name: 'made up', points: perSecond(turns, madeUp) },
          ],
        },
      ],
    },
    rows: [
      row('10 % lost: made up in its first 3 s', madeUpMs(turns, from, learnt)),
      {
        what: '10 % lost: made up after them',
        value: share(madeUpMs(turns, learnt, until)),
        unit: '% of the time',
      },
      {
        what: '10 % lost: repaired after its first 3 s',
        value: grown(turns, (turn) => turn.repaired, learnt, until),
        unit: 'frames',
      },
    ],
  };
}

export function drift(): Trace {
  const seconds = 150;
  const ppm = 300;
  const { turns } = call(seconds, { microphonePpm: ppm });
  const settled = between(turns, 60_000);
  const known = settled.map(waits);
  const start = medianWait(turns, 2000, 5000);
  return {
    name: 'drift',
    chart: {
      title: "The far end's sound card is 300 ppm faster",
      seconds,
      bands: [],
      panels: [
        {
          what: 'how long sound waits',
          unit: 'ms',
          lines: [
            { name: 'waits', points: sampled(turns, 1000, waits) },
            {
              name: 'uncorrected, calculated',
              points: [
                [0, start],
                [seconds, start + (seconds * ppm) / 1000],
              ],
            },
          ],
        },
        {
          what: 'found out',
          unit: 'ppm',
          lines: [{ name: 'drift', points: sampled(turns, 1000, (turn) => turn.driftPpm) }],
        },
      ],
    },
    rows: [
      row('300 ppm of drift: waits after a minute', median(known)),
      row(
        '300 ppm of drift: most minus least after a minute',
        quantile(known, 1) - quantile(known, 0),
      ),
      {
        what: '300 ppm of drift: found out in the end',
        value: settled.at(-1)?.driftPpm ?? Number.NaN,
        unit: 'ppm',
      },
    ],
  };
}

function row(what: string, value: number): Row {
  return { what, value, unit: 'ms' };
}
