/**
 * Two people talk over real PortAudio, real UDP and the whole protocol, both at once; what counts is
 * what their speakers gave out. Then the same with one side that is a file, in the codec whose packets
 * would be speech to whoever takes them for PCM, were they not sealed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Codecs } from '@kyberline/daemon/codec/codecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { type Registry, startRegistry } from '../rig/registry.js';
import { cut, durationMs, encodeWav, readWav, rmsDbfs, type Sound } from '../rig/sound.js';
import { SPEAKERS, speechFile, TEXTS } from '../rig/speech.js';
import {
  type Conversation,
  converse,
  likeness,
  OTHER_VOICE,
  outcomes,
  ratePerSecond,
  ratesIn,
  SAME_VOICE,
  SPEECH_MS,
  sayings,
} from './conversation.js';
import { startPair } from './pair.js';
import { Started } from './started.js';
import {
  asSound,
  audioOf,
  between,
  misdirected,
  noncesTwice,
  packetsOf,
  repeatedBlocks,
  sizesOf,
  sizesOfOpus,
  stepsOf,
  type TappedPacket,
  unevenness,
  usedTwice,
} from './tap.js';

/** Of 20 ms: pcm16 always, Opus where the network is slow. */
const LEAST_PER_SECOND = 50;
/** Of 10 ms. */
const MOST_PER_SECOND = 100;
/** Who speaks begins to, within so long after the call did. */
const WITHIN_MS = 3_000;
/** 16 bytes header, 640 of PCM16, 16 of tag (SPEC 9). */
const PCM16_PACKET_BYTES = 672;
/** Reports come every second, and an engine looks every 50 ms. */
const LEAST_BETWEEN_STEPS_MS = 900;
/**
 * In half a minute. A loudspeaker has 5 to 10 ms in hand, so a machine that gives this program no turn
 * for longer is heard; it should be rare.
 */
const MOST_DRY = 30;
/** Chi-squared of 255 degrees of freedom: chance goes past this once in 10^8 times. */
const MOST_UNEVEN = 400;
/** Who sends in which direction, and who hears it. */
const WAYS = [
  ['A>B', 'alice', 'bob'],
  ['B>A', 'bob', 'alice'],
] as const;

const started = new Started();
let pulse: Pulse;
let registry: Registry;
let said: Awaited<ReturnType<typeof sayings>>;

beforeAll(async () => {
  pulse = await started.add(startPulse(['alice', 'bob']));
  registry = await started.add(startRegistry());
  said = await sayings();
});
afterAll(() => started.stop());

