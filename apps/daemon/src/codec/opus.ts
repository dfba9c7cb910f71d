/**
 * Opus (RFC 6716) at 48 kHz mono: hard CBR and no DTX, so that every frame of a rate has one size
 * whatever is said (SPEC 11). From 48 kbps on the low-delay mode (CELT, 2.5 ms of look-ahead); below
 * it SILK and hybrid (6.5 ms), which sound better there and can repeat a frame coarsely in the next one.
 *
 * In the place of a lost frame of CELT libopus' own guess is not used: what comes next builds on it and
 * is spoilt. Ours (core's pitch-repeat.ts) leaves the decoder alone. To tell the encoder of losses costs
 * more of all frames than it saves of those behind lost ones, since most are repaired.
 *
 * What remembers is inside WebAssembly; the library hands out its results in arrays of its own.
 */
import { PitchRepeat } from '@kyberline/core/voice/pitch-repeat';
import {
  Application,
  createDecoder,
  createEncoder,
  type OpusDecoderHandle,
  type OpusEncoderHandle,
  Signal,
} from 'libopus-wasm';
import { type Decoder, type Encoder, SAMPLES_PER_MS } from './codec.js';

/** From here on CELT alone is the better codec, and the quicker one. */
const LOW_DELAY_KBPS = 48;
/** Of 10: more is not heard at these rates and costs twice the time. */
const COMPLEXITY = 5;
/** Of a packet's first byte: set in those of CELT alone (RFC 6716 section 3.1). */
const CELT_ALONE = 0x80;
/** Enough that everything which a voice needs has been run. */
const WARM_UP_FRAMES = 8;
const FRAME_SAMPLES = 10 * SAMPLES_PER_MS;

type Mode = 'low-delay' | 'narrow';

const APPLICATIONS: Record<Mode, Application> = {
  'low-delay': Application.RestrictedLowDelay,
  narrow: Application.Voip,
};

class OpusEncoder implements Encoder {
  #kbps = 64;
  #mode: Mode = 'low-delay';
  #handle: OpusEncoderHandle;

  /** @param open a handle that has encoded nothing yet */
  constructor(private readonly open: (mode: Mode) => OpusEncoderHandle) {
    this.#handle = open(this.#mode);
    this.#handle.setBitrate(this.#kbps * 1000);
  }

  get lookaheadMs(): number {
    return this.#handle.getLookahead() / SAMPLES_PER_MS;
  }

  encode(samples: Int16Array, out: Uint8Array, at: number): number {
    const maxPacketBytes = (this.#kbps * (samples.length / SAMPLES_PER_MS)) / 8;
    const block = this.#handle.encode(samples, { frameSize: samples.length, maxPacketBytes });
    out.set(block, at);
    return block.length;
  }

  setBitrate(kbps: number): void {
    if (kbps === this.#kbps) return;
    this.#kbps = kbps;
    const mode = kbps >= LOW_DELAY_KBPS ? 'low-delay' : 'narrow';
    if (mode !== this.#mode) {
      // A new one, whose first frame needs no other before it: one that slept would bang.
      this.#handle.free();
      this.#handle = this.open(mode);
      this.#mode = mode;
    }
    this.#handle.setBitrate(kbps * 1000);
  }

  free(): void {
    this.#handle.free();
  }
}

class OpusDecoder implements Decoder {
  readonly #repeat = new PitchRepeat();
  #isCeltAlone = false;

  constructor(private readonly handle: OpusDecoderHandle) {}

  decode(block: Uint8Array, samples: Int16Array): number {
    try {
      const decoded = this.handle.decode(block);
      if (decoded.length % FRAME_SAMPLES !== 0 || decoded.length > samples.length) return 0;
      samples.set(decoded);
      this.#isCeltAlone = block[0]! >= CELT_ALONE;
      for (let frame = 0; frame < decoded.length; frame += FRAME_SAMPLES) {
        this.#repeat.hear(samples.subarray(frame, frame + FRAME_SAMPLES));
      }
      return decoded.length;
    } catch {
      return 0; // authentic, but no Opus: the peer's program is broken
    }
  }

  conceal(samples: Int16Array): void {
    if (this.#isCeltAlone) this.#repeat.conceal(samples);
    else samples.set(this.handle.decodePacketLoss(FRAME_SAMPLES));
  }

  free(): void {
    this.handle.free();
  }
}

/** Opening one is not done at once, and a call that begins cannot wait: some are kept ready. */
export class OpusSupply {
  readonly #encoders: Record<Mode, OpusEncoderHandle[]> = { 'low-delay': [], narrow: [] };
  readonly #decoders: OpusDecoderHandle[] = [];
  #work: Promise<void> = Promise.resolve();

  private constructor(private readonly spare: number) {}

  /** @param spare how many can be taken within one turn of the event loop */
  static async open(spare: number): Promise<OpusSupply> {
    const supply = new OpusSupply(spare);
    await supply.#refill();
    await warmUp();
    return supply;
  }

  /** @throws if more than the spare ones were taken within one turn */
  encoder(): Encoder {
    return new OpusEncoder((mode) => this.#one(this.#encoders[mode]));
  }

  /** @throws as `encoder` */
  decoder(): Decoder {
    return new OpusDecoder(this.#one(this.#decoders));
  }

  #one<H>(spare: H[]): H {
    const handle = spare.shift();
    if (!handle) throw new Error('too many Opus codecs at once');
    this.#work = this.#work.then(() => this.#refill());
    return handle;
  }

  async #refill(): Promise<void> {
    for (const mode of ['low-delay', 'narrow'] as const) {
      const encoders = this.#encoders[mode];
      while (encoders.length < this.spare) encoders.push(await openEncoder(APPLICATIONS[mode]));
    }
    while (this.#decoders.length < this.spare) {
      this.#decoders.push(await createDecoder({ channels: 1, sampleRate: 48_000 }));
    }
  }
}

/**
 * WebAssembly is compiled when it is first run, 100 ms in the middle of a call's first words: here it
 * is run before there is a call.
 */
async function warmUp(): Promise<void> {
  const samples = new Int16Array(FRAME_SAMPLES);
  const decoder = await createDecoder({ channels: 1, sampleRate: 48_000 });
  for (const [mode, kbps] of [
    ['low-delay', 64],
    ['narrow', 24],
  ] as const) {
    const encoder = await openEncoder(APPLICATIONS[mode]);
    encoder.setBitrate(kbps * 1000);
    for (let frame = 0; frame < WARM_UP_FRAMES; frame++) {
      for (let i = 0; i < FRAME_SAMPLES; i++) samples[i] = 8_000 * Math.sin((frame + i) ** 1.3);
      decoder.decode(encoder.encode(samples, { frameSize: FRAME_SAMPLES }));
    }
    decoder.decodePacketLoss(FRAME_SAMPLES);
    encoder.free();
  }
  decoder.free();
}

function openEncoder(application: Application): Promise<OpusEncoderHandle> {
  return createEncoder({
    application,
    channels: 1,
    sampleRate: 48_000,
    complexity: COMPLEXITY,
    signal: Signal.Voice,
    vbr: false,
    dtx: false,
  });
}
