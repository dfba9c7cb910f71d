/** Where a person's data lives when nobody says otherwise; the daemon uses the same folder. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The data folder by platform, as the package env-paths names it for "kyberline" without suffix. */
export function defaultHome(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  const user = homedir();
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'kyberline');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA ?? join(user, 'AppData', 'Local'), 'kyberline', 'Data');
  }
  return join(env.XDG_DATA_HOME ?? join(user, '.local', 'share'), 'kyberline');
}
