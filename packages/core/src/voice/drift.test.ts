import { describe, expect, it } from 'vitest';
import { Drift } from './drift.js';
import { DriftingCall, FRAME_MS, TURN_MS } from './testing/drifting-call.js';

const steady = () => 40;
const jitter = (mostMs: number) => (_: number, random: () => number) => 40 + mostMs * random();
/** Exponential: most frames are quick, a few are very late. */
const bursty = (meanMs: number) => (_: number, random: () => number) =>
  40 - meanMs * Math.log(1 - random());
/** No sharp lower edge at all: a bell of three throws. */
const bell = (mostMs: number) => (_: number, random: () => number) =>
  40 + (mostMs * (random() + random() + random())) / 3;

describe('the drift between two cards', () => {
  it('is taken for none before anything came', () => {
    const drift = new Drift();
    expect(drift.ppm).toBe(0);
    expect(drift.playoutRatio(0)).toBe(1);
  });

  it.each([
    [300, 0],
    [-300, 0],
    [0, 250],
    [0, -250],
    [150, -150],
    [-80, 40],
    [0, 0],
  ])('is known to 10 ppm after 30 s: %d ppm there, %d here', (senderPpm, outputPpm) => {
    const call = new DriftingCall({ senderPpm, outputPpm, delayMs: jitter(2) });
    call.run(30);
    expect(Math.abs(call.drift.ppm - (senderPpm - outputPpm))).toBeLessThan(10);
    expect(call.drift.errorPpm).toBeLessThan(25);
  });

  it.each([
    ['15 ms of jitter', jitter(15)],
    ['40 ms of jitter', jitter(40)],
    ['bursts of 15 ms', bursty(15)],
    ['bursts of 40 ms', bursty(40)],
    ['30 ms without a sharp edge', bell(30)],
  ])('is known to 20 ppm after 90 s of loss and %s', (_, delayMs) => {
    for (const [seed, senderPpm] of [300, -300, 100, 0].entries()) {
      const call = new DriftingCall({ senderPpm, loss: 0.05, delayMs, seed });
      call.run(90);
      expect(Math.abs(call.drift.ppm - senderPpm)).toBeLessThan(20);
      let most = 0;
      call.run(120, () => {
        most = Math.max(most, Math.abs(call.drift.ppm - senderPpm));
      });
      expect(most).toBeLessThan(20);
    }
  });

  it('never swings wildly: from 0 it goes to what it is, and not far past it', () => {
    for (const delayMs of [steady, jitter(40), bell(40)]) {
      const call = new DriftingCall({ senderPpm: 200, delayMs });
      let [least, most] = [0, 0];
      call.run(180, ({ drift }) => {
        least = Math.min(least, drift.ppm);
        most = Math.max(most, drift.ppm);
      });
      expect(least).toBeGreaterThan(-75);
      expect(most).toBeLessThan(275);
    }
  });

  it('is hardly guessed at while there is only noise', () => {
    let squares = 0;
    for (let seed = 0; seed < 20; seed++) {
      const call = new DriftingCall({ delayMs: bell(30), seed });
      for (let second = 0; second < 30; second++) {
        call.run(1);
        squares += call.drift.ppm ** 2;
      }
    }
    expect(Math.sqrt(squares / 600)).toBeLessThan(42);
  });

  it('does not care where the clocks begin', () => {
    const drift = new Drift();
    for (let i = 0; i < 3000; i++) {
      const atMs = i * FRAME_MS;
      drift.noteArrival(1e9 + atMs, 2 ** 40 + atMs * (1 + 200e-6));
      drift.noteOutput(1e9 + atMs, 7e8 + atMs);
    }
    expect(Math.abs(drift.ppm - 200)).toBeLessThan(10);
  });
});

