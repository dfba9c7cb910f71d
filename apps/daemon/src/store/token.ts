/**
 * The API's token: 32 random bytes as hex in <home>/token, mode 0600. Whoever can read it may do
 * everything that this installation's user may do, and nobody else may do anything.
 */
import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { RandomBytes } from '@kyberline/core/crypto/bytes';
import { Problem } from '../problem.js';
import { readPrivateFile, tightenFile, writePrivateFile } from './private-file.js';

export const TOKEN_FILE = 'token';
const TOKEN_BYTES = 32;
const TOKEN = /^[0-9a-f]{64}$/;

/**
 * The daemon's side: the token of this home. Made where there is none, and made anew where others
 * could read the old one or it is damaged; browsers and programs then show the new one.
 */
export function openToken(home: string, random: RandomBytes): { token: string; warning?: string } {
  const path = join(home, TOKEN_FILE);
  const text = readPrivateFile(path)?.trim();
  const warning = text === undefined ? undefined : tightenFile(path);
  if (text !== undefined && TOKEN.test(text) && warning === undefined) return { token: text };
  const token = Buffer.from(random(TOKEN_BYTES)).toString('hex');
  writePrivateFile(path, `${token}\n`);
  return warning === undefined
    ? { token }
    : { token, warning: `${warning} A new token was made; pair open browsers again.` };
}

/** The command's side. @throws Problem `no-token` where no daemon has run yet */
export function readToken(home: string): string {
  const text = readPrivateFile(join(home, TOKEN_FILE))?.trim();
  if (text !== undefined && TOKEN.test(text)) return text;
  throw new Problem(
    'no-token',
    `There is no token in ${home}, so no daemon has run there. Start one with "kyberline daemon" or "npm start", or name its data folder with --home.`,
  );
}

/** In time that does not depend on where they differ; anything but a string differs. */
export function tokenMatches(shown: unknown, token: string): boolean {
  if (typeof shown !== 'string') return false;
  const a = Buffer.from(shown);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}
