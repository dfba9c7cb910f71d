/**
 * What the far end hears while the network or a device does this or that: whole calls between two
 * engines in virtual time (testing/talk.ts), and for the clocks of two sound cards the playout alone.
 */
import { CODEC_IDS } from '@kyberline/core/call/control';
import { emptyHeader, PAYLOAD_TYPES, STREAM_NUMBERS } from '@kyberline/core/voice/packet';
import { writeVoicePayload } from '@kyberline/core/voice/redundancy';
import { describe, expect, it, test } from 'vitest';
import { Codecs } from '../codec/codecs.js';
import { Playout } from './playout.js';
import { ALICE, BOB, CALL_ID, Engine, seededRandom } from './testing/engines.js';
import { heardOf, voice } from './testing/sounds.js';
import { allow, type Both, type Talked, type TalkPlan, type Turn, talk } from './testing/talk.js';

const SECONDS = 12;
/** Ten virtual minutes take 3 s of a processor that nobody else wants. */
const LONG_MS = 60_000;
const said = voice(SECONDS);
const call = (plan: Partial<TalkPlan> = {}) => talk({ said, seconds: SECONDS, ...plan });

const at = ({ turns }: Talked, ms: number): Turn =>
  turns.findLast(({ atMs }) => atMs <= ms) ?? turns[0]!;
const between = ({ turns }: Talked, fromMs: number, untilMs = Number.POSITIVE_INFINITY) =>
  turns.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
const delays = (turns: readonly Turn[]) => turns.map(({ jitterDelayMs }) => jitterDelayMs);
const counted = (
  talked: Talked,
  counter: 'concealed' | 'repaired' | 'discarded' | 'lost' | 'late',
  fromMs: number,
  untilMs = SECONDS * 1000,
) => at(talked, untilMs)[counter] - at(talked, fromMs)[counter];

describe('a clean way', () => {
  it('is heard 31 ms later, as it was said, with nothing made up and a steady delay', () => {
    const talked = call();
    expect(counted(talked, 'concealed', 1000)).toBe(0);
    const settled = delays(between(talked, 1000));
    expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(2);
    for (const fromMs of [1000, 5000, 10_000]) {
      const { lagMs, correlation } = heardOf(said, talked, fromMs);
      expect(lagMs).toBeLessThan(35);
      expect(correlation).toBeGreaterThan(0.95);
    }
  });
});

describe('a way of 40 ms with 15 ms of jitter', () => {
  it('is heard less than 100 ms later, and hardly anything is made up', () => {
    const talked = call({ weather: { delayMs: 40, jitterMs: 15 } });
    expect(counted(talked, 'concealed', 1000)).toBeLessThanOrEqual(3);
    for (const fromMs of [2000, 6000, 10_000]) {
      const { lagMs, correlation } = heardOf(said, talked, fromMs);
      expect(lagMs).toBeLessThan(100);
      expect(correlation).toBeGreaterThan(0.95);
    }
  });
});

describe.each([0.05, 0.1, 0.2])('a way that loses %d of the packets', (loss) => {
  it('is repaired but for one place in a hundred, once the reports have come', () => {
    const talked = call({ weather: { loss } });
    const fromMs = 3000;
    const places = (SECONDS * 1000 - fromMs) / 10;
    expect(counted(talked, 'concealed', fromMs)).toBeLessThanOrEqual(places / 100);
    expect(counted(talked, 'repaired', fromMs)).toBeGreaterThan(0.7 * loss * places);
    // And it was needed: before them what was lost had to be made up.
    expect(counted(talked, 'concealed', 0, 1000)).toBeGreaterThan(0.5 * loss * 100);
  });
});

describe('two sound cards', () => {
  it.each([300, -300])(
    'of which one is %d ppm faster: no delay grows in ten minutes',
    async (ppm) => {
      const seconds = 600;
      const playout = new Playout(await Codecs.open(2));
      const header = { ...emptyHeader(), stream: STREAM_NUMBERS.audio, type: PAYLOAD_TYPES.voice };
      const fields = { timestamp: 0, frameMs: 10, codec: CODEC_IDS.pcm48, redundant: 0 };
      const quiet = [new Uint8Array(960)];
      const payload = new Uint8Array(7 + 960);
      const turn = new Int16Array(480);
      const places: { concealed: number; delayMs: number }[] = [];
      let frames = 0;
      // The sender's frames are as much shorter as its card is faster.
      const arrivesMs = (frame: number) => 5 + (frame * 10) / (1 + ppm / 1e6);
      for (let nowMs = 3; nowMs < seconds * 1000; nowMs += 10) {
        for (; arrivesMs(frames) <= nowMs; frames++) {
          header.counter = frames;
          fields.timestamp = frames * 480;
          writeVoicePayload(payload, 0, fields, quiet);
          playout.put(header, payload, true, arrivesMs(frames));
        }
        playout.play(turn, nowMs);
        const { concealed } = playout.jitter.counters;
        places.push({ concealed, delayMs: playout.delayMs });
      }
      playout.end();
      const settled = places.slice(6000);
      expect(settled.at(-1)!.concealed).toBe(places[1000]!.concealed);
      const waits = settled.map(({ delayMs }) => delayMs);
      // Uncorrected it would be 162 ms.
      expect(Math.max(...waits) - Math.min(...waits)).toBeLessThan(12);
      expect(Math.abs(playout.driftPpm - ppm)).toBeLessThan(60);
    },
    LONG_MS,
  );
});

