/** Where things are: the repository's root, its programs, and a person's data folder. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const DAEMON = join(ROOT, 'apps', 'daemon', 'bin', 'kyberline.js');
export const PANEL = join(ROOT, 'apps', 'panel', 'dist', 'main.js');
export const NODE_MODULES = join(ROOT, 'node_modules');
/** Small files by which the scripts know what they did last time; gone with node_modules. */
export const NOTES = join(NODE_MODULES, '.cache', 'kyberline');

/**
 * The data folder when nobody names one, the same that daemon and panel use (env-paths).
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} [platform]
 */
export function defaultHome(env, platform = process.platform) {
  if (env.KYBERLINE_HOME) return resolve(env.KYBERLINE_HOME);
  const user = homedir();
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'kyberline');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA ?? join(user, 'AppData', 'Local'), 'kyberline', 'Data');
  }
  return join(env.XDG_DATA_HOME || join(user, '.local', 'share'), 'kyberline');
}
