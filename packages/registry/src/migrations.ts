/**
 * The registry's tables, as numbered steps: migration n leads from `user_version` n to n + 1.
 * A step that was released never changes; db/schema.sql shows where all of them lead, and a test
 * compares the two.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE registry (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  BLOB NOT NULL CHECK (length(id) = 16)
  ) STRICT;

  CREATE TABLE users (
    name          TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32),
    fingerprint   BLOB NOT NULL CHECK (length(fingerprint) = 32),
    ed_public     BLOB NOT NULL CHECK (length(ed_public) = 32),
    mldsa_public  BLOB NOT NULL CHECK (length(mldsa_public) = 1952),
    bundle        BLOB NOT NULL,
    machine_id    TEXT NOT NULL CHECK (length(machine_id) = 32),
    registered_at INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

/** "KYRG": tells a registry's database from any other SQLite file. */
export const APPLICATION_ID = 0x4b595247;
