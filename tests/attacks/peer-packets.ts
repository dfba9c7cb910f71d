/** A peer of a call as an engine sees one: traffic keys, and packets made with them by hand (SPEC 9). */
import type { RandomBytes } from '@kyberline/core/crypto/bytes';
import { seededRandom } from '@kyberline/core/crypto/testing/seeded-random';
import { obfuscate } from '@kyberline/core/voice/obfuscate';
import {
  HEADER_BYTES,
  PAYLOAD_TYPES,
  type PacketHeader,
  STREAM_NUMBERS,
  TAG_BYTES,
  writeHeader,
} from '@kyberline/core/voice/packet';
import { sealPacket } from '@kyberline/core/voice/seal';
import type { Address, DaemonToEngine, MediaStream } from '@kyberline/daemon/media/messages';

/** 20 ms of PCM16 at 16 kHz. */
const FRAME_BYTES = 640;
const EPOCH = 0;
/** Nothing here waits for a lease. */
const WHOLE = { from: 0, until: 100_000 };
const STREAMS: readonly MediaStream[] = ['control', 'audio'];

export class Peer {
  readonly callId: Uint8Array;
  readonly #keys: Record<string, { aead: Uint8Array; obf: Uint8Array }> = {};

  /** @param name all of its keys come from this */
  constructor(
    name: string,
    readonly address: Address,
  ) {
    const random = seededRandom(name);
    this.callId = random(16);
    for (const direction of ['A>B', 'B>A']) {
      for (const stream of STREAMS) {
        this.#keys[`${direction} ${stream}`] = { aead: random(32), obf: random(32) };
      }
    }
  }

  /** What a daemon tells its engine when this peer has called it and both have confirmed. */
  connecting(): DaemonToEngine[] {
    const { callId } = this;
    const keys = (direction: string) =>
      Object.fromEntries(
        STREAMS.map((stream) => [stream, { ...this.#keys[`${direction} ${stream}`]!, ...WHOLE }]),
      );
    return [
      {
        type: 'open-call',
        callId,
        role: 'B',
        codecs: ['pcm16'],
        candidates: [this.address],
      },
      {
        type: 'install-epoch',
        callId,
        epoch: EPOCH,
        send: keys('B>A'),
        receive: keys('A>B'),
      },
      { type: 'send-on', callId, epoch: EPOCH },
      { type: 'allow-voice', callId, allowed: true },
    ];
  }

  /** Its voice packet of this counter, genuine in every bit. */
  voice(counter: number): Uint8Array {
    const { aead, obf } = this.#keys['A>B audio']!;
    const packet = new Uint8Array(HEADER_BYTES + FRAME_BYTES + TAG_BYTES);
    writeHeader(packet, voiceHeader(EPOCH, 'A>B', counter));
    obfuscate(obf, counter, packet, HEADER_BYTES, FRAME_BYTES);
    sealPacket(aead, this.callId, packet, FRAME_BYTES);
    return packet;
  }
}

type Direction = PacketHeader['direction'];

/** Noise under the header of a voice packet: what can be made without any key. */
export function forgedVoice(
  epoch: number,
  direction: Direction,
  counter: number,
  random: RandomBytes,
): Uint8Array {
  const packet = random(HEADER_BYTES + FRAME_BYTES + TAG_BYTES);
  writeHeader(packet, voiceHeader(epoch, direction, counter));
  return packet;
}

function voiceHeader(epoch: number, direction: Direction, counter: number): PacketHeader {
  return {
    epoch,
    direction,
    stream: STREAM_NUMBERS.audio,
    type: PAYLOAD_TYPES.pcm16,
    counter,
  };
}

/** One bit of it is another. */
export function flipped(packet: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(packet);
  copy[at]! ^= 1;
  return copy;
}
