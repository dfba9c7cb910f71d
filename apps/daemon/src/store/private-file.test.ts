import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isWider,
  makePrivateFolder,
  readPrivateFile,
  tightenFile,
  writePrivateFile,
} from './private-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const mode = (path: string) => statSync(path).mode & 0o777;

describe('a private file', () => {
  it('is written 0600 whatever the umask, read back, and leaves no temporary file', () => {
    const path = join(folder, 'secret');
    const umask = process.umask(0);
    try {
      writePrivateFile(path, 'one');
    } finally {
      process.umask(umask);
    }
    expect(mode(path)).toBe(0o600);
    writePrivateFile(path, 'two');
    expect(readPrivateFile(path)).toBe('two');
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('survives a crash that left a half-written temporary file', () => {
    const path = join(folder, 'secret');
    writePrivateFile(path, 'one');
    writeFileSync(`${path}.new`, 'ha', { mode: 0o644 });
    expect(readPrivateFile(path)).toBe('one');
    writePrivateFile(path, 'two');
    expect(readPrivateFile(path)).toBe('two');
    expect(mode(path)).toBe(0o600);
  });

  it('does not follow a link that stands where the temporary file goes', () => {
    const path = join(folder, 'secret');
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'theirs');
    symlinkSync(elsewhere, `${path}.new`);
    writePrivateFile(path, 'mine');
    expect(readFileSync(elsewhere, 'utf8')).toBe('theirs');
  });

  it('that is not there reads as undefined', () => {
    expect(readPrivateFile(join(folder, 'none'))).toBeUndefined();
  });

  it('that is a folder is a sentence', () => {
    expect(() => readPrivateFile(folder)).toThrow(/cannot be read \(EISDIR\)/);
  });

  it('is tightened, in words, once', () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 'x');
    chmodSync(path, 0o644);
    expect(isWider(path, 0o600)).toBe(true);
    expect(tightenFile(path)).toContain(path);
    expect(mode(path)).toBe(0o600);
    expect(tightenFile(path)).toBeUndefined();
  });
});

describe('the data folder', () => {
  const marks = ['token'];

  it('is made 0700, with those above it', () => {
    const home = join(folder, 'a', 'b');
    expect(makePrivateFolder(home, marks)).toBeUndefined();
    expect(mode(home)).toBe(0o700);
  });

  it('is tightened where it is empty or holds our files', () => {
    const empty = join(folder, 'empty');
    const ours = join(folder, 'ours');
    for (const home of [empty, ours]) mkdirSync(home);
    writeFileSync(join(ours, 'token'), '');
    for (const home of [empty, ours]) {
      chmodSync(home, 0o755);
      expect(makePrivateFolder(home, marks)).toContain(home);
      expect(mode(home)).toBe(0o700);
    }
  });

  it('of something else is left as it is, and refused if others may write to it', () => {
    writeFileSync(join(folder, 'thesis.txt'), '');
    chmodSync(folder, 0o755);
    expect(makePrivateFolder(folder, marks)).toBeUndefined();
    expect(mode(folder)).toBe(0o755);
    chmodSync(folder, 0o777);
    expect(() => makePrivateFolder(folder, marks)).toThrow(/--home/);
    expect(mode(folder)).toBe(0o777);
  });

  it('that cannot be made is a sentence', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makePrivateFolder(join(folder, 'file', 'home'), marks)).toThrow(/--home/);
  });
});
