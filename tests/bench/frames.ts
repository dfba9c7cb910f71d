/**
 * A voice frame's way, as the media engine has it: what one core seals and opens a second, and what
 * each stage costs. The customer's frame is 640 bytes (20 ms of PCM16 at 16 kHz); 1024 bytes are there
 * because the replaced system's own benchmark used chunks of that size. The stages are those of a
 * call's usual frame: 10 ms of Opus at 64 kbps with one earlier frame beside it.
 */
import { randomBytes } from 'node:crypto';
import { CODEC_IDS } from '@kyberline/core/call/control';
import { ReplayWindow } from '@kyberline/core/crypto/replay';
import { DelayHistogram } from '@kyberline/core/voice/delay-histogram';
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
import {
  emptyVoicePayload,
  RedundancyHistory,
  readVoicePayload,
  VOICE_HEADER_BYTES,
  writeVoicePayload,
} from '@kyberline/core/voice/redundancy';
import { openPacket, sealPacket } from '@kyberline/core/voice/seal';
import { Stretcher } from '@kyberline/core/voice/stretch';
import { Codecs } from '@kyberline/daemon/codec/codecs';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '@kyberline/daemon/device/device';
import { Resampler } from '@kyberline/daemon/device/resample';
import { DriftResampler } from '@kyberline/daemon/dsp/drift-resampler';
import type { Bench, Row } from './bench.js';
import { costOf, type Effort, IN_FULL } from './timing.js';

const aead = randomBytes(32);
const obf = randomBytes(32);
const callId = randomBytes(16);

const FRAME_MS = 10;
/** 10 ms at 64 kbps. */
const BLOCK_BYTES = 80;
const PAYLOAD_BYTES = VOICE_HEADER_BYTES + 2 * BLOCK_BYTES;
/** A second of different frames. */
const SOUNDS = 100;
/** Frames that are stretched at a time. */
const STRETCHED = 3;

export const frames = {
  name: 'frames',
  title: 'Voice frames through crypto and sound, one core',
  seconds: 15,
  async run(effort: Effort = IN_FULL): Promise<Row[]> {
    return [...wholeFrame(640, effort), ...wholeFrame(1024, effort), ...(await stages(effort))];
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
async function stages(effort: Effort): Promise<Row[]> {
  const codecs = await Codecs.open(1);
  const [encoder, decoder] = [codecs.encoder('opus'), codecs.decoder('opus')];
  const sounds = Array.from({ length: SOUNDS }, (_, n) => spoken(n));
  const blocks = sounds.map((sound) => {
    const block = new Uint8Array(BLOCK_BYTES);
    encoder.encode(sound, block, 0);
    return block;
  });
  const heard = new Int16Array(FRAME_SAMPLES);
  const block = new Uint8Array(BLOCK_BYTES);
  const payload = new Uint8Array(PAYLOAD_BYTES);
  const fields = { timestamp: 0, frameMs: FRAME_MS, codec: CODEC_IDS.opus, redundant: 1 };
  const history = new RedundancyHistory(BLOCK_BYTES);
  const read = emptyVoicePayload();
  const packet = packetOf(PAYLOAD_BYTES);
  const sealed = packetOf(PAYLOAD_BYTES);
  send(sealed);
  const open = new Uint8Array(sealed.bytes.length);
  const window = new ReplayWindow();
  const jitter = new JitterBuffer(BLOCK_BYTES);
  const histogram = new DelayHistogram(FRAME_MS);
  const stretcher = new Stretcher(SAMPLE_RATE_HZ);
  const longer = joined(sounds.slice(0, STRETCHED));
  const stretched = longer.slice();
  const resampler = new DriftResampler(FRAME_SAMPLES);
  const resampled = new Int16Array(resampler.mostSamples);
  const [down, up] = [new Resampler(SAMPLE_RATE_HZ, 16_000), new Resampler(16_000, SAMPLE_RATE_HZ)];
  const narrow = new Int16Array(FRAME_SAMPLES / 3);
  let n = 0;
  const sound = () => sounds[n++ % SOUNDS]!;
  const row = (what: string, once: () => void): Row => {
    const { medianUs, p95Us } = costOf(once, effort);
    return { what: `stage: ${what}`, value: medianUs, p95: p95Us, unit: 'µs' };
  };
  const rows = [
    row('level', () => void meanSquare(sound())),
    row('encode (Opus, 10 ms)', () => void encoder.encode(sound(), block, 0)),
    row('payload with an earlier frame', () => {
      fields.timestamp = (fields.timestamp + FRAME_SAMPLES) % 2 ** 32;
      writeVoicePayload(payload, 0, fields, history.add(fields, blocks[n++ % SOUNDS]!));
    }),
    row('write header', () => writeHeader(packet.bytes, packet.header)),
    row('obfuscate', () => obfuscate(obf, 7, packet.bytes, HEADER_BYTES, PAYLOAD_BYTES)),
    row('seal (AES-256-GCM)', () => void sealPacket(aead, callId, packet.bytes, PAYLOAD_BYTES)),
    row('read header, window', () => {
      n += 1;
      readHeader(sealed.bytes, sealed.read);
      window.check(n);
      window.mark(n);
    }),
    row('open (AES-256-GCM)', () => {
      // Opening is in place: a fresh copy of the datagram each time, as the socket gives one.
      open.set(sealed.bytes);
      openPacket(aead, callId, open);
    }),
    row('deobfuscate', () => deobfuscate(obf, 7, packet.bytes, HEADER_BYTES, PAYLOAD_BYTES)),
    row('read payload', () => void readVoicePayload(payload, read)),
    row('measure the delay', () => {
      n += 1;
      histogram.note(n * FRAME_MS + (n % 7), n * FRAME_MS);
      histogram.targetMs(0.99);
    }),
    row('jitter buffer, in and out', () => {
      n += 1;
      jitter.put(n, 1, CODEC_IDS.opus, block);
      jitter.take();
    }),
    row('decode (Opus, 10 ms)', () => void decoder.decode(blocks[n++ % SOUNDS]!, heard)),
    row('conceal (Opus, 10 ms)', () => decoder.conceal(heard)),
    row('shorten by a pitch period, 30 ms', () => {
      stretched.set(longer);
      stretcher.shorten(stretched, stretched);
    }),
    row('resample for the drift', () => void resampler.process(sound(), 1.0001, resampled)),
    row('48 kHz to 16 kHz and back (PCM16)', () => {
      up.process(narrow.subarray(0, down.process(sound(), narrow)), heard);
    }),
  ];
  encoder.free();
  decoder.free();
  return rows;
}

/** 10 ms of a voice whose pitch wanders: what is always the same is encoded more quickly. */
function spoken(nth: number): Int16Array {
  return Int16Array.from({ length: FRAME_SAMPLES }, (_, i) => {
    const t = (nth * FRAME_SAMPLES + i) / SAMPLE_RATE_HZ;
    const phase = 2 * Math.PI * (140 * t + 6 * Math.sin(9 * t));
    let sum = 0;
    for (let k = 1; k <= 12; k++) sum += Math.sin(k * phase) / k;
    return 6000 * sum;
  });
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.length * FRAME_SAMPLES);
  for (const [n, part] of parts.entries()) all.set(part, n * FRAME_SAMPLES);
  return all;
}
