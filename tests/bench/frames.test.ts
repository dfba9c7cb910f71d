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
    'stage: encode (Opus, 10 ms), µs',
    'stage: payload with an earlier frame, µs',
    'stage: write header, µs',
    'stage: obfuscate, µs',
    'stage: seal (AES-256-GCM), µs',
    'stage: read header, window, µs',
    'stage: open (AES-256-GCM), µs',
    'stage: deobfuscate, µs',
    'stage: read payload, µs',
    'stage: measure the delay, µs',
    'stage: jitter buffer, in and out, µs',
    'stage: decode (Opus, 10 ms), µs',
    'stage: conceal (Opus, 10 ms), µs',
    'stage: shorten by a pitch period, 30 ms, µs',
    'stage: resample for the drift, µs',
    'stage: 48 kHz to 16 kHz and back (PCM16), µs',
  ]);
  expect(rows[0]!.value * rows[1]!.value).toBeCloseTo(1e6);
});
