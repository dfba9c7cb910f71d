/**
 * How a person gets from the terminal into the panel. Every user of the machine can read the
 * command that opens a browser (ps, /proc/PID/cmdline), so no pairing code may stand on it:
 *
 *   Linux            the plain address: the panel knows its own user by the connection
 *   macOS, Windows   a file that only the person can read, and that leads to the link
 *   no browser here  nothing is opened, and the link is printed
 */
import { accessSync, constants, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pairingLink, panelUrl } from './person.mjs';

/**
 * @typedef {object} Opening
 * @property {string | undefined} open address for the browser; undefined where none is opened
 * @property {string | undefined} link pairs a browser; to be printed
 */

/**
 * @param {import('./person.mjs').Person} person
 * @param {boolean} opens a browser is to be opened
 * @param {object} [system]
 * @param {boolean} [system.tellsUsers]
 * @param {boolean} [system.root]
 * @returns {Promise<Opening>}
 */
export async function opening(
  person,
  opens,
  { tellsUsers = tellsUsersApart(), root = process.getuid?.() === 0 } = {},
) {
  if (!opens) return { open: undefined, link: await pairingLink(person) };
  // What root opens may be the browser of whoever sits there.
  if (tellsUsers)
    return { open: panelUrl(person), link: root ? await pairingLink(person) : undefined };
  return { open: leadTo(await pairingLink(person), person), link: undefined };
}

/** True where the system tells to whom a connection belongs; the panel reads the same file. */
function tellsUsersApart() {
  try {
    accessSync('/proc/net/tcp', constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} link
 * @param {import('./person.mjs').Person} person
 * @returns {string} address of a file that leads there
 */
function leadTo(link, { home }) {
  const file = join(home, 'open-panel.html');
  // A file that is there keeps its mode, whatever is asked for.
  rmSync(file, { force: true });
  writeFileSync(
    file,
    `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=${link}">
<title>Kyberline</title>
<a href="${link}">Open Kyberline</a>
`,
    { mode: 0o600, flag: 'wx' },
  );
  return pathToFileURL(file).href;
}
