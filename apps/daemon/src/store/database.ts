/**
 * <home>/kyberline.db: settings, contacts, history. WAL with full sync, so that a row is there
 * once the call that wrote it has returned, whatever kills the process afterwards.
 *
 *   new file ──► db/schema.sql          older file ──► migrations.ts, one transaction a step
 *   newer, damaged or foreign file ──► a sentence, and not one byte of it is touched
 */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Problem } from '../problem.js';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './migrations.js';
import { errorCode } from './private-file.js';
import { daemonSchema } from './schema.js';

export type Db = Database.Database;

export const DATABASE_FILE = 'kyberline.db';

/**
 * Opens, or makes, the database of a home that this process holds the lock of.
 * @throws Problem `database-damaged`, `database-newer`, `database-foreign`, `database-unusable`
 */
export function openDatabase(home: string): Db {
  const path = join(home, DATABASE_FILE);
  try {
    const isNew = sizeOf(path) === 0 || inspect(path) === 'empty';
    // Made with its mode: SQLite itself would make it readable to others for a moment.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    return prepare(new Database(path), isNew);
  } catch (error) {
    throw error instanceof Problem ? error : asProblem(path, error);
  }
}

/** Applies the steps that `db` has not had yet, each as one transaction. */
export function migrate(db: Db, steps: readonly string[]): void {
  for (const [index, step] of steps.entries()) {
    const version = index + 1;
    if (versionOf(db) !== version) continue;
    db.transaction(() => {
      db.exec(step);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
}

function prepare(db: Db, isNew: boolean): Db {
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    if (isNew) create(db);
    migrate(db, MIGRATIONS);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function create(db: Db): void {
  db.transaction(() => {
    db.exec(daemonSchema());
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  }).immediate();
}

/** Looks before anything is written: a read-only connection leaves even the WAL as it is. */
function inspect(path: string): 'empty' | 'ours' {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const application = db.pragma('application_id', { simple: true });
    const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (application !== APPLICATION_ID) {
      if (tables === 0) return 'empty';
      throw new Problem(
        'database-foreign',
        `${path} is a database of something else. Move it away, or choose another data folder with --home.`,
      );
    }
    if (versionOf(db) > SCHEMA_VERSION) {
      throw new Problem(
        'database-newer',
        `${path} was written by a newer version of Kyberline. Update this one, or choose another data folder with --home.`,
      );
    }
    const check = db.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw damaged(path, check);
    return 'ours';
  } finally {
    db.close();
  }
}

function asProblem(path: string, cause: unknown): Problem {
  const code = errorCode(cause);
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return damaged(path, cause);
  return new Problem(
    'database-unusable',
    `${path} cannot be opened (${code}). Check that it belongs to you and that the disk is not full, or choose another data folder with --home.`,
    { cause },
  );
}

function damaged(path: string, cause: unknown): Problem {
  return new Problem(
    'database-damaged',
    `${path} is damaged and was left as it is. Put a backup in its place, or move it away to start with an empty history and no contacts; your identity is another file and stays.`,
    { cause },
  );
}

function versionOf(db: Db): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
