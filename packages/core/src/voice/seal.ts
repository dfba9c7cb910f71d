/**
 * Sealing a whole packet where it stands, in a buffer that the caller owns (SPEC 9):
 *
 *   0         16                16+n     32+n
 *   | header  | payload (n)      | room   |      before `sealPacket`, after `openPacket`
 *   | header  | sealed           | tag    |      after `sealPacket`, before `openPacket`
 *
 * AES-256-GCM; the nonce is bytes 4..15 of the header: one key belongs to one (epoch, direction,
 * stream), whose counter never repeats, so no nonce does. AAD = bytes 0..15 ‖ callId.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { HEADER_BYTES, NONCE_BYTES, NONCE_OFFSET, TAG_BYTES } from './packet.js';

const ALGORITHM = 'aes-256-gcm';
/** Node accepts 4-byte tags unless the length is pinned. */
const TAG_LENGTH = { authTagLength: TAG_BYTES };

/**
 * Seals `packet[16 .. 16+payloadBytes]` in place and puts the tag behind it.
 * @param key 32 bytes, of the epoch, direction and stream that the header names
 * @param packet the header is written, and 16 bytes are free behind the payload
 * @returns the length of the finished packet
 */
export function sealPacket(
  key: Uint8Array,
  callId: Uint8Array,
  packet: Uint8Array,
  payloadBytes: number,
): number {
  const end = HEADER_BYTES + payloadBytes;
  if (end + TAG_BYTES > packet.length) throw new RangeError('no room for the tag of a packet');
  const cipher = createCipheriv(ALGORITHM, key, nonceOf(packet), TAG_LENGTH);
  cipher.setAAD(packet.subarray(0, HEADER_BYTES));
  cipher.setAAD(callId);
  packet.set(cipher.update(packet.subarray(HEADER_BYTES, end)), HEADER_BYTES);
  cipher.final();
  packet.set(cipher.getAuthTag(), end);
  return end + TAG_BYTES;
}

/**
 * The inverse of `sealPacket`: the payload stands at `packet[16 .. 16+n]` and n is returned;
 * `undefined`, and the packet unchanged, if it was not sealed with exactly this key, header and
 * call.
 * @param packet exactly the datagram, not a longer buffer
 */
export function openPacket(
  key: Uint8Array,
  callId: Uint8Array,
  packet: Uint8Array,
): number | undefined {
  const payloadBytes = packet.length - HEADER_BYTES - TAG_BYTES;
  if (payloadBytes < 0) return undefined;
  const end = HEADER_BYTES + payloadBytes;
  const decipher = createDecipheriv(ALGORITHM, key, nonceOf(packet), TAG_LENGTH);
  decipher.setAAD(packet.subarray(0, HEADER_BYTES));
  decipher.setAAD(callId);
  decipher.setAuthTag(packet.subarray(end));
  const payload = decipher.update(packet.subarray(HEADER_BYTES, end));
  try {
    decipher.final();
  } catch {
    payload.fill(0);
    return undefined;
  }
  packet.set(payload, HEADER_BYTES);
  payload.fill(0);
  return payloadBytes;
}

function nonceOf(packet: Uint8Array): Uint8Array {
  return packet.subarray(NONCE_OFFSET, NONCE_OFFSET + NONCE_BYTES);
}
