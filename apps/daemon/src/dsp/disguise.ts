/**
 * Voice disguise: the microphone's voice with another pitch, other formants and another colour, so
 * that what goes out does not tell who speaks. A stage before the encoder.
 *
 *                  ┌ envelope ──────── moved, coloured ───────┐
 *   48 ─► 16 kHz ──► A(z) ──► residual ──► pulses ──────────► 1/A'(z) ──► 48 kHz
 *                  └ pitch ── brought to another ── distance ┘
 *
 * Pitch, formants and colour are not shifted by something but brought **to** something: what the
 * speaker is like is estimated from the first frame on (disguise-speaker.ts), and the voice is steered
 * to a target that is drawn for the call from a range that is the same for everybody and that wanders
 * (disguise-target.ts). Different speakers so come to lie on top of each other, and the same one is
 * another in the next call. Until a second of voice is known the pitch is held closer to the target
 * and the formants are moved as a neutral speaker's would be: the first words hide less.
 *
 * On our test voices, who has heard the speaker undisguised only can then but guess; who has recordings
 * of other disguised calls and knows whose they are is still better than a guess, since the way of
 * going from sound to sound stays the speaker's.
 *
 * What it does not hide: the words, the language, accent and dialect, rhythm, pauses and tempo, the
 * melody of a sentence, laughing, breathing, and what is heard behind the speaker. Somebody who knows
 * the speaker well may know them by these. Nor has it been held against a forensic system: the tests
 * measure with a simple score of our own (tests/rig/sound/speaker.ts) on synthetic voices.
 *
 * Pure: no clock and no chance but the random bytes handed in, some every few seconds. Nothing else is
 * allocated after the start.
 */
import { addColour, COLOURS, Envelope, ORDER, POINT_HZ, POINTS } from './disguise-envelope.js';
import { EXCITATION_DELAY_SAMPLES, Excitation } from './disguise-excitation.js';
import { PITCH_WINDOW, PitchTracker } from './disguise-pitch.js';
import { Down, RATE_DELAY_SAMPLES, RATIO, Up } from './disguise-rate.js';
import { FORMANTS, Speaker } from './disguise-speaker.js';
import { EMPHASIS, emphasisPower, type Random, Target } from './disguise-target.js';
import { AnalysisLattice, levinson, SynthesisLattice } from './lpc.js';
import type { Stage } from './stage.js';

const RATE_HZ = 16_000;
const FRAME = 160;
/** The predictor's window: it rises longer than it falls, so that its middle is not long ago. */
const WINDOW_RISE = 280;
const WINDOW_FALL = 120;
const HISTORY = Math.max(WINDOW_RISE + WINDOW_FALL, PITCH_WINDOW);
/** Frames that the excitation comes after its residual; predictors wait as long. */
const WAIT_FRAMES = Math.ceil(EXCITATION_DELAY_SAMPLES / FRAME);
const KEPT = WAIT_FRAMES + 2;
/** Samples for which one predictor stands, on the way from one frame's to the next. */
const FADE = 10;

/** How far a formant and a colour are moved at most, and how far a colour's spread is. */
const MOST_STRETCH = Math.log(1.4);
const MOST_COLOUR = 3.5;
const MOST_LIVELY = 1.8;
/** Further from the mean no pitch goes. */
const MOST_MELODY = 0.45;

const WINDOW = Float64Array.from({ length: WINDOW_RISE + WINDOW_FALL }, (_, n) =>
  n < WINDOW_RISE
    ? Math.sin((Math.PI * (n + 0.5)) / (2 * WINDOW_RISE)) ** 2
    : Math.cos((Math.PI * (n - WINDOW_RISE + 0.5)) / (2 * WINDOW_FALL)) ** 2,
);
/** A Gaussian of 50 Hz over the lags (Tohkura), and noise 50 dB down: no predictor on one harmonic. */
const LAGS = Float64Array.from({ length: ORDER + 1 }, (_, lag) =>
  lag === 0 ? 1.00001 : Math.exp(-0.5 * ((2 * Math.PI * 50 * lag) / RATE_HZ) ** 2),
);
/** What the way out does to the power at each point. */
const WAY_OUT = Float64Array.from({ length: POINTS }, (_, i) => 1 / emphasisPower(i * POINT_HZ));

