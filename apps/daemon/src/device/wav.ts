/**
 * WAV files: 16-bit PCM (and what WAVE_FORMAT_EXTENSIBLE says of it), any rate, any channels, in;
 * 16 kHz mono out. Readers return undefined for anything else.
 */
import { SAMPLE_RATE_HZ } from './device.js';

export const WAV_HEADER_BYTES = 44;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

export interface Wav {
  sampleRateHz: number;
  /** All channels mixed to one. */
  samples: Int16Array;
}

/** Reads a whole file. A data chunk that claims more than is there (a killed writer) is cut. */
export function readWav(file: Uint8Array): Wav | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') return undefined;
  let format: { channels: number; sampleRateHz: number } | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const bytes = view.getUint32(at + 4, true);
    if (tag(view, at) === 'fmt ') format = readFormat(view, at + 8, bytes);
    if (tag(view, at) === 'data') {
      if (!format) return undefined;
      const end = Math.min(file.length, at + 8 + bytes);
      return {
        sampleRateHz: format.sampleRateHz,
        samples: mixDown(view, at + 8, end, format.channels),
      };
    }
    // Chunks are padded to even lengths.
    at += 8 + bytes + (bytes & 1);
  }
  return undefined;
}

/** The 44 bytes in front of `dataBytes` of 16 kHz mono. */
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

function readFormat(view: DataView, at: number, bytes: number) {
  if (bytes < 16 || at + bytes > view.byteLength) return undefined;
  const code = view.getUint16(at, true);
  const actual = code === EXTENSIBLE && bytes >= 26 ? view.getUint16(at + 24, true) : code;
  const channels = view.getUint16(at + 2, true);
  const sampleRateHz = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (actual !== PCM || bits !== 16 || channels === 0) return undefined;
  if (sampleRateHz < 4_000 || sampleRateHz > 192_000) return undefined;
  return { channels, sampleRateHz };
}

function mixDown(view: DataView, start: number, end: number, channels: number): Int16Array {
  const samples = new Int16Array(Math.max(0, Math.floor((end - start) / (2 * channels))));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += view.getInt16(start + 2 * (i * channels + c), true);
    samples[i] = Math.round(sum / channels);
  }
  return samples;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}
