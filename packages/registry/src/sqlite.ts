/**
 * Storage in one SQLite file: WAL, STRICT tables, prepared statements, numbered migrations. A
 * second process on the same file is refused, because the calls live in memory and two registries
 * would each know half of them: a lock file beside it holds an open exclusive transaction for as
 * long as the process lives, however it dies.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { UserName } from '@kyberline/shared/ids';
import Database from 'better-sqlite3';
import { APPLICATION_ID, MIGRATIONS } from './migrations.js';
import { type Storage, StorageError, type StoredUser } from './storage.js';

interface UserRow {
  name: string;
  fingerprint: Buffer;
  ed_public: Buffer;
  mldsa_public: Buffer;
  bundle: Buffer;
  machine_id: string;
  registered_at: number;
  updated_at: number;
}

/**
 * Open, or make, the registry's database.
 * @param path the file; missing folders are made
 * @param random makes the registry's id when the database is new
 * @throws StorageError in use by another process, written by a newer version, or not readable
 */
export function openSqlite(path: string, random: (bytes: number) => Uint8Array): Storage {
  const lock = takeLock(path);
  try {
    const db = new Database(path);
    try {
      prepare(db, path, random);
      return storageOf(db, lock);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock.close();
    if (error instanceof StorageError) throw error;
    throw unreadable(path, error);
  }
}

function storageOf(db: Database.Database, lock: Database.Database): Storage {
  const columns =
    'name, fingerprint, ed_public, mldsa_public, bundle, machine_id, registered_at, updated_at';
  const one = db.prepare<[string], UserRow>(`SELECT ${columns} FROM users WHERE name = ?`);
  const names = db.prepare<[], { name: string }>('SELECT name FROM users ORDER BY name');
  const count = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM users');
  const create = db.prepare<[UserRow]>(
    `INSERT INTO users (${columns}) VALUES (@name, @fingerprint, @ed_public, @mldsa_public,
     @bundle, @machine_id, @registered_at, @updated_at) ON CONFLICT (name) DO NOTHING`,
  );
  const replace = db.prepare<[UserRow & { owner: Buffer }]>(
    `UPDATE users SET fingerprint = @fingerprint, ed_public = @ed_public,
     mldsa_public = @mldsa_public, bundle = @bundle, machine_id = @machine_id,
     updated_at = @updated_at WHERE name = @name AND fingerprint = @owner`,
  );
  const remove = db.prepare<[string, Buffer]>(
    'DELETE FROM users WHERE name = ? AND fingerprint = ?',
  );
  const id = db.prepare<[], { id: Buffer }>('SELECT id FROM registry').get()?.id;
  if (!id) throw new Error('the registry table has no row');
  return {
    registryId: plain(id),
    user: async (name) => toUser(one.get(name)),
    names: async () => names.all().map((row) => row.name as UserName),
    count: async () => count.get()?.count ?? 0,
    create: async (user) => create.run(toRow(user)).changes === 1,
    replace: async (user, fingerprint) =>
      replace.run({ ...toRow(user), owner: Buffer.from(fingerprint) }).changes === 1,
    remove: async (name, fingerprint) => remove.run(name, Buffer.from(fingerprint)).changes === 1,
    close: async () => {
      db.close();
      lock.close();
    },
  };
}

function prepare(db: Database.Database, path: string, random: (n: number) => Uint8Array): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  const application = db.pragma('application_id', { simple: true }) as number;
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (application !== APPLICATION_ID && tables > 0) {
    const sentence = `${path} is a database of something else. Name another file with --db.`;
    throw new StorageError('database-unreadable', sentence);
  }
  if (version > MIGRATIONS.length) {
    const sentence = `${path} was written by a newer version of Kyberline. Update this one, or name another file with --db.`;
    throw new StorageError('database-newer', sentence);
  }
  chmodSync(path, 0o600);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('trusted_schema = OFF');
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    const insert = 'INSERT INTO registry (one, id) VALUES (1, ?) ON CONFLICT (one) DO NOTHING';
    db.prepare(insert).run(Buffer.from(random(16)));
  }).immediate();
}

function takeLock(path: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    lock = new Database(`${path}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) throw unreadable(path, error);
    const sentence = `Another registry is running on ${path}. Stop it, or name another file with --db.`;
    throw new StorageError('database-in-use', sentence, { cause: error });
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

function unreadable(path: string, cause: unknown): StorageError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const sentence = `The registry's database ${path} cannot be used (${why}). Check the path and its permissions, or name another file with --db.`;
  return new StorageError('database-unreadable', sentence, { cause });
}

const toRow = (user: StoredUser): UserRow => ({
  name: user.name,
  fingerprint: Buffer.from(user.fingerprint),
  ed_public: Buffer.from(user.edPublic),
  mldsa_public: Buffer.from(user.mldsaPublic),
  bundle: Buffer.from(user.bundle),
  machine_id: user.machineId,
  registered_at: user.registeredAt,
  updated_at: user.updatedAt,
});

const toUser = (row: UserRow | undefined): StoredUser | undefined =>
  row && {
    name: row.name as UserName,
    fingerprint: plain(row.fingerprint),
    edPublic: plain(row.ed_public),
    mldsaPublic: plain(row.mldsa_public),
    bundle: plain(row.bundle),
    machineId: row.machine_id,
    registeredAt: row.registered_at,
    updatedAt: row.updated_at,
  };

/** A Buffer's bytes as a Uint8Array of their own, equal to what memory.ts gives back. */
const plain = (bytes: Buffer): Uint8Array => new Uint8Array(bytes);