export class Disguise implements Stage {
  readonly delayMs =
    (WINDOW_FALL + WAIT_FRAMES * FRAME) / (RATE_HZ / 1000) +
    (2 * RATE_DELAY_SAMPLES - (RATIO - 1)) / (RATIO * (RATE_HZ / 1000));

  readonly #down = new Down();
  readonly #up = new Up();
  readonly #speaker = new Speaker();
  readonly #target: Target;
  readonly #pitch = new PitchTracker();
  readonly #envelope = new Envelope();
  readonly #excitation: Excitation;
  readonly #analysis = new AnalysisLattice(ORDER);
  readonly #synthesis = new SynthesisLattice(ORDER);

  readonly #block = new Float64Array(FRAME);
  /** The newest at the end: as heard, and with the pre-emphasis. */
  readonly #heard = new Float64Array(HISTORY);
  readonly #pitchWindow = this.#heard.subarray(HISTORY - PITCH_WINDOW);
  readonly #bright = new Float64Array(HISTORY);
  readonly #autocorrelation = new Float64Array(ORDER + 1);
  readonly #windowed = new Float64Array(WINDOW.length);
  readonly #coefficients = new Float64Array(ORDER);
  #spoken = new Float64Array(ORDER);
  #spokenBefore = new Float64Array(ORDER);
  readonly #faded = new Float64Array(ORDER);
  readonly #points = new Float64Array(POINTS);
  readonly #moved = new Float64Array(POINTS);
  readonly #colour = new Float64Array(POINTS);
  /** The moved predictors of the last frames and their gains, by frame modulo KEPT. */
  readonly #shaped = Array.from({ length: KEPT }, () => new Float64Array(ORDER));
  readonly #gains = new Float64Array(KEPT).fill(1);
  #frame = KEPT;
  #period = 0;
  #last = 0;
  #lastOut = 0;

  /** @param random fresh random bytes: from them the call's voice is drawn and wanders */
  constructor(random: Random) {
    this.#target = new Target(random);
    this.#excitation = new Excitation(random(1)[0]!);
  }

  process(frame: Float32Array): void {
    this.#down.process(frame, this.#block);
    this.#remember();
    this.#target.step();
    this.#predict();
    this.#follow();
    this.#toResidual();
    this.#excitation.build(this.#period === 0 ? 0 : this.#spacing(this.#period));
    this.#toSpeech();
    this.#up.process(this.#block, frame);
    this.#frame++;
  }

