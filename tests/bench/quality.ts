/**
 * Quality against loss: read speech through all that a call has between microphone and loudspeaker, in
 * virtual time, with packets lost by a seeded plan. The far end's reports go back once a second, so
 * that the sender repeats frames as it would. What is heard is compared with what was said, wherever
 * the delay has moved it: intelligibility by STOI (Taal et al. 2011; 1 is all, steady noise alone
 * gives 0.3) and the log-spectral distance in dB. No sound card and no clock has a share in it.
 */
import type { CodecName } from '@kyberline/core/call/body';
import { seeded } from '../rig/random.js';
import { logSpectralDistance } from '../rig/sound/spectral.js';
import { stoi } from '../rig/sound/stoi.js';
import { speech } from '../rig/speech.js';
import type { Bench, Row } from './bench.js';
import { type LossPlan, throughLoss } from './through-loss.js';

const SPEAKERS = ['alice', 'bob'] as const;
/** Each speaker is heard through each plan so often: bursts are few in 20 s. */
const SEEDS = 3;
/** The usual one; and the replaced system's, which repeats nothing, beside it. */
const CODECS: readonly CodecName[] = ['opus', 'pcm16'];

const ONE_PACKET_MS = 0;
const PLANS: readonly LossPlan[] = [
  { what: 'no loss', share: 0, burstMs: ONE_PACKET_MS },
  { what: '5 % lost at random', share: 0.05, burstMs: ONE_PACKET_MS },
  { what: '10 % lost at random', share: 0.1, burstMs: ONE_PACKET_MS },
  { what: '20 % lost at random', share: 0.2, burstMs: ONE_PACKET_MS },
  { what: '10 % lost in bursts of 80 ms', share: 0.1, burstMs: 80 },
  { what: '10 % lost in bursts of 200 ms', share: 0.1, burstMs: 200 },
];

export const quality: Bench = {
  name: 'quality',
  title: 'Quality against loss: read speech, what is heard beside what was said',
  seconds: 120,
  needsSound: true,
  async run(): Promise<Row[]> {
    const rows: Row[] = [];
    for (const codec of CODECS) {
      for (const plan of PLANS) rows.push(...(await measured(codec, plan)));
    }
    return rows;
  },
};

async function measured(codec: CodecName, plan: LossPlan): Promise<Row[]> {
  const heard: Awaited<ReturnType<typeof one>>[] = [];
  for (const [who, name] of SPEAKERS.entries()) {
    for (let n = 0; n < SEEDS; n++) heard.push(await one(codec, plan, name, SEEDS * who + n));
  }
  const mean = (of: keyof (typeof heard)[number]) =>
    heard.reduce((sum, each) => sum + each[of], 0) / heard.length;
  const percent = (of: 'lost' | 'repaired' | 'concealed') => `${(100 * mean(of)).toFixed(1)} %`;
  const what = `${codec}, ${plan.what}`;
  return [
    {
      what,
      value: mean('stoi'),
      unit: 'STOI',
      note:
        `${percent('lost')} of the packets lost, ${percent('repaired')} repaired; ` +
        `${percent('concealed')} of the time made up`,
    },
    { what, value: mean('distance'), unit: 'dB spectral distance' },
    { what, value: mean('kbps'), unit: 'kbps on the wire' },
  ];
}

async function one(codec: CodecName, plan: LossPlan, who: (typeof SPEAKERS)[number], seed: number) {
  const said = await speech(who);
  const { sound, ...shares } = await throughLoss(said, plan, codec, seeded(seed));
  return { ...shares, stoi: stoi(said, sound), distance: logSpectralDistance(said, sound) };
}
