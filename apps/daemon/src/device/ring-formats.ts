/**
 * Streams of our own binding in whatever format a device takes, and the way from its samples to
 * ours and back.
 */
import type { Stream } from '@kyberline/portaudio';
import { FRAME_MS, SAMPLE_RATE_HZ } from './device.js';
import type { Cards } from './native.js';
import { Resampler } from './resample.js';

export interface Format {
  sampleRate: number;
  channels: number;
}

export interface Opening {
  direction: 'input' | 'output';
  deviceId: number;
  /** Of the device. */
  bufferMs: number;
  /** Of silence, that an output's ring begins with. */
  filledMs: number;
  ringMs: number;
  /** An input wakes with at least so much in the ring, an output with at most. */
  wakeAtMs: number;
  onWake(): void;
}

/**
 * Opens a stream in the first format that the device takes, and starts it.
 * @param done with what opened, or with what was said of the last format
 */
export function openStream(
  cards: Cards,
  { direction, deviceId, bufferMs, filledMs, ringMs, wakeAtMs, onWake }: Opening,
  done: (opened: { stream: Stream; format: Format } | Error) => void,
): void {
  const isInput = direction === 'input';
  const device = cards.device(deviceId);
  if (!device) {
    done(new Error('There is no such device.'));
    return;
  }
  const least = isInput ? device.lowInputLatency : device.lowOutputLatency;
  const tryNext = ([format, ...others]: Format[]) => {
    if (!format) return;
    const perMs = format.sampleRate / 1000;
    cards.open(
      {
        ...{ direction, deviceId, onWake, ...format },
        framesPerBuffer: 0,
        // ALSA does what it is asked for; elsewhere what a device names for itself is the least that holds.
        suggestedLatency: device.isAlsa ? bufferMs / 1000 : Math.max(bufferMs / 1000, least),
        ringFrames: Math.ceil(perMs * ringMs),
        filledFrames: Math.round(perMs * filledMs),
        wakeAt: Math.round(perMs * wakeAtMs),
      },
      (stream) => {
        if (!(stream instanceof Error)) done({ stream, format });
        else if (others.length === 0) done(stream);
        else tryNext(others);
      },
    );
  };
  tryNext(formats(device, isInput));
}

/** In the order in which they are tried: our own rate, then the device's. */
function formats(
  device: { maxInputChannels: number; maxOutputChannels: number; defaultSampleRate: number },
  isInput: boolean,
): Format[] {
  const most = Math.max(1, isInput ? device.maxInputChannels : device.maxOutputChannels);
  const channels = [...new Set([1, Math.min(2, most), most])];
  const rates = [...new Set([SAMPLE_RATE_HZ, Math.round(device.defaultSampleRate)])];
  return rates.flatMap((sampleRate) => channels.map((each) => ({ sampleRate, channels: each })));
}

/** From a device's samples to ours. What comes out is the reader's own and valid until its next call. */
export function reader({ sampleRate, channels }: Format): (samples: Int16Array) => Int16Array {
  const resampler =
    sampleRate === SAMPLE_RATE_HZ ? undefined : new Resampler(sampleRate, SAMPLE_RATE_HZ);
  let mono = new Int16Array(0);
  let out = new Int16Array(0);
  return (samples) => {
    const length = samples.length / channels;
    if (mono.length !== length) mono = new Int16Array(length);
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += samples[i * channels + c]!;
      mono[i] = sum / channels;
    }
    if (!resampler) return mono;
    const needed = resampler.outputSamples(length);
    if (out.length < needed) out = new Int16Array(needed);
    return out.subarray(0, resampler.process(mono, out));
  };
}

/** The inverse of `reader`; where there are more than two loudspeakers, the front ones play. */
export function writer({ sampleRate, channels }: Format): (samples: Int16Array) => Int16Array {
  const resampler =
    sampleRate === SAMPLE_RATE_HZ ? undefined : new Resampler(SAMPLE_RATE_HZ, sampleRate);
  const most = Math.ceil((sampleRate * FRAME_MS) / 1000) + 1;
  const scratch = new Int16Array(most);
  const out = new Int16Array(most * channels);
  return (samples) => {
    const length = resampler ? resampler.process(samples, scratch) : samples.length;
    const from = resampler ? scratch : samples;
    for (let i = 0; i < length; i++) {
      out[i * channels] = from[i]!;
      if (channels > 1) out[i * channels + 1] = from[i]!;
    }
    return out.subarray(0, length * channels);
  };
}
