/**
 * What a person ought to be told about their microphone, from nothing but the frames:
 *
 *   speaking-while-muted   speech at the microphone that goes nowhere
 *   silent-microphone      nothing at all for 5 s: the wrong device, or a switch on the headset
 *   clipping               flat tops: the input gain is too high
 *   echo-heard-by-others   what leaves still holds what the loudspeaker plays
 *
 * The last one needs no canceller's word for it: see echo-evidence.ts. It needs 5 s, and pauses of
 * one's own: echo under equally loud speech that never stops is not told from chance.
 */
import { meanSquare, toDbfs } from '@kyberline/core/voice/level';
import { type VoiceWarning, voiceWarning } from '@kyberline/shared/voice';
import { EchoEvidence } from './echo-evidence.js';
import { Latch } from './latch.js';
import { FRAME_MS } from './stage.js';

const WARNINGS = voiceWarning.options;

/** One frame of 10 ms on its way. The arrays stay the caller's. */
export interface Passing {
  /** As the device gave it. */
  captured: Int16Array;
  /** As it leaves for the others, or would, were it not muted. */
  sent: Int16Array;
  /** What the loudspeaker was given meanwhile; undefined is nothing. */
  reference?: Int16Array | undefined;
  isMuted: boolean;
  /** The chain's word for it. */
  isSpeech: boolean;
}

const frames = (ms: number): number => ms / FRAME_MS;

const SILENT_DBFS = -85;
const NOT_SILENT_DBFS = -80;
/** Softer speech while muted is somebody else's in the room. */
const SPEAKING_DBFS = -50;
/** The loudspeaker counts as silent after so long below so much: a room has died away by then. */
const PLAYING_DBFS = -55;
const DYING_FRAMES = frames(700);
/** Samples in a row at the end of the range: a flat top, and no peak that just fits. */
const FLAT_SAMPLES = 3;
const FULL = 32_700;
/** Two people who speak at the same time come to 0.45; an echo alone to 0.85 and more. */
const IS_ECHO = 0.6;
const IS_NO_ECHO = 0.45;

export class CaptureWatch {
  readonly #latches: Readonly<Record<VoiceWarning, Latch>> = {
    'speaking-while-muted': new Latch(frames(800), 0.5, frames(3000)),
    'silent-microphone': new Latch(frames(5000), Number.POSITIVE_INFINITY, frames(300)),
    // Five flat tops, 200 ms for one to be forgotten.
    clipping: new Latch(5, 0.05, frames(4000)),
    'echo-heard-by-others': new Latch(frames(1500), 1, frames(3000)),
  };
  readonly #evidence = new EchoEvidence();
  #sincePlaying: number = DYING_FRAMES;
  #warnings: readonly VoiceWarning[] = [];

  /** In the order of WARNINGS; the same array until something changes. */
  get warnings(): readonly VoiceWarning[] {
    return this.#warnings;
  }

  note(passing: Passing): void {
    this.#noteSpeaking(passing);
    const latches = this.#latches;
    if (passing.isMuted) {
      // Nobody hears it, and what was so before is no news when it ends.
      latches['silent-microphone'].reset();
      latches.clipping.reset();
      latches['echo-heard-by-others'].reset();
    } else {
      latches['silent-microphone'].note(isSilent(passing.captured));
      latches.clipping.note(hasFlatTop(passing.captured));
      latches['echo-heard-by-others'].note(this.#isEcho());
    }
    for (const warning of WARNINGS) {
      if (latches[warning].isOn === this.#warnings.includes(warning)) continue;
      this.#warnings = WARNINGS.filter((each) => latches[each].isOn);
      return;
    }
  }

  #noteSpeaking({ sent, reference, isMuted, isSpeech }: Passing): void {
    this.#evidence.note(sent, reference);
    const isPlaying = reference !== undefined && dbfs(reference) > PLAYING_DBFS;
    this.#sincePlaying = isPlaying ? 0 : this.#sincePlaying + 1;
    const latch = this.#latches['speaking-while-muted'];
    if (!isMuted) latch.reset();
    else latch.note(isSpeech && dbfs(sent) > SPEAKING_DBFS && this.#isOwnVoice());
  }

  /** And not the loudspeaker's, which an open canceller may let through. */
  #isOwnVoice(): boolean {
    return this.#sincePlaying >= DYING_FRAMES || this.#isEcho() === false;
  }

  /** Undefined where it cannot be told. */
  #isEcho(): boolean | undefined {
    const { correlation } = this.#evidence;
    if (correlation === undefined) return undefined;
    if (correlation > IS_ECHO) return true;
    return correlation < IS_NO_ECHO ? false : undefined;
  }
}

function dbfs(frame: Int16Array): number {
  return toDbfs(meanSquare(frame));
}

function isSilent(captured: Int16Array): boolean | undefined {
  const level = dbfs(captured);
  if (level < SILENT_DBFS) return true;
  return level > NOT_SILENT_DBFS ? false : undefined;
}

function hasFlatTop(captured: Int16Array): boolean {
  let run = 0;
  for (let i = 0; i < captured.length; i++) {
    const sample = captured[i]!;
    const isFull = sample >= FULL || sample <= -FULL;
    const goesOn = isFull && i > 0 && sample > 0 === captured[i - 1]! > 0;
    run = isFull ? (goesOn ? run + 1 : 1) : 0;
    if (run >= FLAT_SAMPLES) return true;
  }
  return false;
}
