/**
 * Quality against loss: read speech through encoding, jitter buffer, decoding and concealment as a
 * call has them, in virtual time, with packets lost by a seeded plan. What is heard is compared with
 * what was said: intelligibility by STOI (Taal et al. 2011; 1 is all, steady noise alone gives 0.3)
 * and the log-spectral distance in dB. No sound card and no clock has a share in it.
 */
import { emptyHeader, STREAM_NUMBERS } from '@kyberline/core/voice/packet';
import { type Codec, openCodec } from '@kyberline/daemon/codec/codec';
import { Playout } from '@kyberline/daemon/media/playout';
import { seeded } from '../rig/random.js';
import { logSpectralDistance } from '../rig/sound/spectral.js';
import { stoi } from '../rig/sound/stoi.js';
import type { Sound } from '../rig/sound/wav.js';
import { speech } from '../rig/speech.js';
import type { Bench, Row } from './bench.js';

const SPEAKERS = ['alice', 'bob'] as const;
/** Each speaker is heard through each plan so often: bursts are few in 20 s. */
const SEEDS = 6;

/** Packets are lost in runs of `burstMs`, each as likely as makes `share` of all. */
export interface LossPlan {
  what: string;
  share: number;
  burstMs: number;
}

const PLANS: readonly LossPlan[] = [
  { what: 'no loss', share: 0, burstMs: 20 },
  { what: '5 % lost at random', share: 0.05, burstMs: 20 },
  { what: '10 % lost at random', share: 0.1, burstMs: 20 },
  { what: '20 % lost at random', share: 0.2, burstMs: 20 },
  { what: '10 % lost in bursts of 80 ms', share: 0.1, burstMs: 80 },
  { what: '10 % lost in bursts of 200 ms', share: 0.1, burstMs: 200 },
];

export const quality: Bench = {
  name: 'quality',
  title: 'Quality against loss: read speech, what is heard beside what was said',
  seconds: 35,
  async run(): Promise<Row[]> {
    const spoken = await Promise.all(SPEAKERS.map((who) => speech(who)));
    return PLANS.flatMap((plan) => {
      const heard = spoken.flatMap((said, who) =>
        Array.from({ length: SEEDS }, (_, n) => ({
          said,
          ...throughLoss(said, plan, SEEDS * who + n),
        })),
      );
      const mean = (of: (one: (typeof heard)[number]) => number) =>
        heard.reduce((sum, one) => sum + of(one), 0) / heard.length;
      const lost = mean(({ lostShare }) => lostShare);
      return [
        {
          what: plan.what,
          value: mean(({ said, sound }) => stoi(said, sound)),
          unit: 'STOI',
          note: `${(100 * lost).toFixed(1)} % of the packets were lost`,
        },
        {
          what: plan.what,
          value: mean(({ said, sound }) => logSpectralDistance(said, sound)),
          unit: 'dB spectral distance',
        },
      ];
    });
  },
};

/** What the far end hears of `said`, sample for sample at its place, and the share of packets lost. */
export function throughLoss(
  said: Sound,
  plan: LossPlan,
  seed: number,
): { sound: Sound; lostShare: number } {
  const codec = openCodec('pcm16')!;
  const playout = new Playout(codec);
  const isLost = losing(plan, codec, seeded(seed));
  const header = emptyHeader();
  header.stream = STREAM_NUMBERS.audio;
  header.type = codec.payloadType;
  const payload = new Uint8Array(codec.payloadBytes);
  const frame = new Int16Array(codec.frameSamples);
  const frames = Math.floor(said.samples.length / codec.frameSamples);
  const heard = new Float32Array(frames * codec.frameSamples);
  let lost = 0;
  for (let n = 0; n < frames; n++) {
    const at = n * codec.frameSamples;
    for (let i = 0; i < frame.length; i++) frame[i] = toInt16(said.samples[at + i]!);
    codec.encode(frame, payload, 0);
    header.counter = n;
    if (isLost()) lost++;
    else playout.put(header, payload, n * codec.frameMs);
    playout.play(frame);
    for (let i = 0; i < frame.length; i++) heard[at + i] = frame[i]! / 32_768;
  }
  return { sound: { rateHz: said.rateHz, samples: heard }, lostShare: lost / frames };
}

/** Whether the next packet is lost. */
function losing({ share, burstMs }: LossPlan, codec: Codec, chance: () => number): () => boolean {
  const run = Math.max(1, Math.round(burstMs / codec.frameMs));
  // Of the packets outside a run, this share begins one.
  const begins = share / (run - share * (run - 1));
  let left = 0;
  return () => {
    if (left === 0 && chance() < begins) left = run;
    return left > 0 && left-- > 0;
  };
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}
