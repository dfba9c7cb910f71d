/**
 * Mouth to ear over virtual sound cards and the loopback network: the call alone, and with all that is
 * usually done to the microphone's sound, which is switched on in mid-call.
 */
import { sleep } from '../rig/child.js';
import type { Bench } from './bench.js';
import { startPair, treat } from './call-pair.js';
import { budgetRows, CHIRPS, heardRows, measure, SPEECH } from './mouth-to-ear.js';

/** The jitter buffer and the sound system get this long to settle. */
const SETTLE_MS = 3000;
const CHIRPS_SECONDS = 28;
/** As long as a text is. */
const SPEECH_SECONDS = 20;

export const latency: Bench = {
  name: 'latency',
  title: 'Mouth to ear over virtual sound cards and the loopback network',
  seconds: 75,
  needsSound: true,
  async run() {
    const pair = await startPair({ processing: 'off' });
    try {
      await pair.connect();
      await sleep(SETTLE_MS);
      const plain = await measure(pair, CHIRPS, CHIRPS_SECONDS);
      await treat(pair, 'usual');
      await sleep(SETTLE_MS);
      // What takes out noise takes out chirps.
      const usual = await measure(pair, SPEECH, SPEECH_SECONDS);
      return [
        ...heardRows('sound as it is', CHIRPS, plain),
        ...budgetRows('sound as it is', plain),
        ...heardRows('usual processing', SPEECH, usual),
        ...budgetRows('usual processing', usual),
      ];
    } finally {
      await pair.stop();
    }
  },
};
