/**
 * Sound in memory and as a WAV file (RIFF, PCM 16 bit little-endian).
 *
 *   0 "RIFF" size "WAVE" │ "fmt " 16 … │ other chunks │ "data" bytes samples…
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Mono sound; samples in -1 to 1. */
export interface Sound {
  rateHz: number;
  samples: Float32Array;
}

const FULL_SCALE = 32768;

/** Mono sound from WAV bytes; several channels are averaged. Throws on anything but 16-bit PCM. */
export function decodeWav(bytes: Buffer): Sound {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('Not a WAV file.');
  }
  let channels = 0;
  let rateHz = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (id === 'fmt ') {
      const format = bytes.readUInt16LE(body);
      channels = bytes.readUInt16LE(body + 2);
      rateHz = bytes.readUInt32LE(body + 4);
      const bits = bytes.readUInt16LE(body + 14);
      if ((format !== 1 && format !== 0xfffe) || bits !== 16) {
        throw new Error(`WAV format ${format} with ${bits} bits; only 16-bit PCM is read here.`);
      }
    } else if (id === 'data') {
      // A recorder that was stopped early, or that writes to a pipe, leaves a size past the end.
      const end = Math.min(body + size, bytes.length);
      return { rateHz, samples: fromPcm16(bytes.subarray(body, end), channels) };
    }
    at = body + size + (size % 2);
  }
  throw new Error('A WAV file without a data chunk.');
}

/** 16-bit PCM WAV bytes, mono; samples outside -1 to 1 are clipped. */
export function encodeWav(sound: Sound): Buffer {
  const pcm = toPcm16(sound.samples);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sound.rateHz, 24);
  header.writeUInt32LE(sound.rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}

export function readWav(path: string): Sound {
  return decodeWav(readFileSync(path));
}

export function writeWav(path: string, sound: Sound): void {
  writeFileSync(path, encodeWav(sound));
}

/** Interleaved 16-bit little-endian PCM to mono; a trailing part of a frame is dropped. */
export function fromPcm16(pcm: Buffer, channels = 1): Float32Array {
  const frames = Math.floor(pcm.length / (2 * channels));
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += pcm.readInt16LE((frame * channels + channel) * 2);
    }
    samples[frame] = sum / channels / FULL_SCALE;
  }
  return samples;
}

export function toPcm16(samples: Float32Array): Buffer {
  const pcm = Buffer.alloc(samples.length * 2);
  for (let index = 0; index < samples.length; index += 1) {
    const scaled = Math.round((samples[index] ?? 0) * FULL_SCALE);
    pcm.writeInt16LE(Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, scaled)), index * 2);
  }
  return pcm;
}
