/**
 * The key schedule of a call that is up, and its rekey (SPEC 8).
 *
 *   root_0 = E(ms, "root", th3)                       eth_0 = th3
 *   key    = E(root_e, "key " + use + " " + direction + " " + stream, u16(e) ‖ eth_e)
 *
 *   caller ── REQ = LV(u16 e+1, x, kem) ───────► callee
 *          ◄── ACK = LV(u16 e+1, x', ct) ───────        eth_{e+1} = H(eth_e ‖ LV(REQ) ‖ LV(ACK))
 *          ── FIN = HMAC(E(root, "rekey fin", eth), eth) ──►  root and eth of e+1
 *   root_{e+1} = E(X(root_e, LV(s, d, eth_{e+1})), "root", eth_{e+1})
 *
 * Who sends what again, and from when on an epoch is used, is call/rekey.ts.
 */
import { concat, equal, lv, type RandomBytes, readLv, readU16, u16 } from './bytes.js';
import { expand, extractSecrets, hmac, sha256 } from './kdf.js';
import { Secret } from './secret.js';
import { ENCAPSULATION_SEED_BYTES, KEM_SEED_BYTES, type Kem } from './suite.js';
import { X25519_BYTES, x25519, x25519Public, x25519ValidPublicKey } from './x25519.js';

export type Direction = 'A>B' | 'B>A';
export type Stream = 'control' | 'audio' | 'video' | 'screen';

/** The handshake's own (SPEC 6). */
export const HANDSHAKE_EPOCH = 0xffff;
/** Would make bytes 4 to 7 of a packet look like STUN's magic cookie (RFC 8489). */
export const STUN_EPOCH = 0x2112;
export const FIN_BYTES = 32;

/** One epoch's root. Owned by whoever asked for it; erase it once the next epoch is in use. */
export interface EpochSecret {
  readonly epoch: number;
  readonly root: Secret;
  /** The epoch's transcript hash; not secret. */
  readonly eth: Uint8Array;
  erase(): void;
}

/** What the caller keeps between REQ and ACK. */
export interface RekeySecrets {
  readonly xSeed: Secret;
  readonly kemSeed: Secret;
  erase(): void;
}

/** `ms` stays the caller's. */
export function epochZero(ms: Secret, th3: Uint8Array): EpochSecret {
  return epochSecret(0, new Secret(expand(ms.bytes, 'root', th3)), th3);
}

/** The epoch after this one, which skips 0x2112; undefined when none is left. */
export function nextEpoch(epoch: number): number | undefined {
  const next = epoch + 1 === STUN_EPOCH ? STUN_EPOCH + 1 : epoch + 1;
  return next < HANDSHAKE_EPOCH ? next : undefined;
}

/** The two keys of one epoch, direction and stream: one key, one use. */
export function trafficKeys(
  { epoch, root, eth }: EpochSecret,
  direction: Direction,
  stream: Stream,
): { aead: Secret; obf: Secret } {
  const key = (use: 'aead' | 'obf') =>
    new Secret(expand(root.bytes, `key ${use} ${direction} ${stream}`, concat(u16(epoch), eth)));
  return { aead: key('aead'), obf: key('obf') };
}

/** The caller's REQ for the epoch after `epoch`; `kem` is that of the call's suite. */
export async function rekeyRequest(
  epoch: number,
  kem: Kem,
  random: RandomBytes,
): Promise<{ req: Uint8Array; secrets: RekeySecrets }> {
  const next = nextEpoch(epoch);
  if (next === undefined) throw new RangeError('no epoch is left: the call must end');
  const xSeed = new Secret(random(X25519_BYTES));
  const kemSeed = new Secret(random(KEM_SEED_BYTES));
  const { publicKey } = await kem.keyPair(kemSeed.bytes);
  const req = lv(u16(next), x25519Public(xSeed.bytes), publicKey);
  const erase = () => {
    xSeed.erase();
    kemSeed.erase();
  };
  return { req, secrets: { xSeed, kemSeed, erase } };
}

/** The epoch that a REQ or an ACK is about; undefined if it is neither. */
export function readRekeyEpoch(message: Uint8Array): number | undefined {
  const parts = readLv(message, 3);
  const epoch = parts === undefined ? undefined : readU16(parts[0]);
  return epoch === STUN_EPOCH || epoch === HANDSHAKE_EPOCH ? undefined : epoch;
}

