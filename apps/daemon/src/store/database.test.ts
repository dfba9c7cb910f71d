import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem.js';
import { DATABASE_FILE, type Db, migrate, openDatabase } from './database.js';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './migrations.js';
import { daemonSchema } from './schema.js';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-database-'));
  path = join(home, DATABASE_FILE);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const closing = <T>(db: Db, use: (db: Db) => T): T => {
  try {
    return use(db);
  } finally {
    db.close();
  }
};
const tablesOf = (db: Db): string[] =>
  db
    .prepare<[], { sql: string }>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL')
    .all()
    .map(({ sql }) =>
      sql
        .replace(/--[^\n]*/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .sort();
const refusal = (): Problem => {
  try {
    openDatabase(home).close();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};
/** Every file of the home with its bytes. */
const bytes = () =>
  Object.fromEntries(readdirSync(home).map((name) => [name, readFileSync(join(home, name))]));

describe('a new database', () => {
  it('has the tables of db/schema.sql, all STRICT', () => {
    const made = closing(openDatabase(home), tablesOf);
    const documented = closing(new Database(':memory:'), (db) => {
      db.exec(daemonSchema());
      return tablesOf(db);
    });
    expect(made).toEqual(documented);
    const tables = made.filter((sql) => sql.startsWith('CREATE TABLE'));
    expect(tables).toHaveLength(3);
    for (const sql of tables) expect(sql).toMatch(/\) STRICT(, WITHOUT ROWID)?$/);
  });

  it('is its owner’s only, in WAL, with foreign keys on', () => {
    closing(openDatabase(home), (db) => {
      db.exec("INSERT INTO settings VALUES ('suite', '1')");
      for (const name of readdirSync(home)) {
        expect(`${name} ${(statSync(join(home, name)).mode & 0o777).toString(8)}`).toBe(
          `${name} 600`,
        );
      }
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    });
  });

  it('keeps what was written when it is opened again', () => {
    closing(openDatabase(home), (db) => db.exec("INSERT INTO settings VALUES ('suite', '2')"));
    const value = closing(openDatabase(home), (db) =>
      db.prepare('SELECT value FROM settings').pluck().get(),
    );
    expect(value).toBe('2');
  });

  it('is also made where a crash left an empty file', () => {
    writeFileSync(path, '');
    expect(closing(openDatabase(home), tablesOf)).not.toEqual([]);
  });
});

describe('migrations', () => {
  const version1 = () => {
    const db = new Database(path);
    const fixture = new URL('./fixtures/version-1.sql', import.meta.url);
    db.exec(readFileSync(fixture, 'utf8'));
    db.pragma('user_version = 1');
    db.pragma(`application_id = ${APPLICATION_ID}`);
    return db;
  };

  it('lead from version 1 to exactly db/schema.sql, keeping the rows', () => {
    closing(version1(), (db) => db.exec("INSERT INTO settings VALUES ('suite', '3')"));
    const migrated = closing(openDatabase(home), (db) => {
      expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
      expect(db.prepare('SELECT value FROM settings').pluck().get()).toBe('3');
      return tablesOf(db);
    });
    const documented = closing(new Database(':memory:'), (db) => {
      db.exec(daemonSchema());
      return tablesOf(db);
    });
    expect(migrated).toEqual(documented);
    expect(MIGRATIONS).toHaveLength(SCHEMA_VERSION - 1);
  });

  it('run each once and in order, from wherever the database stands', () => {
    closing(version1(), (db) => {
      const steps = ['CREATE TABLE a (x) ', 'ALTER TABLE a ADD COLUMN y'];
      migrate(db, steps.slice(0, 1));
      expect(db.pragma('user_version', { simple: true })).toBe(2);
      migrate(db, steps);
      migrate(db, steps);
      expect(db.pragma('user_version', { simple: true })).toBe(3);
      expect(tablesOf(db)).toContain('CREATE TABLE a (x, y)');
    });
  });

  it('that fail half-way leave the database at the step before', () => {
    closing(version1(), (db) => {
      const before = tablesOf(db);
      expect(() => migrate(db, ['CREATE TABLE b (x); CREATE TABLE b (x)'])).toThrow();
      expect(db.pragma('user_version', { simple: true })).toBe(1);
      expect(tablesOf(db)).toEqual(before);
    });
  });
});

describe('a database that cannot be used', () => {
  it('of a newer version is refused in words and left alone', () => {
    closing(openDatabase(home), (db) => db.pragma(`user_version = ${SCHEMA_VERSION + 1}`));
    const before = readFileSync(path);
    const { code, message } = refusal();
    expect(code).toBe('database-newer');
    expect(message).toContain('newer version');
    expect(readFileSync(path)).toEqual(before);
  });

  it('of something else is refused in words and left alone', () => {
    closing(new Database(path), (db) => db.exec('CREATE TABLE theirs (x)'));
    const before = bytes();
    expect(refusal().code).toBe('database-foreign');
    expect(bytes()).toEqual(before);
  });

  it('that is no database at all is refused in words and left alone', () => {
    writeFileSync(path, 'these are the minutes of the meeting of 3 May\n'.repeat(100));
    const before = bytes();
    const { code, message } = refusal();
    expect(code).toBe('database-damaged');
    expect(message).toContain(path);
    expect(bytes()).toEqual(before);
  });

  it('that was overwritten or cut short in its middle is refused in words and left alone', () => {
    closing(openDatabase(home), (db) => {
      const insert = db.prepare('INSERT INTO settings VALUES (?, ?)');
      db.transaction(() => {
        for (let i = 0; i < 500; i++) insert.run(`setting ${i}`, JSON.stringify('x'.repeat(50)));
      })();
    });
    const whole = readFileSync(path);
    const overwritten = Buffer.from(whole);
    overwritten.fill(0x5a, 8192, 16_384);
    for (const damaged of [overwritten, whole.subarray(0, whole.length - 8192)]) {
      writeFileSync(path, damaged);
      expect(refusal().code).toBe('database-damaged');
      expect(readFileSync(path).equals(damaged)).toBe(true);
    }
  });

  it('because it is a folder is a sentence too', () => {
    mkdirSync(path);
    const { code, message } = refusal();
    expect(code).toBe('database-unusable');
    expect(message).toContain('--home');
  });
});
