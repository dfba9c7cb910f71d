/**
 * The sound of the echo contact: it greets whoever calls, then says back what it heard two seconds
 * ago. What it hears during the greeting is not repeated.
 *
 *   output ──► two seconds ──► input          (after the greeting)
 */
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock.js';
import { FRAME_MS, FRAME_SAMPLES, type InputDevice, type OutputDevice } from './device.js';
import { Paced } from './paced.js';
import { readSpeech } from './speech.js';

export const ECHO_DELAY_MS = 2_000;
/** More than a pacer makes up for at once: neither end's turns are lost behind a short block. */
const SLACK_MS = 200;
const DELAY_FRAMES = ECHO_DELAY_MS / FRAME_MS;
const SLACK_FRAMES = SLACK_MS / FRAME_MS;
const SLOTS = 2 * DELAY_FRAMES;
const GREETING = fileURLToPath(new URL('../../assets/echo-greeting.wav', import.meta.url));
const ABOUT = {
  choice: 'echo',
  kind: 'echo',
  name: 'echo',
  why: 'It says back what it hears.',
} as const;

/** What was heard in the last seconds. The output writes a frame a turn, the input reads one. */
class DelayLine {
  readonly #frames = Array.from({ length: SLOTS }, () => new Int16Array(FRAME_SAMPLES));
  #written = 0;
  #read = 0;

  /** The frame to write next; it is heard again two seconds later. */
  next(): Int16Array {
    return this.#frames[this.#written++ % SLOTS]!;
  }

  read(into: Int16Array): void {
    // Both ends turn at one pace; one that skipped turns (the machine slept) catches up here.
    const at = Math.max(this.#read, this.#written - DELAY_FRAMES - SLACK_FRAMES);
    if (this.#written - at < DELAY_FRAMES) into.fill(0);
    else {
      into.set(this.#frames[at % SLOTS]!);
      this.#read = at + 1;
    }
  }

  clear(): void {
    for (const frame of this.#frames) frame.fill(0);
    this.#read = this.#written;
  }
}

/** Both ends of one echo, with the delay between them. */
export async function openEcho(
  clock: Clock,
): Promise<{ input: InputDevice; output: OutputDevice }> {
  const line = new DelayLine();
  return {
    input: new EchoInput(clock, await readSpeech(GREETING), line),
    output: new EchoOutput(clock, line),
  };
}

class EchoInput extends Paced implements InputDevice {
  readonly overruns = 0;
  readonly latencyMs = 0;

  constructor(
    clock: Clock,
    private readonly greeting: Int16Array,
    private readonly line: DelayLine,
  ) {
    super(clock, ABOUT);
  }

  start(onFrame: (frame: Int16Array) => void): void {
    const { frame, greeting, line } = this;
    let at = 0;
    this.run(() => {
      if (at < greeting.length) {
        for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = greeting[at + i] ?? 0;
        at += FRAME_SAMPLES;
        if (at >= greeting.length) line.clear();
      } else line.read(frame);
      onFrame(frame);
    });
  }
}

class EchoOutput extends Paced implements OutputDevice {
  readonly underruns = 0;
  readonly latencyMs = 0;

  constructor(
    clock: Clock,
    private readonly line: DelayLine,
  ) {
    super(clock, ABOUT);
  }

  start(fill: (frame: Int16Array) => void): void {
    this.run(() => fill(this.line.next()));
  }
}
