import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepResult } from './bench-file.mjs';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-bench-'));
  file = join(folder, 'bench.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (takenAt: string, revision: string) => ({
  ...{ takenAt, revision, node: 'v20.20.0', platform: 'linux x64 6.1' },
  ...{ cpu: 'some processor', cpuCount: 2 },
});
const result = (title: string, value: number) => ({
  title,
  rows: [{ what: 'something', value, unit: 'µs' }],
});
const kept = () => JSON.parse(readFileSync(file, 'utf8')).results;

test('a benchmark that ran again takes the place of its own figures and of no others', () => {
  const first = at('2026-01-01T00:00:00.000Z', 'one');
  const second = at('2026-01-02T00:00:00.000Z', 'two');
  keepResult(file, 'frames', result('Frames', 1), first);
  keepResult(file, 'latency', result('Latency', 2), first);
  keepResult(file, 'frames', result('Frames', 3), second);
  keepResult(file, 'call', result('A call', 4), second);
  expect(kept()).toEqual({
    frames: { ...result('Frames', 3), ...second },
    latency: { ...result('Latency', 2), ...first },
    call: { ...result('A call', 4), ...second },
  });
});

test.each([
  ['is cut off', '{ "results": { "frames"'],
  ['is empty', ''],
  ['does not say of each figure where it came from', '{ "results": { "call": { "rows": [] } } }'],
])('a file that %s is begun anew', (_, text) => {
  writeFileSync(file, text);
  keepResult(file, 'frames', result('Frames', 1), at('2026-01-01T00:00:00.000Z', 'one'));
  expect(Object.keys(kept())).toEqual(['frames']);
});
