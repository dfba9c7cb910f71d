/**
 * The data folder: what stands in it, and how it is opened.
 *
 *   identity.json, echo.json   seeds and bundles          token         the API's token
 *   kyberline.db               history, pins, settings    daemon.lock   one daemon at a time
 *   daemon.json                where that daemon listens  panel-secret, registry.db   the panel's
 */
import { DATABASE_FILE } from './database.js';
import { IDENTITY_FILE } from './identity.js';
import { LOCK_FILE } from './lock.js';
import { makePrivateFolder } from './private-file.js';
import { DAEMON_FILE } from './running.js';
import { TOKEN_FILE } from './token.js';

/** By any of these a folder is known as Kyberline's own. */
const OURS = [
  IDENTITY_FILE,
  TOKEN_FILE,
  DATABASE_FILE,
  LOCK_FILE,
  DAEMON_FILE,
  'panel-secret',
  'registry.db',
];

/** The files that nobody else may read. */
export const PRIVATE_FILES = [
  IDENTITY_FILE,
  'echo.json',
  TOKEN_FILE,
  DATABASE_FILE,
  'panel-secret',
];

/**
 * Makes the folder, 0700, if it is not there.
 * @returns a sentence if others could look into it until now
 * @throws Problem `home-unusable`, `home-not-private`
 */
export function openHome(home: string): string | undefined {
  return makePrivateFolder(home, OURS);
}
