import { callCounters } from '@kyberline/shared/snapshot';
import { describe, expect, it } from 'vitest';
import { STAGES, sendingWords } from './latency-words';

describe('what is said of a voice on its way', () => {
  it('has each stage that the daemon measures, in its order', () => {
    const measured = Object.keys(callCounters.shape.budget.unwrap().shape);
    expect(STAGES.map(({ name }) => name)).toEqual(measured);
    expect(new Set(STAGES.map(({ label }) => label)).size).toBe(measured.length);
  });

  it.each([
    [
      { codec: 'opus', bitrateKbps: 96, frameMs: 10, redundancy: 0 },
      'Opus, 96 kbit/s, 10 ms frames; nothing repeated',
    ],
    [
      { codec: 'opus', bitrateKbps: 31.6, frameMs: 20, redundancy: 1 },
      'Opus, 32 kbit/s, 20 ms frames; each packet repeats the frame before',
    ],
    [
      { codec: 'pcm48', bitrateKbps: 768, frameMs: 10, redundancy: 3 },
      'Uncompressed, full band, 768 kbit/s, 10 ms frames; each packet repeats the 3 frames before',
    ],
  ] as const)('says of %o how it leaves', (sending, words) => {
    expect(sendingWords(sending)).toBe(words);
  });
});
