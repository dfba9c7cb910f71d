/** The identity file's JSON ↔ what it means. Bytes are base64, ids are hex. */
import { fromBase64, fromHex, toBase64, toHex } from '@kyberline/core/crypto/bytes';
import { registryId, userName } from '@kyberline/shared/ids';
import { z } from 'zod';
import type { StoredIdentity } from './identity.js';

const VERSION = 1;

/** Base64 of exactly `length` bytes, or of at least one. */
const bytes = (length?: number) =>
  z.string().transform((text, context) => {
    const value = fromBase64(text);
    if (
      value !== undefined &&
      (length === undefined ? value.length > 0 : value.length === length)
    ) {
      return value;
    }
    context.addIssue({ code: 'custom', message: 'bytes' });
    return z.NEVER;
  });
const machineId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .transform((text) => fromHex(text)!);
const time = z.number().int().min(0);

const identityFile = z.object({
  version: z.literal(VERSION),
  protection: z.literal('none'),
  seeds: z.object({ ed: bytes(32), mldsa: bytes(32) }),
  machineId,
  bundles: z.array(
    z.object({
      registryId,
      name: userName,
      bundle: bytes(),
      x25519Seed: bytes(32),
      kemSeed: bytes(64),
      notBefore: time,
      notAfter: time,
    }),
  ),
});

/** What can be told of a file before it is understood as a whole. */
const heading = z.object({ version: z.number(), protection: z.string() });

/** The identity, or the word for why it cannot be had. */
export function decodeIdentity(text: string): StoredIdentity | 'damaged' | 'newer' | 'protected' {
  const json = parseJson(text);
  const head = heading.safeParse(json);
  if (!head.success) return 'damaged';
  if (head.data.version > VERSION) return 'newer';
  if (head.data.protection !== 'none') return 'protected';
  const file = identityFile.safeParse(json);
  if (!file.success) return 'damaged';
  const { seeds, machineId: id, bundles } = file.data;
  return { seeds, machineId: id, bundles };
}

export function encodeIdentity(identity: StoredIdentity): string {
  const file: z.input<typeof identityFile> = {
    version: VERSION,
    protection: 'none',
    seeds: { ed: toBase64(identity.seeds.ed), mldsa: toBase64(identity.seeds.mldsa) },
    machineId: toHex(identity.machineId),
    bundles: identity.bundles.map((bundle) => ({
      ...bundle,
      bundle: toBase64(bundle.bundle),
      x25519Seed: toBase64(bundle.x25519Seed),
      kemSeed: toBase64(bundle.kemSeed),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
