/**
 * 16-bit PCM, 16 kHz, mono, 20 ms: 640 bytes a frame, 672 in a packet. Samples are big-endian, as
 * everything on the wire is and as RFC 3551 has L16.
 */
import { CODEC_IDS } from '@kyberline/core/call/control';
import { PAYLOAD_TYPES } from '@kyberline/core/voice/packet';
import type { Codec } from './codec.js';

const FRAME_SAMPLES = 320;

export class Pcm16 implements Codec {
  readonly name = 'pcm16';
  readonly id = CODEC_IDS.pcm16;
  readonly payloadType = PAYLOAD_TYPES.pcm16;
  readonly frameMs = 20;
  readonly sampleRateHz = 16_000;
  readonly frameSamples = FRAME_SAMPLES;
  readonly payloadBytes = 2 * FRAME_SAMPLES;

  encode(frame: Int16Array, out: Uint8Array, at: number): void {
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const sample = frame[i]!;
      out[at + 2 * i] = sample >> 8;
      out[at + 2 * i + 1] = sample;
    }
  }

  decode(payload: Uint8Array, frame: Int16Array): boolean {
    if (payload.length !== this.payloadBytes) return false;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      frame[i] = (payload[2 * i]! << 8) | payload[2 * i + 1]!;
    }
    return true;
  }
}
