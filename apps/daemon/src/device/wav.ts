/**
 * WAV files: 16-bit PCM (and what WAVE_FORMAT_EXTENSIBLE says of it), any rate, any channels, in;
 * 48 kHz mono out. Readers return undefined for anything else.
 */
import { SAMPLE_RATE_HZ } from './device.js';

export const WAV_HEADER_BYTES = 44;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

/** `PCM` and its like take 16 bytes; EXTENSIBLE says what it really is at 24. */
const FORMAT_BYTES = 26;
/** More chunks than this in front of the samples, and a file is not worth reading on. */
const MOST_CHUNKS = 1_000;

/** Where the samples of a file are, and what they are. */
export interface WavLayout {
  sampleRateHz: number;
  channels: number;
  /** Offset of the first sample. */
  at: number;
  /** A whole number of samples of all channels. */
  bytes: number;
}

/** Reads from a file: fewer bytes than wanted only at its end. */
export type ReadAt = (at: number, bytes: number) => Promise<Uint8Array>;

/**
 * Finds the samples by the chunks' headers alone, however long the file is. A data chunk that claims
 * more than is there (a killed writer) is cut.
 */
export async function findSamples(read: ReadAt, fileBytes: number): Promise<WavLayout | undefined> {
  const riff = view(await read(0, 12));
  if (riff.byteLength < 12 || tag(riff, 0) !== 'RIFF' || tag(riff, 8) !== 'WAVE') return undefined;
  let format: ReturnType<typeof readFormat>;
  for (let at = 12, chunks = 0; at + 8 <= fileBytes && chunks < MOST_CHUNKS; chunks++) {
    const header = view(await read(at, 8));
    if (header.byteLength < 8) return undefined;
    const name = tag(header, 0);
    const bytes = header.getUint32(4, true);
    if (name === 'fmt ')
      format = readFormat(view(await read(at + 8, Math.min(bytes, FORMAT_BYTES))));
    if (name === 'data') {
      if (!format) return undefined;
      const there = Math.min(fileBytes - (at + 8), bytes);
      return { ...format, at: at + 8, bytes: there - (there % (2 * format.channels)) };
    }
    // Chunks are padded to even lengths.
    at += 8 + bytes + (bytes & 1);
  }
  return undefined;
}

/** All channels mixed to one. */
export function mixDown(bytes: Uint8Array, channels: number): Int16Array {
  const from = view(bytes);
  const samples = new Int16Array(Math.floor(bytes.length / (2 * channels)));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += from.getInt16(2 * (i * channels + c), true);
    samples[i] = Math.round(sum / channels);
  }
  return samples;
}

/** The 44 bytes in front of `dataBytes` of 48 kHz mono. */
export function wavHeader(dataBytes: number): Uint8Array {
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(Buffer.from('RIFF'), 0);
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  header.set(Buffer.from('WAVEfmt '), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLE_RATE_HZ, true);
  view.setUint32(28, 2 * SAMPLE_RATE_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  header.set(Buffer.from('data'), 36);
  view.setUint32(40, dataBytes, true);
  return header;
}

function readFormat(chunk: DataView) {
  if (chunk.byteLength < 16) return undefined;
  const code = chunk.getUint16(0, true);
  const isWhole = chunk.byteLength >= FORMAT_BYTES;
  const actual = code === EXTENSIBLE && isWhole ? chunk.getUint16(24, true) : code;
  const channels = chunk.getUint16(2, true);
  const sampleRateHz = chunk.getUint32(4, true);
  const bits = chunk.getUint16(14, true);
  if (actual !== PCM || bits !== 16 || channels === 0) return undefined;
  if (sampleRateHz < 4_000 || sampleRateHz > 192_000) return undefined;
  return { channels, sampleRateHz };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}