describe('what is no drift', () => {
  it.each([
    ['down', 40, -30],
    ['up', 40, 30],
    ['up a little', 4, 5],
    ['down a little', 4, -5],
  ])('is a step of the way %s', (_, jitterMs, stepMs) => {
    const call = new DriftingCall({
      senderPpm: 100,
      delayMs: (sentMs, random) =>
        40 + jitterMs * random() + stepMs * Math.floor(Math.max(0, sentMs - 40_500) / 60_000 + 1),
    });
    call.run(60);
    let most = 0;
    call.run(240, () => {
      most = Math.max(most, Math.abs(call.drift.ppm - 100));
    });
    expect(most).toBeLessThan(25);
  });

  it('is a stall of two seconds', () => {
    const call = new DriftingCall({
      senderPpm: 100,
      delayMs: (sentMs, random) =>
        40 + 10 * random() + (sentMs > 60_000 && sentMs < 62_000 ? 62_000 - sentMs : 0),
    });
    call.run(60);
    const before = call.drift.ppm;
    call.run(60, () => {
      expect(Math.abs(call.drift.ppm - before)).toBeLessThan(15);
    });
  });

  it('is a queue that fills for ten seconds and drains', () => {
    const call = new DriftingCall({
      senderPpm: 100,
      delayMs: (sentMs, random) =>
        40 + 5 * random() + Math.max(0, 200 - Math.abs(sentMs - 80_000) / 50),
    });
    call.run(65);
    let most = 0;
    call.run(120, () => {
      most = Math.max(most, Math.abs(call.drift.ppm - 100));
    });
    expect(most).toBeLessThan(100);
    expect(Math.abs(call.drift.ppm - 100)).toBeLessThan(20);
  });

  it('is a timeline that starts anew, said or not', () => {
    for (const isSaid of [true, false]) {
      const call = new DriftingCall({ senderPpm: 100, delayMs: jitter(10) });
      call.run(60);
      for (const timestampMs of [1e9, -5e5, 0]) {
        call.timestampMs = timestampMs;
        if (isSaid) call.drift.restartSender();
        call.run(20, ({ drift }) => {
          expect(Math.abs(drift.ppm - 100)).toBeLessThan(20);
        });
      }
    }
  });

  it('is a silence', () => {
    const drift = new Drift();
    const run = (fromMs: number, toMs: number) => {
      for (let atMs = fromMs; atMs < toMs; atMs += FRAME_MS) {
        drift.noteArrival(atMs, atMs * (1 + 100e-6));
        drift.noteOutput(atMs, atMs);
      }
    };
    run(0, 60_000);
    const before = drift.ppm;
    run(600_000, 630_000);
    expect(Math.abs(drift.ppm - 100)).toBeLessThan(20);
    expect(Math.abs(before - 100)).toBeLessThan(20);
  });

  it('is DTX, in which no frame of a second is surely quick', () => {
    const drift = new Drift();
    const delayMs = jitter(40);
    let x = 0;
    const run = (fromMs: number, toMs: number, frameMs: number) => {
      for (let mediaMs = fromMs; mediaMs < toMs; mediaMs += frameMs) {
        x = (x + 0.618034) % 1;
        drift.noteArrival(mediaMs + delayMs(mediaMs, () => x), mediaMs);
      }
    };
    run(0, 60_000, 20);
    run(60_000, 62_000, 400);
    const before = drift.ppm;
    run(62_000, 120_000, 400);
    expect(drift.ppm).toBe(before);
  });

  it('is another clock of ours, behind this one', () => {
    const call = new DriftingCall({ senderPpm: 100, delayMs: jitter(10) });
    call.run(60);
    const startMs = call.nowMs;
    call.run(60, ({ drift, nowMs }) => {
      const driftedMs = (nowMs - startMs) * 450e-6;
      drift.noteArrival(nowMs - 1000, nowMs - 1035 + driftedMs);
    });
    expect(Math.abs(call.drift.ppm - 100)).toBeLessThan(20);
  });

  it('is a time that is not finite or goes back', () => {
    const call = new DriftingCall({ senderPpm: 100, delayMs: jitter(10) });
    call.run(60);
    const before = call.drift.ppm;
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (let i = 0; i < 100; i++) {
        call.drift.noteArrival(bad, 60_000);
        call.drift.noteArrival(70_000, bad);
        call.drift.noteArrival(1000 + i, 1000 + i);
      }
    }
    expect(call.drift.ppm).toBe(before);
    call.run(10);
    expect(Math.abs(call.drift.ppm - 100)).toBeLessThan(20);
  });

  it('is what another card did', () => {
    const call = new DriftingCall({ senderPpm: 100, outputPpm: 300, delayMs: steady });
    call.run(60);
    const { errorPpm } = call.drift;
    call.drift.changeOutput();
    expect(Math.abs(call.drift.ppm - 100)).toBeLessThan(20);
    expect(call.drift.errorPpm).toBeGreaterThan(2 * errorPpm);
  });
});

describe('playing at the ratio', () => {
  it.each([
    [300, 0, 15],
    [-300, 0, 15],
    [0, 300, 40],
    [0, -300, 40],
    [150, -150, 30],
    [20, 0, 30],
  ])(
    'keeps the delay for 10 minutes: %d ppm there, %d here, %d ms of jitter',
    (there, here, ms) => {
      const call = new DriftingCall({
        senderPpm: there,
        outputPpm: here,
        loss: 0.02,
        delayMs: jitter(ms),
      });
      let wantedMs = 0;
      let wrongMs = 0;
      let mostOff = 0;
      const delays: number[] = [];
      call.run(600, () => {
        // What is here of the sender's sound, as it is seen: with the jitter in it.
        const levelMs = call.newestMs - call.playedMs;
        if (wantedMs === 0 && call.nowMs > 1000) wantedMs = levelMs;
        const errorMs = wantedMs === 0 ? 0 : levelMs - wantedMs;
        const ratio = call.drift.playoutRatio(errorMs);
        mostOff = Math.max(mostOff, Math.abs(ratio - 1));
        call.playedMs += TURN_MS * ratio;
        delays.push(call.delayMs);
      });
      const mean = (from: number, to: number) =>
        delays.slice(from * 100, to * 100).reduce((sum, x) => sum + x, 0) / ((to - from) * 100);
      const settledMs = mean(200, 260);
      for (let i = 12_000; i < delays.length; i++) {
        wrongMs = Math.max(wrongMs, Math.abs(delays[i]! - settledMs));
      }
      expect(mostOff).toBeLessThanOrEqual(0.001);
      expect(wrongMs).toBeLessThan(4);
      expect(Math.abs(mean(540, 600) - settledMs)).toBeLessThan(1);
    },
  );

  it('works off what is too much within a few minutes, and not at once', () => {
    const drift = new Drift();
    let errorMs = 20;
    let most = 0;
    for (let i = 0; i < 30_000; i++) {
      const ratio = drift.playoutRatio(errorMs);
      most = Math.max(most, ratio - 1);
      errorMs -= TURN_MS * (ratio - 1);
    }
    expect(most).toBeCloseTo(600e-6, 9);
    expect(Math.abs(errorMs)).toBeLessThan(0.5);
  });

  it('is bounded, whatever the level is said to be, and recovers from it', () => {
    const drift = new Drift();
    let most = 0;
    for (const errorMs of [1e9, -1e9, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      for (let i = 0; i < 3000; i++) {
        most = Math.max(most, Math.abs(drift.playoutRatio(errorMs) - 1));
      }
    }
    expect(most).toBeCloseTo(600e-6, 12);
    for (let i = 0; i < 10_000; i++) drift.playoutRatio(0);
    expect(drift.playoutRatio(0)).toBeCloseTo(1, 9);
  });
});
