/**
 * What turns sound into the blocks that packets carry and back: 48 kHz mono on this side, bytes on
 * the other. Both ends of a call agree on names in offer and answer; on the wire MODE and payloads of
 * type 0x11 carry a codec's number. Encoders and decoders remember, so each call has its own.
 */
import type { CodecName } from '@kyberline/core/call/body';
import { CODEC_IDS } from '@kyberline/core/call/control';

export type FrameMs = 10 | 20;

export const SAMPLES_PER_MS = 48;

export interface Encoder {
  /** How far behind the sound that goes in the sound is that comes out at the other end, ms. */
  readonly lookaheadMs: number;
  /**
   * Writes one frame of 480 or 960 samples to `out[at ..]`.
   * @returns bytes written, the same for every frame of one length and rate (SPEC 11)
   */
  encode(samples: Int16Array, out: Uint8Array, at: number): number;
  /** Where the codec has a rate, takes effect with the next frame. */
  setBitrate(kbps: number): void;
  free(): void;
}

export interface Decoder {
  /** Reads one block into `samples`; how many samples it was (480 or 960), 0 if it is none. */
  decode(block: Uint8Array, samples: Int16Array): number;
  /** What may have been in the 10 ms that are missing, after what was decoded so far. */
  conceal(samples: Int16Array): void;
  free(): void;
}

/** Blocks of the longest codec: 10 ms of PCM at 48 kHz. */
export const MOST_BLOCK_BYTES = 960;

/** The frame lengths that a codec may have, by preference. */
export const FRAMES_OF: Record<CodecName, readonly [FrameMs, ...FrameMs[]]> = {
  opus: [10, 20],
  pcm48: [10],
  pcm16: [20],
};

const NAMES = new Map<number, CodecName>(
  Object.entries(CODEC_IDS).map(([name, id]) => [id, name as CodecName]),
);

/** The name of a number from the wire; undefined for one that is none. */
export function codecName(id: number): CodecName | undefined {
  return NAMES.get(id);
}
