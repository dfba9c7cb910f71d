/**
 * The two secrets in the data folder. `token` is the daemon's, read afresh each time because
 * the daemon may have made a new one; `panel-secret` is ours and seals the pairing cookies.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PanelError } from './panel-error.js';

const SECRET_BYTES = 32;

/** The daemon's token (hex), or undefined while the daemon has not written one. */
export async function readDaemonToken(home: string): Promise<string | undefined> {
  try {
    const token = (await readFile(join(home, 'token'), 'utf8')).trim();
    return /^[0-9a-f]{32,}$/i.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Compares the header `authorization: Bearer TOKEN` with the daemon's token in constant time. */
export function bearerMatches(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer ([0-9a-f]+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(sha256(given), sha256(token));
}

/**
 * Reads the cookie secret, or makes it at the first start (mode 0600, folder 0700).
 * @throws PanelError `secret-unusable` if the file cannot be read, written or understood.
 */
export async function loadPanelSecret(home: string): Promise<Uint8Array> {
  const path = join(home, 'panel-secret');
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    return decode(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw unusable(path, error);
  }
  const secret = randomBytes(SECRET_BYTES);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    // `link` refuses to replace: of two servers that start at once, one's file stands.
    await link(draft, path);
    return secret;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw unusable(path, error);
    return decode(await readFile(path, 'utf8'), path);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

function decode(text: string, path: string): Uint8Array {
  const secret = Buffer.from(text.trim(), 'hex');
  if (secret.length === SECRET_BYTES) return secret;
  throw unusable(path, undefined);
}

function unusable(path: string, cause: unknown): PanelError {
  if (cause instanceof PanelError) return cause;
  return new PanelError(
    'secret-unusable',
    `The file ${path} cannot be used. Delete it (browsers will have to be paired again) or make the folder writable.`,
    cause,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
