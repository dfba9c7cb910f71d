/**
 * What the microphone says, from the device to the encoder:
 *
 *   capture ─► echo ─► noise ─► high-pass ─► disguise ─► gain, limiter ─► encoder
 *               ▲         └───────► voice activity ──────────► ▲
 *   loudspeaker ┘ reference
 *
 * The echo canceller comes before everything whose gain moves, since it learns the room with it in.
 * The high-pass comes after the noise suppressor, which takes a fan without its rumble for a voice:
 * the other way about, a fan of -30 dBFS loses 14 dB instead of 22. The gain comes last, so that whatever a disguise does to the level, the limiter has the last word.
 * With everything off not a bit is changed.
 */
import { EchoCanceller } from './echo.js';
import { AutoGain } from './gain.js';
import { HighPass } from './high-pass.js';
import { NoiseSuppressor } from './noise.js';
import { FRAME_SAMPLES, type Stage } from './stage.js';
import { Switched } from './switched.js';
import { VoiceActivity } from './voice-activity.js';

const FULL_SCALE = 32_768;
const SILENCE_POWER = 1e-10;

export interface Switches {
  highPass: boolean;
  echo: boolean;
  noise: boolean;
  gain: boolean;
  /** What makes the voice another one; its owner keeps it and closes it. */
  disguise?: Stage | undefined;
}

export interface ChainOptions {
  /** See EchoCanceller.open. */
  deviceDelayMs?: number;
}

export class SpeechChain {
  readonly #highPass = new HighPass();
  readonly #echo: EchoCanceller;
  readonly #noise: NoiseSuppressor;
  readonly #gain: AutoGain;
  readonly #activity = new VoiceActivity();
  readonly #places = {
    echo: new Switched(),
    noise: new Switched(),
    highPass: new Switched(),
    disguise: new Switched(true),
    gain: new Switched(),
  };
  readonly #inOrder = Object.values(this.#places);
  readonly #frame = new Float32Array(FRAME_SAMPLES);

  /** Everything is loaded here and off until `use`; a chain is for one microphone, until `close`. */
  static async open({ deviceDelayMs = 0 }: ChainOptions = {}): Promise<SpeechChain> {
    const [echo, noise] = await Promise.all([
      EchoCanceller.open(deviceDelayMs),
      NoiseSuppressor.open(),
    ]);
    return new SpeechChain(echo, noise);
  }

  private constructor(echo: EchoCanceller, noise: NoiseSuppressor) {
    this.#echo = echo;
    this.#noise = noise;
    this.#gain = new AutoGain(() => this.isSpeech);
  }

  /** Holds from the next frame on; what is switched on is heard a tenth of a second later. */
  use({ highPass, echo, noise, gain, disguise }: Switches): void {
    this.#places.highPass.use(highPass ? this.#highPass : undefined);
    this.#places.echo.use(echo ? this.#echo : undefined);
    this.#places.noise.use(noise ? this.#noise : undefined);
    this.#places.disguise.use(disguise);
    this.#places.gain.use(gain ? this.#gain : undefined);
  }

  /** The devices state another latency: from `reference` to the loudspeaker, and from the microphone here. */
  align(deviceDelayMs: number): void {
    this.#echo.align(deviceDelayMs);
  }

  /** Each frame that goes to the loudspeaker, also while the echo canceller is off. */
  reference(frame: Int16Array): void {
    this.#echo.reference(frame);
  }

  /** Each frame of the microphone, in place. */
  capture(frame: Int16Array): void {
    const samples = this.#frame;
    for (let i = 0; i < FRAME_SAMPLES; i++) samples[i] = frame[i]! / FULL_SCALE;
    const isIdle = this.#inOrder.every((place) => place.isIdle);
    this.#places.echo.process(samples);
    this.#places.noise.process(samples);
    this.#places.highPass.process(samples);
    const knowsVoice = this.#places.noise.heard !== undefined;
    this.#activity.note(level(samples), knowsVoice ? this.#noise.voiceProbability : undefined);
    if (isIdle) return;
    this.#places.disguise.process(samples);
    this.#places.gain.process(samples);
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const scaled = Math.round(samples[i]! * FULL_SCALE);
      frame[i] = Math.max(-32_768, Math.min(32_767, scaled));
    }
  }

  /** Of what is heard now, all stages together. */
  get delayMs(): number {
    let sum = 0;
    for (const place of this.#inOrder) sum += place.heard?.delayMs ?? 0;
    return sum;
  }

  /** That somebody speaks here: as of the last frame, held for 200 ms. */
  get isSpeech(): boolean {
    return this.#activity.isSpeech;
  }

  close(): void {
    this.#echo.close();
    this.#noise.close();
  }
}

/** dBFS; of silence -100. */
function level(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return 10 * Math.log10(Math.max(SILENCE_POWER, sum / samples.length));
}
