/** Mouth to ear over a network that is far: 40 ms away, and up to 15 ms more for each packet. */
import { sleep } from '../rig/child.js';
import type { Bench } from './bench.js';
import { startPair } from './call-pair.js';
import { budgetRows, CHIRPS, heardRows, measure } from './mouth-to-ear.js';

/** So long is learnt how late packets come here. */
const SETTLE_MS = 5000;
const SECONDS = 28;
const FAR = { delayMs: 40, jitterMs: 15 };

export const delayed: Bench = {
  name: 'delayed',
  title: 'Mouth to ear through a network of 40 ms with 15 ms of jitter, sound as it is',
  seconds: 45,
  needsSound: true,
  async run() {
    const pair = await startPair({ processing: 'off', network: FAR });
    try {
      await pair.connect();
      await sleep(SETTLE_MS);
      const measured = await measure(pair, CHIRPS, SECONDS);
      return [...heardRows('far', CHIRPS, measured), ...budgetRows('far', measured)];
    } finally {
      await pair.stop();
    }
  },
};