  #remember(): void {
    this.#heard.copyWithin(0, FRAME);
    this.#bright.copyWithin(0, FRAME);
    for (let i = 0; i < FRAME; i++) {
      const sample = this.#block[i]!;
      this.#heard[HISTORY - FRAME + i] = sample;
      this.#bright[HISTORY - FRAME + i] = sample - EMPHASIS * this.#last;
      this.#last = sample;
    }
  }

  /** The predictor of the newest frame. */
  #predict(): void {
    const from = HISTORY - WINDOW.length;
    for (let n = 0; n < WINDOW.length; n++) {
      this.#windowed[n] = WINDOW[n]! * this.#bright[from + n]!;
    }
    for (let lag = 0; lag <= ORDER; lag++) {
      let sum = 0;
      for (let n = lag; n < WINDOW.length; n++)
        sum += this.#windowed[n]! * this.#windowed[n - lag]!;
      this.#autocorrelation[lag] = sum * LAGS[lag]!;
    }
    // So that the rounding of silence is not taken for a voice.
    this.#autocorrelation[0]! += 1e-7;
    const before = this.#spokenBefore;
    this.#spokenBefore = this.#spoken;
    this.#spoken = before;
    levinson(this.#autocorrelation, this.#spoken, this.#coefficients);
  }

  /** Learns from the newest frame and moves its envelope. */
  #follow(): void {
    const speaker = this.#speaker;
    const mean = speaker.voiced === 0 ? 0 : RATE_HZ / Math.exp(speaker.logPitch);
    this.#period = this.#pitch.track(this.#pitchWindow, mean);
    this.#envelope.read(this.#coefficients);
    const speaks = speaker.speaks(this.#autocorrelation[0]! / WINDOW.length);
    if (speaks && this.#period > 0) {
      speaker.notePitch(RATE_HZ / this.#period);
      speaker.noteFormants(this.#envelope.log);
    }
    this.#aim();
    this.#envelope.warp(this.#points, this.#moved);
    speaker.readColour(this.#moved);
    if (speaks) speaker.noteColour();
    this.#paint();
    const slot = this.#frame % KEPT;
    this.#gains[slot] = this.#envelope.predictor(this.#moved, WAY_OUT, this.#shaped[slot]!);
  }

  /** Where each point of the new envelope is read in the spoken one. */
  #aim(): void {
    const speaker = this.#speaker;
    let fromNew = 0;
    let fromOld = 0;
    let point = 0;
    for (let i = 0; i <= FORMANTS; i++) {
      let toNew = 8000;
      let toOld = 8000;
      if (i < FORMANTS) {
        const own = speaker.logFormants[i]!;
        const away = this.#target.logFormant(i) - own;
        toOld = Math.exp(own);
        toNew = toOld * Math.exp(Math.max(-MOST_STRETCH, Math.min(MOST_STRETCH, away)));
      }
      const slope = (toOld - fromOld) / (toNew - fromNew);
      for (; point < POINTS && point * POINT_HZ <= toNew; point++) {
        this.#points[point] = (fromOld + slope * (point * POINT_HZ - fromNew)) / POINT_HZ;
      }
      fromNew = toNew;
      fromOld = toOld;
    }
  }

  /** Brings the moved envelope's colour, mean and spread, to the target's. */
  #paint(): void {
    const speaker = this.#speaker;
    const sure = speaker.spoken / (speaker.spoken + 30);
    this.#colour.fill(0);
    for (let k = 0; k < COLOURS; k++) {
      const mean = speaker.colour[k]!;
      const spread = this.#target.colourSpread(k) / Math.max(0.05, speaker.colourSpread(k));
      const lively = Math.max(1 / MOST_LIVELY, Math.min(MOST_LIVELY, spread)) - 1;
      const away = lively * (speaker.colourNow[k]! - mean);
      addColour(this.#colour, k, sure * (this.#target.colour(k) - mean + away));
    }
    for (let i = 0; i < POINTS; i++) {
      this.#moved[i]! += Math.max(-MOST_COLOUR, Math.min(MOST_COLOUR, this.#colour[i]!));
    }
  }

  /** Samples between two pulses of the new voice. */
  #spacing(period: number): number {
    const speaker = this.#speaker;
    if (speaker.voiced === 0) return RATE_HZ / Math.exp(this.#target.logPitch);
    // Of a voice that is hardly known the melody may be no melody: it comes in over a second.
    const sure = speaker.voiced / (speaker.voiced + 50);
    const lively = sure * Math.max(0.4, Math.min(1.5, this.#target.spread / speaker.pitchSpread));
    const melody = lively * (Math.log(RATE_HZ / period) - speaker.logPitch);
    const held = Math.max(-MOST_MELODY, Math.min(MOST_MELODY, melody));
    return RATE_HZ / Math.exp(this.#target.logPitch + held);
  }

  /** The samples in the middle of the windows, without their formants. */
  #toResidual(): void {
    const from = HISTORY - WINDOW_FALL - FRAME;
    for (let n = 0; n < FRAME; n++) {
      if (n % FADE === 0) fade(this.#spokenBefore, this.#spoken, n / FRAME, this.#faded);
      this.#excitation.put(this.#analysis.step(this.#bright[from + n]!, this.#faded));
    }
  }

  /** The oldest excitation, with the formants of its time. */
  #toSpeech(): void {
    const before = (this.#frame - WAIT_FRAMES - 1) % KEPT;
    const after = (this.#frame - WAIT_FRAMES) % KEPT;
    const first = this.#gains[before]!;
    const last = this.#gains[after]!;
    for (let n = 0; n < FRAME; n++) {
      const part = n / FRAME;
      if (n % FADE === 0) fade(this.#shaped[before]!, this.#shaped[after]!, part, this.#faded);
      const excitation = (first + part * (last - first)) * this.#excitation.take();
      this.#lastOut = this.#synthesis.step(excitation, this.#faded) + EMPHASIS * this.#lastOut;
      this.#block[n] = this.#lastOut;
    }
  }
}

function fade(from: Float64Array, to: Float64Array, part: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = from[i]! + part * (to[i]! - from[i]!);
}