describe('two people over PortAudio', () => {
  let call: Conversation;

  beforeAll(async () => {
    const pair = await startPair(started, { registry, seed: 1, pulse });
    call = await converse(started, pulse, pair, said, ['alice', 'bob']);
  }, 90_000);

  it('hear what the other said for 20 s, while both speak', () => {
    for (const [, speaker, listener] of WAYS) {
      expect(durationMs(said[speaker])).toBe(SPEECH_MS);
      const alike = likeness(call.heardBy[listener]!, said[speaker]);
      expect(alike, call.machine).toBeGreaterThan(SAME_VOICE);
    }
  });

  it('hear nobody else, and not themselves', () => {
    for (const [, , listener] of WAYS) {
      for (const other of ['mallory', listener] as const) {
        expect(likeness(call.heardBy[listener]!, said[other]), other).toBeLessThan(OTHER_VOICE);
      }
    }
  });

  it('have devices that hardly run dry once they have started', () => {
    for (const { afterStart, atEnd } of Object.values(call.counted)) {
      const dry = atEnd.outputUnderruns - afterStart.outputUnderruns;
      expect(dry, call.machine).toBeLessThan(MOST_DRY);
      const lost = atEnd.inputOverruns - afterStart.inputOverruns;
      expect(lost, call.machine).toBeLessThan(MOST_DRY);
    }
  });

  it('receive every frame that passed, and every one is accounted for', () => {
    expectBalance(call);
    for (const { atEnd } of Object.values(call.counted)) {
      expect(atEnd.forged + atEnd.malformed + atEnd.replayed + atEnd.duplicate).toBe(0);
    }
  });

  it('count as sent what was seen on the wire', () => {
    for (const [direction, speaker] of WAYS) {
      const wire = audioOf(call.tap, direction);
      const { seen } = call.counted[speaker];
      expect(seen.length).toBeGreaterThan(SPEECH_MS / 1000);
      // A report is on its way for a while, in which further frames leave.
      for (const { atMs, counters } of seen) {
        const before = wire.filter((packet) => packet.atMs <= atMs);
        expect(Math.abs(before.length - counters.sent)).toBeLessThan(MOST_PER_SECOND);
        const bytes = before.reduce((sum, packet) => sum + packet.bytes.length, 0);
        const most = Math.max(...sizesOf(wire));
        expect(Math.abs(bytes - counters.sentBytes)).toBeLessThan(most * MOST_PER_SECOND);
      }
    }
  });

  it('see the same four words', () => {
    expect(call.views.alice.words).toHaveLength(4);
    expect(call.views.bob.words).toEqual(call.views.alice.words);
  });

  it('are not heard while they are muted', () => {
    expect(rmsDbfs(call.heardWhileMuted!.samples)).toBeLessThan(-60);
  });

  describe('and a tap between them', () => {
    const audio = {} as Record<'A>B' | 'B>A', TappedPacket[]>;

    beforeAll(() => {
      for (const [direction] of WAYS) audio[direction] = audioOf(call.tap, direction);
    });

    it('sees sizes that Opus can have, which change when a report may have come and never sooner', () => {
      const possible = sizesOfOpus();
      for (const [direction] of WAYS) {
        for (const size of sizesOf(audio[direction])) expect(possible).toContain(size);
        const undisturbed = [0, call.times.muted[1]] as const;
        const steps = stepsOf(between(audio[direction], undisturbed));
        const apart = steps.slice(1).map((atMs, n) => atMs - steps[n]!);
        for (const ms of apart) expect(ms, direction).toBeGreaterThan(LEAST_BETWEEN_STEPS_MS);
      }
    });

    it('sees the rhythm of the frames that are sent, in speech, silence and mute', () => {
      for (const [direction, speaker] of WAYS) {
        for (const [stretch, times] of Object.entries(call.times)) {
          const [least, most] = ratesIn(call.counted[speaker], times);
          const rate = ratePerSecond(between(audio[direction], times), times);
          expect(rate, stretch).toBeGreaterThan(0.95 * least);
          expect(rate, stretch).toBeLessThan(1.05 * most);
        }
      }
    });

    it('finds every nonce used once per key', () => {
      const packets = packetsOf(call.tap);
      expect(packets.length).toBeGreaterThan((2 * LEAST_PER_SECOND * SPEECH_MS) / 1000);
      expect(misdirected(packets)).toEqual([]);
      expect(usedTwice(packets)).toEqual([]);
      expect(noncesTwice(packets)).toEqual([]);
    });

    it('finds no bytes that repeat, although silence is all alike', () => {
      expect(repeatedBlocks(packetsOf(call.tap))).toBe(0);
    });

    it('hears noise where somebody speaks', () => {
      for (const [direction, speaker] of WAYS) {
        const tapped = between(audio[direction], call.times.speech);
        expect(likeness(asSound(tapped), said[speaker]), speaker).toBeLessThan(OTHER_VOICE);
        expect(unevenness(tapped), speaker).toBeLessThan(MOST_UNEVEN);
      }
    });

    it('would find repetitions in silence, were it not sealed', async () => {
      const encoder = (await Codecs.open(1)).encoder('opus');
      const block = new Uint8Array(80);
      const bare = between(audio['A>B'], call.times.silence).map((packet) => {
        expect(encoder.encode(new Int16Array(480), block, 0)).toBe(block.length);
        const { bytes } = packet;
        return {
          ...packet,
          bytes: Buffer.concat([bytes.subarray(0, 16), block, bytes.subarray(-16)]),
        };
      });
      encoder.free();
      expect(repeatedBlocks(bare)).toBeGreaterThan(bare.length);
      expect(unevenness(bare)).toBeGreaterThan(100 * MOST_UNEVEN);
    });
  });
});

