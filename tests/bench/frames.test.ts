/** The benchmark of frames for a moment: that it measures at all, not how fast this machine is. */
import { expect, test } from 'vitest';
import { frames } from './frames.js';

const A_MOMENT = { warmUpMs: 5, batchMs: 1, batches: 3 };

test('the benchmark of frames has a figure for the whole frame, and one for each stage', async () => {
  const rows = await frames.run(A_MOMENT);
  for (const { what, value, p95 } of rows) {
    expect(value, what).toBeGreaterThan(0);
    expect(Number.isFinite(value), what).toBe(true);
    if (p95 !== undefined) expect(p95, what).toBeGreaterThanOrEqual(value);
  }
  expect(rows.map(({ what, unit }) => `${what}, ${unit}`)).toEqual([
    '640-byte frame: obfuscated, sealed, opened, deobfuscated, frames/s',
    '640-byte frame: the same, µs',
    '1024-byte frame: obfuscated, sealed, opened, deobfuscated, frames/s',
    '1024-byte frame: the same, µs',
    'stage: level, µs',
    'stage: encode (pcm16), µs',
    'stage: obfuscate, µs',
    'stage: write header, µs',
    'stage: seal (AES-256-GCM), µs',
    'stage: read header, window, µs',
    'stage: open (AES-256-GCM), µs',
    'stage: deobfuscate, µs',
    'stage: jitter buffer, in and out, µs',
    'stage: decode (pcm16), µs',
    'stage: conceal, µs',
  ]);
  expect(rows[0]!.value * rows[1]!.value).toBeCloseTo(1e6);
});
