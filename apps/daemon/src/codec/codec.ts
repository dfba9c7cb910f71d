/**
 * What turns a frame of sound into the payload of a packet and back. Both sides agree on a
 * codec's name in offer and answer; on the wire MODE carries its number.
 */
import { Pcm16 } from './pcm16.js';

export interface Codec {
  /** As offered and negotiated. */
  readonly name: string;
  /** As in MODE (core/call/control.ts, CODEC_IDS). */
  readonly id: number;
  /** Of the packets that carry it (SPEC 9). */
  readonly payloadType: number;
  readonly frameMs: number;
  readonly sampleRateHz: number;
  readonly frameSamples: number;
  /** Every payload has exactly this length (SPEC 11). */
  readonly payloadBytes: number;
  /** Writes one frame's payload to `out[at ..]`. */
  encode(frame: Int16Array, out: Uint8Array, at: number): void;
  /** Reads one payload into `frame`; false, and the frame undefined, if it is not one. */
  decode(payload: Uint8Array, frame: Int16Array): boolean;
}

/** In order of preference. */
export const CODEC_NAMES = ['pcm16'] as const;

/** A codec of its own for each call, since codecs remember; undefined for a name that is none. */
export function openCodec(name: string): Codec | undefined {
  return name === 'pcm16' ? new Pcm16() : undefined;
}
