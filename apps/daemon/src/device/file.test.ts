import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock } from './clock-virtual.js';
import { FileInput, FileOutput } from './file.js';
import { WAV_HEADER_BYTES, wavHeader } from './wav.js';

let folder: string;
let path: string;
let clock: VirtualClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-file-'));
  path = join(folder, 'sound.wav');
  clock = new VirtualClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lets the files' own work go on while the clock stands. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));
const counting = (samples: number) => Int16Array.from({ length: samples }, (_, i) => i % 30_000);
const write = (samples: Int16Array) =>
  writeFileSync(path, Buffer.concat([wavHeader(samples.byteLength), Buffer.from(samples.buffer)]));

describe('a file that speaks', () => {
  const heard: number[] = [];
  let input: FileInput;
  beforeEach(() => {
    heard.length = 0;
    input = new FileInput(clock, `file:${path}`, path);
  });
  afterEach(() => input.stop());
  const start = () => input.start((frame) => heard.push(...frame));
  /** Some seconds, with time for what is read ahead. */
  const speak = async (seconds: number, stepMs = 100) => {
    for (let ms = 0; ms < 1000 * seconds; ms += stepMs) {
      clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  it('is heard from its beginning, over and over', async () => {
    write(counting(50_000));
    start();
    await settled();
    await speak(3);
    expect(heard).toEqual([...counting(50_000), ...counting(50_000), ...counting(44_000)]);
  });

  it('is read no further ahead than two seconds', async () => {
    write(counting(90_000));
    start();
    await settled();
    // Nothing is read while no other work gets its turn: what is ahead is all there is.
    clock.advance(10_000);
    const ahead = heard.findLastIndex((sample) => sample !== 0) + 1;
    expect(ahead).toBeGreaterThan(90_000);
    expect(ahead).toBeLessThan(2 * 48_000 + 16_384);
    expect(heard).toHaveLength(480_000);
  });

  it('begins anew when it is started again', async () => {
    write(counting(50_000));
    for (let n = 0; n < 2; n++) {
      heard.length = 0;
      start();
      await settled();
      clock.advance(100);
      expect(heard).toEqual([...counting(4800)]);
      await input.stop();
      expect(input.inUse.state).toBe('closed');
    }
  });

  it('of a single sample is heard as well', async () => {
    write(Int16Array.of(7));
    start();
    await settled();
    await speak(1, 10);
    expect(heard).toEqual(Array.from({ length: 48_000 }, () => 7));
  });

  it('says so when it cannot be read any more, and is silent at the same pace', async () => {
    write(counting(50_000));
    start();
    await settled();
    truncateSync(path, WAV_HEADER_BYTES);
    await speak(4);
    expect(input.inUse).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('Choose another one.'),
    });
    expect(heard).toHaveLength(192_000);
    expect(heard.at(-1)).toBe(0);
  });
});

describe('a file that listens', () => {
  let output: FileOutput;
  let next: number;
  beforeEach(() => {
    next = 0;
    output = new FileOutput(clock, `file:${path}`, path);
  });
  const start = () =>
    output.start((frame) => {
      for (let i = 0; i < frame.length; i++) frame[i] = next++ % 30_000;
    });
  /** The samples by the header's own word. */
  const written = () => {
    const bytes = readFileSync(path);
    const length = bytes.readUInt32LE(40);
    expect(bytes.subarray(0, WAV_HEADER_BYTES)).toEqual(Buffer.from(wavHeader(length)));
    expect(bytes.length).toBeGreaterThanOrEqual(WAV_HEADER_BYTES + length);
    return Array.from({ length: length / 2 }, (_, i) =>
      bytes.readInt16LE(WAV_HEADER_BYTES + 2 * i),
    );
  };

  it('is a whole WAV file after every second, before it is closed', async () => {
    start();
    await vi.waitFor(() => expect(written()).toEqual([]));
    for (const seconds of [1, 2, 3]) {
      clock.advance(1000);
      await vi.waitFor(() => expect(written()).toEqual([...counting(48_000 * seconds)]));
    }
    await output.stop();
  });

  it('holds the rest of a second once it is stopped', async () => {
    start();
    clock.advance(1500);
    await output.stop();
    expect(written()).toEqual([...counting(72_000)]);
    await output.stop();
    expect(written()).toHaveLength(72_000);
  });

  it('begins anew when it is started again', async () => {
    start();
    clock.advance(2000);
    await output.stop();
    next = 100;
    start();
    clock.advance(20);
    await output.stop();
    expect(written()).toEqual([...counting(1060).subarray(100)]);
  });

  it('says so when it cannot be written, and listens on at the same pace', async () => {
    output = new FileOutput(clock, 'file:/none/x.wav', join(folder, 'none', 'x.wav'));
    const told: string[] = [];
    output.onChange(() => told.push(output.inUse.state));
    start();
    await vi.waitFor(() => expect(output.inUse.state).toBe('failed'));
    expect(output.inUse.why).toContain('cannot be written (ENOENT)');
    clock.advance(1000);
    expect(next).toBe(48_000);
    await output.stop();
    expect(told).toEqual(['running', 'failed', 'closed']);
  });

  it('has its own word again once it is started after it failed', async () => {
    const missing = join(folder, 'later');
    output = new FileOutput(clock, 'file:later/x.wav', join(missing, 'x.wav'));
    start();
    await vi.waitFor(() => expect(output.inUse.state).toBe('failed'));
    await output.stop();
    start();
    expect(output.inUse).toMatchObject({
      state: 'running',
      why: 'What is heard goes to a file.',
    });
    await output.stop();
  });
});