describe('two people of whom one is a file, in PCM16', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-file-'));
  const recording = join(folder, 'heard.wav');
  let call: Conversation;

  beforeAll(async () => {
    const file = await speechFile(TEXTS.bob, SPEAKERS.bob);
    const bob = { name: 'ben', env: {}, input: `file:${file}`, output: `file:${recording}` };
    const pair = await startPair(started, {
      registry,
      seed: 2,
      pulse,
      codec: 'pcm16',
      alice: { name: 'anna' },
      bob,
    });
    call = await converse(started, pulse, pair, said, ['alice']);
    await pair.bob.stop();
  }, 90_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('hear what the other said for 20 s, and nobody else', () => {
    // A file that has come to its end begins again: only its first time is looked at.
    const once = (heard: Sound) => cut(heard, 0, SPEECH_MS + WITHIN_MS);
    const heardBy = { alice: once(call.heardBy.alice!), bob: once(readWav(recording)) };
    for (const [, speaker, listener] of WAYS) {
      const heard = heardBy[listener];
      expect(likeness(heard, said[speaker]), call.machine).toBeGreaterThan(SAME_VOICE);
      expect(likeness(heard, said.mallory)).toBeLessThan(OTHER_VOICE);
    }
  });

  it('have devices that hardly run dry once they have started', () => {
    for (const { afterStart, atEnd } of Object.values(call.counted)) {
      const dry = atEnd.outputUnderruns - afterStart.outputUnderruns;
      expect(dry, call.machine).toBeLessThan(MOST_DRY);
      const lost = atEnd.inputOverruns - afterStart.inputOverruns;
      expect(lost, call.machine).toBeLessThan(MOST_DRY);
    }
  });

  it('receive every frame that passed, and every one is accounted for', () => {
    expectBalance(call);
  });

  describe('and a tap between them', () => {
    const audio = {} as Record<'A>B' | 'B>A', TappedPacket[]>;

    beforeAll(() => {
      for (const [direction] of WAYS) audio[direction] = audioOf(call.tap, direction);
    });

    it('sees audio packets of one size and in one rhythm, in speech, silence and mute', () => {
      for (const [direction] of WAYS) {
        for (const [stretch, times] of Object.entries(call.times)) {
          const packets = between(audio[direction], times);
          expect(sizesOf(packets), stretch).toEqual([PCM16_PACKET_BYTES]);
          const rate = ratePerSecond(packets, times);
          expect(Math.abs(rate / LEAST_PER_SECOND - 1), stretch).toBeLessThan(0.05);
        }
      }
    });

    it('hears noise where somebody speaks', () => {
      for (const [direction, speaker] of WAYS) {
        const tapped = between(audio[direction], call.times.speech);
        expect(likeness(asSound(tapped), said[speaker]), speaker).toBeLessThan(OTHER_VOICE);
        expect(unevenness(tapped), speaker).toBeLessThan(MOST_UNEVEN);
      }
    });

    it('would hear the speech, and find repetitions, were it not sealed', () => {
      const voice = encodeWav(said.alice).subarray(44);
      const tapped = between(audio['A>B'], call.times.speech).slice(0, voice.length / 640);
      const bare = tapped.map((packet, n) => {
        const bytes = Buffer.from(packet.bytes).fill(0, 16, 656);
        voice.copy(bytes, 16, n * 640, (n + 1) * 640);
        return { ...packet, bytes };
      });
      expect(likeness(asSound(bare), said.alice)).toBeGreaterThan(SAME_VOICE);
      expect(unevenness(bare)).toBeGreaterThan(100 * MOST_UNEVEN);
      expect(repeatedBlocks(bare)).toBeGreaterThan(1000);
    });
  });
});

function expectBalance(call: Conversation): void {
  for (const [direction, , listener] of WAYS) {
    const { afterStart, atEnd } = call.counted[listener];
    const passed = audioOf(call.tap, direction).filter(({ fate }) => fate === 'passed');
    expect(atEnd.received, listener).toBe(passed.length);
    expect(atEnd.received, listener).toBe(outcomes(atEnd));
    // A microphone that is still waking leaves a hole at the beginning.
    expect(atEnd.lost - afterStart.lost, listener).toBe(0);
  }
}
