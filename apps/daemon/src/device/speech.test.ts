import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resampleAll } from './resample.js';
import { readSpeech, Speech } from './speech.js';
import { wavHeader } from './wav.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-speech-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tone = (samples: number, hz = 440) =>
  Int16Array.from({ length: samples }, (_, i) => 8000 * Math.sin((2 * Math.PI * hz * i) / 48_000));
function write(samples: Int16Array, sampleRateHz = 48_000, channels = 1): string {
  const header = wavHeader(samples.byteLength);
  new DataView(header.buffer).setUint16(22, channels, true);
  new DataView(header.buffer).setUint32(24, sampleRateHz, true);
  const path = join(folder, 'speech.wav');
  writeFileSync(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
  return path;
}

describe('a recording that is read in slices', () => {
  it('is the same as in one piece, at any rate', async () => {
    for (const rateHz of [48_000, 44_100, 16_000, 8_000]) {
      const samples = tone(50_000);
      const whole = resampleAll(samples, rateHz, 48_000);
      const spoken = await readSpeech(write(samples, rateHz));
      expect(spoken.length, `${rateHz} Hz`).toBe(whole.length);
      // As bytes: a list of hundreds of thousands of numbers takes seconds to compare.
      expect(Buffer.from(spoken.buffer).equals(Buffer.from(whole.buffer)), `${rateHz} Hz`).toBe(
        true,
      );
    }
  });

  it('begins again after its end', async () => {
    const speech = await Speech.open(write(tone(20_000)));
    const slices = [];
    for (let n = 0; n < 6; n++) slices.push(await speech.read());
    await speech.close();
    const once = [16_384, 3_616, undefined];
    expect(slices.map((slice) => slice?.length)).toEqual([...once, ...once]);
    expect(slices[3]).toEqual(slices[0]);
  });

  it('costs no turn of the thread more than a few milliseconds', async () => {
    for (const [rateHz, channels] of [
      [4_000, 1],
      [192_000, 8],
      // In lowest terms 48,000 over this: a filter of 1.5 million coefficients.
      [44_101, 2],
    ] as const) {
      const path = write(tone(channels * 40_000), rateHz, channels);
      const startedAt = performance.now();
      const speech = await Speech.open(path);
      let longest = performance.now() - startedAt;
      for (;;) {
        const before = performance.now();
        const slice = await speech.read();
        if (!slice) break;
        longest = Math.max(longest, performance.now() - before);
        expect(slice.length, `${rateHz} Hz`).toBeLessThanOrEqual(65_536);
      }
      await speech.close();
      // Far below the 3 s after which the engine counts as hung, on a busy machine too.
      expect(longest, `${rateHz} Hz`).toBeLessThan(200);
    }
  });

  it('of many hours is opened as fast as a short one', async () => {
    const path = write(tone(1000), 48_000, 2);
    // The header of a writer that was killed at once, in front of 4 GB of nothing.
    writeFileSync(path, Buffer.from(wavHeader(0xffff_fff0)));
    truncateSync(path, 4_000_000_000);
    const speech = await Speech.open(path);
    expect((await speech.read())?.length).toBe(16_384);
    await speech.close();
  });

  it('is refused with a sentence where there is none', async () => {
    writeFileSync(join(folder, 'text.wav'), 'RIFF, but a text');
    await expect(Speech.open(join(folder, 'none.wav'))).rejects.toMatchObject({ code: 'no-file' });
    await expect(Speech.open(folder)).rejects.toMatchObject({ code: 'no-file' });
    await expect(Speech.open(join(folder, 'text.wav'))).rejects.toMatchObject({ code: 'not-wav' });
    await expect(Speech.open(write(tone(0)))).rejects.toMatchObject({ code: 'not-wav' });
  });

  it('ends early when its file is cut short meanwhile', async () => {
    const path = write(tone(40_000));
    const speech = await Speech.open(path);
    expect(await speech.read()).toHaveLength(16_384);
    truncateSync(path, 44 + 2 * 20_000);
    expect(await speech.read()).toHaveLength(3_616);
    expect(await speech.read()).toBeUndefined();
    truncateSync(path, 44);
    expect(await speech.read()).toBeUndefined();
    await speech.close();
  });
});
