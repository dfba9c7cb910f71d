/**
 * What changes in a database that an older version made: step n (counted from 1) leads from
 * `user_version` n to n + 1. A step that was released never changes. A new database is made from
 * db/schema.sql at once; a test proves that both ways give the same tables.
 */
export const MIGRATIONS: readonly string[] = [];

/** `user_version` of a database as db/schema.sql has it. */
export const SCHEMA_VERSION = MIGRATIONS.length + 1;

/** "KYDA": tells a daemon's database from any other SQLite file. */
export const APPLICATION_ID = 0x4b594441;
