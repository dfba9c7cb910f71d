/**
 * Crypto of a voice frame, as the media engine does it: what one core seals and opens a second, and
 * what each stage costs. The customer's frame is 640 bytes (20 ms of PCM16 at 16 kHz); 1024 bytes are
 * there because the replaced system's own benchmark used chunks of that size.
 */
import { randomBytes } from 'node:crypto';
import { ReplayWindow } from '@kyberline/core/crypto/replay';
import { Concealer } from '@kyberline/core/voice/conceal';
import { JitterBuffer } from '@kyberline/core/voice/jitter';
import { meanSquare } from '@kyberline/core/voice/level';
import { deobfuscate, obfuscate } from '@kyberline/core/voice/obfuscate';
import {
  emptyHeader,
  HEADER_BYTES,
  PAYLOAD_TYPES,
  readHeader,
  STREAM_NUMBERS,
  TAG_BYTES,
  writeHeader,
} from '@kyberline/core/voice/packet';
import { openPacket, sealPacket } from '@kyberline/core/voice/seal';
import { openCodec } from '@kyberline/daemon/codec/codec';
import type { Bench, Row } from './bench.js';
import { costOf, type Effort, IN_FULL } from './timing.js';

const aead = randomBytes(32);
const obf = randomBytes(32);
const callId = randomBytes(16);

export const frames = {
  name: 'frames',
  title: 'Voice frames through the crypto, one core',
  seconds: 15,
  async run(effort: Effort = IN_FULL): Promise<Row[]> {
    return [...wholeFrame(640, effort), ...wholeFrame(1024, effort), ...stages(effort)];
  },
} satisfies Bench;

/** A packet in a buffer of its own, as send.ts and receive.ts hold one. */
function packetOf(payloadBytes: number) {
  const header = emptyHeader();
  header.stream = STREAM_NUMBERS.audio;
  header.type = PAYLOAD_TYPES.pcm16;
  return {
    header,
    read: emptyHeader(),
    bytes: new Uint8Array(HEADER_BYTES + payloadBytes + TAG_BYTES),
    payload: randomBytes(payloadBytes),
    payloadBytes,
  };
}
type Packet = ReturnType<typeof packetOf>;

function send(packet: Packet): void {
  const { header, bytes, payload, payloadBytes } = packet;
  writeHeader(bytes, header);
  bytes.set(payload, HEADER_BYTES);
  obfuscate(obf, header.counter % 2 ** 32, bytes, HEADER_BYTES, payloadBytes);
  sealPacket(aead, callId, bytes, payloadBytes);
}

function receive(packet: Packet, window: ReplayWindow): void {
  const { bytes, read } = packet;
  if (readHeader(bytes, read) === undefined) throw new Error('an unreadable header');
  if (window.check(read.counter) !== 'fresh') throw new Error('a replayed frame');
  const payloadBytes = openPacket(aead, callId, bytes);
  if (payloadBytes === undefined) throw new Error('a frame that does not open');
  window.mark(read.counter);
  deobfuscate(obf, read.counter % 2 ** 32, bytes, HEADER_BYTES, payloadBytes);
}

function wholeFrame(payloadBytes: number, effort: Effort): Row[] {
  const packet = packetOf(payloadBytes);
  const window = new ReplayWindow();
  const cost = costOf(() => {
    packet.header.counter += 1;
    send(packet);
    receive(packet, window);
  }, effort);
  const what = `${payloadBytes}-byte frame: obfuscated, sealed, opened, deobfuscated`;
  return [
    { what, value: 1e6 / cost.medianUs, unit: 'frames/s' },
    {
      what: `${payloadBytes}-byte frame: the same`,
      value: cost.medianUs,
      p95: cost.p95Us,
      unit: 'µs',
    },
  ];
}

/** µs a frame at each stage, in the order of ARCHITECTURE's picture of a frame's path. */
function stages(effort: Effort): Row[] {
  const packet = packetOf(640);
  const codec = openCodec('pcm16')!;
  const samples = Int16Array.from({ length: codec.frameSamples }, (_, n) =>
    Math.round(8000 * Math.sin(n / 7)),
  );
  const heard = new Int16Array(codec.frameSamples);
  const payload = new Uint8Array(codec.payloadBytes);
  const sealed = packetOf(640);
  send(sealed);
  const open = new Uint8Array(sealed.bytes.length);
  const window = new ReplayWindow();
  const jitter = new JitterBuffer(2, 640);
  const concealer = new Concealer(codec.frameSamples);
  let index = 0;
  let counter = 0;
  const row = (what: string, once: () => void): Row => {
    const { medianUs, p95Us } = costOf(once, effort);
    return { what: `stage: ${what}`, value: medianUs, p95: p95Us, unit: 'µs' };
  };
  return [
    row('level', () => void meanSquare(samples)),
    row('encode (pcm16)', () => codec.encode(samples, payload, 0)),
    row('obfuscate', () => obfuscate(obf, 7, packet.bytes, HEADER_BYTES, 640)),
    row('write header', () => writeHeader(packet.bytes, packet.header)),
    row('seal (AES-256-GCM)', () => void sealPacket(aead, callId, packet.bytes, 640)),
    row('read header, window', () => {
      counter += 1;
      readHeader(sealed.bytes, sealed.read);
      window.check(counter);
      window.mark(counter);
    }),
    row('open (AES-256-GCM)', () => {
      // Opening is in place: a fresh copy of the datagram each time, as the socket gives one.
      open.set(sealed.bytes);
      openPacket(aead, callId, open);
    }),
    row('deobfuscate', () => deobfuscate(obf, 7, packet.bytes, HEADER_BYTES, 640)),
    row('jitter buffer, in and out', () => {
      index += 1;
      jitter.put(index, payload);
      jitter.take();
    }),
    row('decode (pcm16)', () => void codec.decode(payload, heard)),
    row('conceal', () => {
      concealer.hear(heard);
      concealer.conceal(heard);
    }),
  ];
}
