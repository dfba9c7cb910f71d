/**
 * One daemon per data folder. The lock is an exclusive transaction on <home>/daemon.lock, an
 * otherwise empty SQLite file: the system drops it the moment the process is gone, also after
 * kill -9, so that nothing stale can be left behind and there is no pid to mistake.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Problem } from '../problem.js';
import { errorCode } from './private-file.js';

export const LOCK_FILE = 'daemon.lock';

export interface HomeLock {
  release(): void;
}

/** @throws Problem `home-in-use` while another process holds it, `home-unusable` */
export function lockHome(home: string): HomeLock {
  let db: Database.Database | undefined;
  try {
    db = new Database(join(home, LOCK_FILE), { timeout: 0 });
    // A journal in memory: a killed process must not leave one for its successor to roll back.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    const held = db;
    return { release: () => held.close() };
  } catch (cause) {
    db?.close();
    if (errorCode(cause).startsWith('SQLITE_BUSY')) {
      throw new Problem(
        'home-in-use',
        `Another Kyberline daemon is running on ${home}. Use that one ("kyberline status"), stop it, or choose another data folder with --home.`,
        { cause },
      );
    }
    throw new Problem(
      'home-unusable',
      `The data folder ${home} cannot be locked (${errorCode(cause)}). Choose another one with --home or KYBERLINE_HOME.`,
      { cause },
    );
  }
}
