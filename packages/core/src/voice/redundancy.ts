/**
 * The payload of type 0x11 (SPEC 9): the newest encoded frame and, beside it, up to three frames
 * before it, so that one lost packet need not be a lost frame (RFC 2198 in spirit):
 *
 *   0                4            5         6                 7         7+n       7+2n
 *   | timestamp u32  | frame ms u8 | codec u8 | redundant u8 | block 0 | block 1 | ...
 *     48 kHz, of block 0                        r ≤ 3          n bytes each, 1+r of them
 *
 * Every packet of a stream has one size (SPEC 11), so all blocks of a packet are equally long and
 * their length is not written: n = (payload - 7) / (1 + r). Newest first, each one frame earlier
 * than the one before it. An earlier frame that the sender does not have is n zero bytes, and the
 * reader takes an earlier block of zeros alone as absent; block 0 is always there, whatever it
 * holds. A codec whose silence is all zeros loses no more by this than the repair of a silence.
 *
 * As no length is written, a payload cut or grown by a multiple of 1+r bytes looks whole. The tag
 * of the packet (voice/seal.ts) is what rules that out. All integers are big-endian.
 */

export const VOICE_HEADER_BYTES = 7;
/** Earlier frames that one packet can carry. */
export const MOST_REDUNDANT = 3;
const MOST_BLOCKS = 1 + MOST_REDUNDANT;
/** In place of the offset of a block that is not there. */
export const ABSENT = -1;

const TIMESTAMP_OFFSET = 0;
const FRAME_MS_OFFSET = 4;
const CODEC_OFFSET = 5;
const REDUNDANT_OFFSET = 6;

const WORD = 2 ** 32;
const TICKS_PER_MS = 48;

/** What the 7 bytes say. */
export interface VoiceFields {
  /** 48 kHz ticks modulo 2^32, of the newest frame. */
  timestamp: number;
  /** 10 or 20. */
  frameMs: number;
  /** 0..255. */
  codec: number;
  /** Blocks behind the newest, 0..MOST_REDUNDANT, whether or not there is a frame in them. */
  redundant: number;
}

/** A payload that was read. Mutable, so that one object serves a whole stream of packets. */
export interface VoicePayload extends VoiceFields {
  blockBytes: number;
  /** Where block 0 to 3 begins in the payload, newest first, or ABSENT. Always four entries. */
  readonly offsets: number[];
}

export function emptyVoicePayload(): VoicePayload {
  const offsets = new Array<number>(MOST_BLOCKS).fill(ABSENT);
  return { timestamp: 0, frameMs: 20, codec: 0, redundant: 0, blockBytes: 0, offsets };
}

/**
 * Writes a payload at `at` of `out` and returns its length in bytes; RangeError, and nothing is
 * written, on a field out of its range, blocks that do not agree, or want of room.
 * @param blocks newest first, at least 1 + redundant; those beyond are left out. All zeros for
 *   an earlier frame that there is none of, as RedundancyHistory hands them out
 */
export function writeVoicePayload(
  out: Uint8Array,
  at: number,
  fields: VoiceFields,
  blocks: readonly Uint8Array[],
): number {
  const { timestamp, frameMs, codec, redundant } = fields;
  check('timestamp', timestamp, WORD);
  check('codec', codec, 0x100);
  check('number of redundant blocks', redundant, MOST_BLOCKS);
  if (!isFrameMs(frameMs)) throw new RangeError(`a frame of ${frameMs} ms is not for a packet`);
  const blockBytes = blocks[0]?.length ?? 0;
  if (blockBytes === 0) throw new RangeError('a voice payload without a frame');
  for (let age = 1; age <= redundant; age++) {
    if (blocks[age]?.length !== blockBytes) {
      throw new RangeError(`block ${age} of a voice payload is not of ${blockBytes} bytes`);
    }
  }
  const payloadBytes = VOICE_HEADER_BYTES + (1 + redundant) * blockBytes;
  check('place', at, out.length - payloadBytes + 1);
  out[at + TIMESTAMP_OFFSET] = timestamp >>> 24;
  out[at + TIMESTAMP_OFFSET + 1] = timestamp >>> 16;
  out[at + TIMESTAMP_OFFSET + 2] = timestamp >>> 8;
  out[at + TIMESTAMP_OFFSET + 3] = timestamp;
  out[at + FRAME_MS_OFFSET] = frameMs;
  out[at + CODEC_OFFSET] = codec;
  out[at + REDUNDANT_OFFSET] = redundant;
  for (let age = 0; age <= redundant; age++) {
    out.set(blocks[age]!, at + VOICE_HEADER_BYTES + age * blockBytes);
  }
  return payloadBytes;
}