/**
 * The callee's ACK and its next epoch. undefined for a REQ that is not for the epoch after `prev`
 * or holds keys that cannot be used, or when `prev` was erased meanwhile. `prev` stays as it is: the callee still sends on it.
 */
export async function rekeyAnswer(
  prev: EpochSecret,
  req: Uint8Array,
  kem: Kem,
  random: RandomBytes,
): Promise<{ ack: Uint8Array; next: EpochSecret } | undefined> {
  const parts = readLv(req, 3);
  if (parts === undefined) return undefined;
  const [epochBytes, theirX, theirKem] = parts;
  const epoch = nextEpoch(prev.epoch);
  if (epoch === undefined || readU16(epochBytes) !== epoch) return undefined;
  if (!x25519ValidPublicKey(theirX) || !kem.validPublicKey(theirKem)) return undefined;
  const xSeed = new Secret(random(X25519_BYTES));
  const encapsulationSeed = random(ENCAPSULATION_SEED_BYTES);
  const { ciphertext, secret } = await kem.encapsulate(theirKem, encapsulationSeed);
  encapsulationSeed.fill(0);
  if (prev.root.erased) {
    xSeed.erase();
    secret.erase();
    return undefined;
  }
  const ack = lv(u16(epoch), x25519Public(xSeed.bytes), ciphertext);
  const shared = x25519(xSeed.bytes, theirX);
  xSeed.erase();
  return { ack, next: advance(prev, epoch, req, ack, secret, shared) };
}

/**
 * The caller's next epoch from the ACK; the secrets are erased with it. undefined for an ACK that
 * does not fit the REQ, which leaves them: another may come. A tampered ciphertext gives another
 * root, under which no packet opens and FIN does not match.
 */
export async function rekeyFinish(
  prev: EpochSecret,
  req: Uint8Array,
  secrets: RekeySecrets,
  ack: Uint8Array,
  kem: Kem,
): Promise<EpochSecret | undefined> {
  const parts = readLv(ack, 3);
  const epoch = nextEpoch(prev.epoch);
  if (parts === undefined || epoch === undefined || secrets.xSeed.erased) return undefined;
  const [epochBytes, theirX, ciphertext] = parts;
  if (readU16(epochBytes) !== epoch || readRekeyEpoch(req) !== epoch) return undefined;
  if (ciphertext.length !== kem.ciphertextBytes || !x25519ValidPublicKey(theirX)) return undefined;
  const secret = await kem.decapsulate(ciphertext, secrets.kemSeed.bytes);
  // A second ACK, or the end of the call, may have come while this one waited.
  if (secrets.xSeed.erased || prev.root.erased) {
    secret.erase();
    return undefined;
  }
  const shared = x25519(secrets.xSeed.bytes, theirX);
  secrets.erase();
  return advance(prev, epoch, req, ack, secret, shared);
}

/** FIN, 32 bytes: the caller has the new root. */
export function rekeyFin(next: EpochSecret): Uint8Array {
  const key = expand(next.root.bytes, 'rekey fin', next.eth);
  const fin = hmac(key, next.eth);
  key.fill(0);
  return fin;
}

export function isRekeyFin(next: EpochSecret, fin: Uint8Array): boolean {
  return equal(rekeyFin(next), fin);
}

/** Erases `secret` and `shared`. */
function advance(
  prev: EpochSecret,
  epoch: number,
  req: Uint8Array,
  ack: Uint8Array,
  secret: Secret,
  shared: Secret | undefined,
): EpochSecret {
  if (shared === undefined) throw new Error('an X25519 key of small order got past its reader');
  const eth = sha256(prev.eth, lv(req), lv(ack));
  const chain = extractSecrets(prev.root.bytes, secret.bytes, shared.bytes, eth);
  secret.erase();
  shared.erase();
  const root = new Secret(expand(chain.bytes, 'root', eth));
  chain.erase();
  return epochSecret(epoch, root, eth);
}

function epochSecret(epoch: number, root: Secret, eth: Uint8Array): EpochSecret {
  return { epoch, root, eth, erase: () => root.erase() };
}
