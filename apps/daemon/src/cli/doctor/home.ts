/** The data folder: is it there, is it this user's, and can nobody else look into it? */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_FILES } from '../../store/home.js';
import { isWider } from '../../store/private-file.js';
import { about, type Finding } from './finding.js';

const { ok, note, wrong } = about('home');

export function checkHome(home: string): Finding[] {
  if (!existsSync(home)) {
    return [note(`The data folder ${home} is not there yet; the first start makes it.`)];
  }
  const folder = statSync(home);
  if (!folder.isDirectory()) {
    return [wrong(`${home} is not a folder. Choose another data folder with --home.`)];
  }
  const me = process.getuid?.();
  if (me !== undefined && folder.uid !== me) {
    return [wrong(`The data folder ${home} belongs to another user. Choose your own with --home.`)];
  }
  const open = [
    ...(isWider(home) ? [`chmod 700 '${home}'`] : []),
    ...PRIVATE_FILES.map((name) => join(home, name))
      .filter((path) => existsSync(path) && isWider(path, 0o600))
      .map((path) => `chmod 600 '${path}'`),
  ];
  if (open.length === 0) return [ok(`The data folder ${home} is yours alone.`)];
  return open.map((command) =>
    wrong(`Other users of this machine can look into your data folder. Type: ${command}`),
  );
}