/**
 * The inverse of `writeVoicePayload`, into `into`; copies no block. `undefined`, and `into` stays
 * as it was, for what is not whole: shorter than header and a byte a block, bytes that the blocks
 * do not share out evenly, a frame of neither 10 nor 20 ms, more than MOST_REDUNDANT blocks.
 */
export function readVoicePayload(
  payload: Uint8Array,
  into: VoicePayload,
): VoicePayload | undefined {
  if (payload.length <= VOICE_HEADER_BYTES) return undefined;
  const frameMs = payload[FRAME_MS_OFFSET]!;
  const redundant = payload[REDUNDANT_OFFSET]!;
  const blockBytes = (payload.length - VOICE_HEADER_BYTES) / (1 + redundant);
  if (!isFrameMs(frameMs) || redundant > MOST_REDUNDANT || !Number.isInteger(blockBytes)) {
    return undefined;
  }
  into.timestamp =
    ((payload[TIMESTAMP_OFFSET]! << 24) |
      (payload[TIMESTAMP_OFFSET + 1]! << 16) |
      (payload[TIMESTAMP_OFFSET + 2]! << 8) |
      payload[TIMESTAMP_OFFSET + 3]!) >>>
    0;
  into.frameMs = frameMs;
  into.codec = payload[CODEC_OFFSET]!;
  into.redundant = redundant;
  into.blockBytes = blockBytes;
  for (let age = 0; age < MOST_BLOCKS; age++) {
    const offset = VOICE_HEADER_BYTES + age * blockBytes;
    const isThere = age === 0 || (age <= redundant && !isZero(payload, offset, blockBytes));
    into.offsets[age] = isThere ? offset : ABSENT;
  }
  return into;
}

/**
 * The sender's last frames: the newest and the MOST_REDUNDANT before it, copied into buffers that
 * are made once. The earlier ones are forgotten, which is to say zeroed, when the codec, the
 * frame's length in ms or its bytes change, and when a frame does not follow the last one without
 * a gap; so the blocks of a packet always agree, and their number and length never tell how much
 * there was to repeat.
 */
export class RedundancyHistory {
  readonly #mostBlockBytes: number;
  readonly #buffers: Uint8Array[];
  /** The front of each buffer, as long as a block of the present mode; newest first. */
  readonly #blocks: Uint8Array[];
  #frameMs = 0;
  #codec = 0;
  #blockBytes = 0;
  #nextTimestamp = 0;

  constructor(mostBlockBytes: number) {
    this.#mostBlockBytes = mostBlockBytes;
    this.#buffers = Array.from({ length: MOST_BLOCKS }, () => new Uint8Array(mostBlockBytes));
    this.#blocks = this.#buffers.map((buffer) => buffer.subarray(0, 0));
  }

  /**
   * Takes the newest frame and returns the blocks of its packet: newest first, always four, all
   * zeros where there is no frame. They and their array are good until the next call. Allocates
   * only when the block's length changes. RangeError for a frame that is empty or too long.
   */
  add(fields: VoiceFields, frame: Uint8Array): readonly Uint8Array[] {
    const { timestamp, frameMs, codec } = fields;
    if (frame.length === 0 || frame.length > this.#mostBlockBytes) {
      throw new RangeError(`a frame of ${frame.length} bytes is not for this history`);
    }
    if (
      frame.length !== this.#blockBytes ||
      frameMs !== this.#frameMs ||
      codec !== this.#codec ||
      timestamp !== this.#nextTimestamp
    ) {
      this.clear();
      if (frame.length !== this.#blockBytes) this.#resize(frame.length);
      this.#frameMs = frameMs;
      this.#codec = codec;
    }
    this.#nextTimestamp = (timestamp + frameMs * TICKS_PER_MS) % WORD;
    const oldest = this.#blocks[MOST_REDUNDANT]!;
    this.#blocks.copyWithin(1, 0, MOST_REDUNDANT);
    this.#blocks[0] = oldest;
    oldest.set(frame);
    return this.#blocks;
  }

  /** Forgets all frames and leaves nothing of them in memory. */
  clear(): void {
    for (const buffer of this.#buffers) buffer.fill(0);
  }

  #resize(blockBytes: number): void {
    this.#blockBytes = blockBytes;
    for (let i = 0; i < MOST_BLOCKS; i++) {
      this.#blocks[i] = this.#buffers[i]!.subarray(0, blockBytes);
    }
  }
}

function isFrameMs(frameMs: number): boolean {
  return frameMs === 10 || frameMs === 20;
}

function isZero(bytes: Uint8Array, start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (bytes[i] !== 0) return false;
  return true;
}

function check(field: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`${field} of a voice payload is out of range: ${value}`);
  }
}
