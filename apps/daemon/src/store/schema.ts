/**
 * The daemon's section of db/schema.sql: a new database is made from it, so that the picture in
 * the repository and the tables on disk cannot drift apart.
 */
import { readFileSync } from 'node:fs';

/** The same number of folders up from src/store (tests) as from dist/store (the command). */
const SCHEMA_FILE = new URL('../../../../db/schema.sql', import.meta.url);
const SECTION = /^-- =+ daemon =+$([\s\S]*?)(?=^-- =+ \w+ =+$|(?![\s\S]))/m;

/** @throws when the installation is incomplete. */
export function daemonSchema(): string {
  const section = SECTION.exec(readFileSync(SCHEMA_FILE, 'utf8'))?.[1];
  if (section === undefined) throw new Error('db/schema.sql has no section "daemon"');
  return section;
}