describe('what stops for a while', () => {
  it('a network for 1 s: the delay is what it was within 2 s of its end, and stays', () => {
    const talked = call({
      during(now, { network }) {
        network.weather.delayMs = now >= 5000 && now < 6000 ? 6005 - now : 5;
      },
    });
    const before = at(talked, 5000).jitterDelayMs;
    for (const delay of delays(between(talked, 8000))) expect(delay).toBeLessThan(before + 5);
    expect(counted(talked, 'concealed', 5000)).toBeLessThan(105);
    expect(heardOf(said, talked, 9000).lagMs).toBeLessThan(heardOf(said, talked, 4000).lagMs + 5);
  });

  it('a loudspeaker for 500 ms, which then asks for all at once: the delay is as before', () => {
    const talked = call({ asksAt: (ms) => (ms >= 5000 && ms < 5500 ? 5500 : ms) });
    const before = at(talked, 4990).jitterDelayMs;
    for (const delay of delays(between(talked, 6500))) expect(delay).toBeLessThan(before + 5);
    expect(counted(talked, 'concealed', 4990)).toBeLessThanOrEqual(50);
    expect(counted(talked, 'concealed', 5510)).toBe(0);
    expect(heardOf(said, talked, 8000).correlation).toBeGreaterThan(0.95);
  });

  it('a single packet for 100 ms: it alone is made up, and nothing waits longer for it', () => {
    const talked = call({
      during(now, { network }) {
        network.weather.delayMs = now >= 5000 && now < 5010 ? 105 : 5;
      },
    });
    expect(counted(talked, 'late', 4000)).toBe(1);
    expect(counted(talked, 'concealed', 4000)).toBe(1);
    expect(counted(talked, 'discarded', 4000)).toBe(0);
    const before = at(talked, 4990).jitterDelayMs;
    for (const delay of delays(between(talked, 5000))) expect(delay).toBeLessThan(before + 1);
  });
});

describe('what changes in mid-call', () => {
  it('the codec, through all of them and back: heard throughout, without a gap', () => {
    const changes = [
      [3000, 'pcm16'],
      [6000, 'pcm48'],
      [9000, 'opus'],
    ] as const;
    const talked = call({
      during(now, { alice }) {
        const [, codec] = changes.find(([ms]) => now >= ms && now < ms + 5) ?? [];
        if (codec) alice.tell({ type: 'codec', callId: CALL_ID, codec });
      },
    });
    const rates = [2000, 5000, 8000, 11_000].map(
      (ms) => talked.sent.filter(({ atMs }) => atMs > ms - 500 && atMs <= ms + 500).length,
    );
    expect(rates).toEqual([100, 50, 100, 100]);
    // Frames twice as long are waited for once.
    expect(counted(talked, 'concealed', 1000)).toBeLessThanOrEqual(1);
    expect(counted(talked, 'lost', 1000)).toBe(0);
    for (let fromMs = 1000; fromMs < 11_000; fromMs += 500) {
      const { correlation, lagMs } = heardOf(said, talked, fromMs);
      expect(correlation, `${fromMs} ms`).toBeGreaterThan(0.85);
      expect(lagMs, `${fromMs} ms`).toBeLessThan(60);
    }
  });

  it("the peer's engine, which counts from 0 again: heard again at once, as late as before", () => {
    const restartMs = 5000;
    const rekeyMs = 5500;
    const talked = call({
      during(now, both) {
        if (now >= restartMs && now < restartMs + 5) restart(both);
        if (now >= rekeyMs && now < rekeyMs + 5) rekey(both);
      },
    });
    const after = heardOf(said, talked, restartMs + 300);
    expect(after.correlation).toBeGreaterThan(0.9);
    expect(after.lagMs).toBeLessThan(heardOf(said, talked, 4000).lagMs + 15);
    expect(counted(talked, 'concealed', 4000)).toBeLessThan(10);
    expect(heardOf(said, talked, 9000).correlation).toBeGreaterThan(0.95);
    expect(heardOf(said, talked, 9000).lagMs).toBeLessThan(after.lagMs + 5);
  });
});

test("that the peer's engine was away for 0.7 s is no queue on the way: its rate stays", () => {
  const diedMs = 5000;
  const talked = call({
    during(now, both) {
      if (now >= diedMs && now < diedMs + 5) both.alice.die();
      if (now >= diedMs + 700 && now < diedMs + 705) restart(both);
      if (now >= diedMs + 800 && now < diedMs + 805) rekey(both);
    },
  });
  const bytes = (fromMs: number, untilMs: number) =>
    talked.sent.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map((each) => each.bytes);
  expect(Math.min(...bytes(diedMs + 2000, 12_000))).toBe(Math.max(...bytes(4000, diedMs)));
  expect(heardOf(said, talked, 6000).correlation).toBeGreaterThan(0.9);
  expect(heardOf(said, talked, 9000).lagMs).toBeLessThan(heardOf(said, talked, 4000).lagMs + 5);
});

/** Alice's engine dies, and another has her calls. */
function restart(both: Both): void {
  const { alice, clock, network } = both;
  alice.die();
  both.alice = new Engine('A', ALICE, clock, network, seededRandom('again'));
  both.alice.open([BOB]);
  // Counters begin behind the dead engine's lease.
  allow(both.alice, 5000);
}

/** As the daemons do at once when an engine has been started again. */
function rekey({ alice, bob }: Both): void {
  for (const engine of [alice, bob]) engine.install(1);
  for (const engine of [alice, bob]) engine.sendOn(1);
}
