/**
 * Files and folders for one user's eyes: keys, token, database. A file is replaced as a whole
 * (temporary file, fsync, rename, fsync of the folder), so that a crash at any moment leaves the
 * old content or the new, never half of one.
 */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../problem.js';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Windows has no such modes: there the profile folder itself is the user's own. */
const HAS_MODES = process.platform !== 'win32';

/** Replaces `path` by `text`, mode 0600. One writer at a time (lock.ts sees to that). */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx', FILE_MODE);
  try {
    if (HAS_MODES) fchmodSync(fd, FILE_MODE);
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** The text of `path`, or undefined where there is no such file. */
export function readPrivateFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw new Problem(
      'file-unreadable',
      `${path} cannot be read (${errorCode(cause)}). Check that it belongs to you and that you may read it.`,
      { cause },
    );
  }
}

/** Makes a file 0600 if others could read or write it; says so in a sentence if it had to. */
export function tightenFile(path: string): string | undefined {
  if (!isWider(path, FILE_MODE)) return undefined;
  chmodSync(path, FILE_MODE);
  return `Other users of this machine could read ${path}; it is yours alone again. If anyone else uses this machine, treat what it holds as known to them.`;
}

/**
 * Makes the data folder, mode 0700. One that exists is made so if it is empty or already
 * Kyberline's; a folder of something else is never changed, and refused if others may write to it.
 * @returns a sentence if the mode had to be changed
 * @throws Problem `home-unusable`, `home-not-private`
 */
export function makePrivateFolder(home: string, marks: readonly string[]): string | undefined {
  try {
    mkdirSync(home, { recursive: true, mode: FOLDER_MODE });
    const { uid, mode } = statSync(home);
    if (!HAS_MODES || (mode & 0o777 & ~FOLDER_MODE) === 0) return undefined;
    const names = readdirSync(home);
    const isOurs = names.length === 0 || names.some((name) => marks.includes(name));
    if (isOurs && uid === process.getuid?.()) {
      chmodSync(home, FOLDER_MODE);
      return `Other users of this machine could look into ${home}; it is yours alone again.`;
    }
    if ((mode & 0o022) === 0) return undefined;
  } catch (cause) {
    throw new Problem(
      'home-unusable',
      `The data folder ${home} cannot be used (${errorCode(cause)}). Choose another one with --home or KYBERLINE_HOME.`,
      { cause },
    );
  }
  throw new Problem(
    'home-not-private',
    `Other users of this machine can write to ${home}. Choose a folder of its own with --home or KYBERLINE_HOME.`,
  );
}

/** Whether others have rights on `path` that `mode` does not give. */
export function isWider(path: string, mode = FOLDER_MODE): boolean {
  return HAS_MODES && (statSync(path).mode & 0o777 & ~mode) !== 0;
}

/** The system's word for what went wrong (`ENOENT`, …). */
export function errorCode(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : String(cause);
}

/** Makes the rename itself durable. Windows cannot open a folder; NTFS journals the rename. */
function syncFolder(folder: string): void {
  if (!HAS_MODES) return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
