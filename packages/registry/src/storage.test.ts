/** One contract for every storage, and what is SQLite's alone. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UserName } from '@kyberline/shared/ids';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMemory } from './memory.js';
import { MIGRATIONS } from './migrations.js';
import { openSqlite } from './sqlite.js';
import { type Storage, StorageError, type StoredUser } from './storage.js';

let folder: string;
let path: string;
const opened: Storage[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-storage-'));
  path = join(folder, 'deep', 'registry.db');
});
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
const filled = (bytes: number, value: number) => new Uint8Array(bytes).fill(value);
const name = (text: string) => text as UserName;
const user = (of: string, key: number, over: Partial<StoredUser> = {}): StoredUser => ({
  name: name(of),
  fingerprint: filled(32, key),
  edPublic: filled(32, key + 1),
  mldsaPublic: filled(1952, key + 2),
  bundle: filled(5000, key + 3),
  machineId: 'ab'.repeat(16),
  registeredAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_000,
  ...over,
});
const keep = (storage: Storage): Storage => {
  opened.push(storage);
  return storage;
};
const refusal = (run: () => unknown): StorageError => {
  try {
    run();
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const kinds = [
  { kind: 'memory', open: () => keep(openMemory(random)) },
  { kind: 'SQLite', open: () => keep(openSqlite(path, random)) },
];

describe.each(kinds)('storage in $kind', ({ open }) => {
  it('has a registry id of 16 random bytes', () => {
    const { registryId } = open();
    expect(registryId).toHaveLength(16);
    expect(registryId).not.toEqual(filled(16, 0));
  });

  it('gives back exactly what was created', async () => {
    const storage = open();
    expect(await storage.create(user('alice', 1))).toBe(true);
    expect(await storage.user(name('alice'))).toEqual(user('alice', 1));
    expect(await storage.user(name('bob'))).toBeUndefined();
  });

  it('lets the first to create a name own it', async () => {
    const storage = open();
    await storage.create(user('alice', 1));
    expect(await storage.create(user('alice', 9))).toBe(false);
    expect(await storage.user(name('alice'))).toEqual(user('alice', 1));
  });

  it('replaces a user for the owning identity alone, and keeps the day of registration', async () => {
    const storage = open();
    await storage.create(user('alice', 1));
    const next = user('alice', 5, { registeredAt: 5, updatedAt: 6, machineId: 'cd'.repeat(16) });
    expect(await storage.replace(next, filled(32, 2))).toBe(false);
    expect(await storage.user(name('alice'))).toEqual(user('alice', 1));
    expect(await storage.replace(next, filled(32, 1))).toBe(true);
    expect(await storage.user(name('alice'))).toEqual({ ...next, registeredAt: 1_700_000_000_000 });
    expect(await storage.replace(user('bob', 1), filled(32, 1))).toBe(false);
    expect(await storage.user(name('bob'))).toBeUndefined();
  });

  it('removes a user for the owning identity alone, after which the name is free', async () => {
    const storage = open();
    await storage.create(user('alice', 1));
    expect(await storage.remove(name('alice'), filled(32, 2))).toBe(false);
    expect(await storage.count()).toBe(1);
    expect(await storage.remove(name('alice'), filled(32, 1))).toBe(true);
    expect(await storage.remove(name('alice'), filled(32, 1))).toBe(false);
    expect(await storage.create(user('alice', 9))).toBe(true);
  });

  it('lists and counts names in order', async () => {
    const storage = open();
    for (const of of ['carol', 'alice', '_x', 'bob']) await storage.create(user(of, 1));
    expect(await storage.names()).toEqual(['_x', 'alice', 'bob', 'carol']);
    expect(await storage.count()).toBe(4);
  });
});

describe('a registry database', () => {
  it('keeps its id and its users when it is opened again', async () => {
    const first = openSqlite(path, random);
    const id = first.registryId;
    await first.create(user('alice', 1));
    await first.close();
    const second = keep(openSqlite(path, random));
    expect(second.registryId).toEqual(id);
    expect(await second.user(name('alice'))).toEqual(user('alice', 1));
  });

  it('is for its owner only, in WAL, with STRICT tables', () => {
    keep(openSqlite(path, random));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const db = new Database(path, { readonly: true });
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    const tables = db.prepare(
      "SELECT strict FROM pragma_table_list WHERE name IN ('registry','users')",
    );
    expect(tables.pluck().all()).toEqual([1, 1]);
    db.close();
  });

  it('matches the registry section of db/schema.sql', () => {
    keep(openSqlite(path, random));
    const file = fileURLToPath(new URL('../../../db/schema.sql', import.meta.url));
    const section = /^-- =+ registry =+$([\s\S]*?)(?=^-- =+ \w+ =+$|(?![\s\S]))/m;
    const text = section.exec(readFileSync(file, 'utf8'))?.[1];
    expect(text).toBeDefined();
    const documented = new Database(':memory:');
    documented.exec(text ?? '');
    const migrated = new Database(path, { readonly: true });
    const tables = (db: Database.Database) =>
      db
        .prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name')
        .pluck()
        .all()
        .map((sql) =>
          String(sql)
            .replace(/--[^\n]*/g, '')
            .replace(/\s+/g, ' ')
            .trim(),
        );
    expect(tables(migrated)).toEqual(tables(documented));
    expect(migrated.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    migrated.close();
    documented.close();
  });

  it('refuses a second registry on the same file, in words, until the first is closed', async () => {
    const first = openSqlite(path, random);
    const error = refusal(() => openSqlite(path, random));
    expect(error.code).toBe('database-in-use');
    expect(error.message).toContain(path);
    expect(error.message).toContain('--db');
    await first.close();
    keep(openSqlite(path, random));
  });

  it('is free again after its process was killed', () => {
    const script = `const D = require('better-sqlite3');
      require('node:fs').mkdirSync(${JSON.stringify(join(folder, 'deep'))}, { recursive: true });
      const lock = new D(${JSON.stringify(path)} + '.lock');
      lock.exec('BEGIN EXCLUSIVE');
      process.kill(process.pid, 'SIGKILL');`;
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    expect(spawnSync(process.execPath, ['-e', script], { cwd }).signal).toBe('SIGKILL');
    keep(openSqlite(path, random));
  });

  it('of a newer version is left alone', async () => {
    await openSqlite(path, random).close();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    const error = refusal(() => openSqlite(path, random));
    expect(error.code).toBe('database-newer');
    expect(error.message).toContain('newer version');
  });

  it('of something else is left alone', () => {
    const other = join(folder, 'other.db');
    const db = new Database(other);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    expect(refusal(() => openSqlite(other, random)).code).toBe('database-unreadable');
    const text = join(folder, 'notes.txt');
    writeFileSync(
      text,
      'not a database, but long enough to be looked at as if it were one '.repeat(20),
    );
    const error = refusal(() => openSqlite(text, random));
    expect(error.code).toBe('database-unreadable');
    expect(readFileSync(text, 'utf8')).toContain('not a database');
    expect(refusal(() => openSqlite(join(text, 'registry.db'), random)).message).toContain('--db');
  });
});
