/**
 * Echo cancellation: takes out of the microphone what the loudspeaker plays, by WebRTC's AEC3
 * compiled to WebAssembly. It finds the delay itself, follows it, subtracts what an adaptive filter
 * says the room makes of the loudspeaker's sound, and suppresses what is left.
 *
 * It fails where the echo comes more than 500 ms after `reference` was given its frame:
 * there its delay search ends, and the echo goes through untouched. A known latency of the devices
 * is therefore made up for here, but for 200 ms: a search that begins in the middle of its reach has
 * room for a latency that was stated wrong either way.
 */
import WebRtcAec3 from '@ennuicastr/webrtcaec3.js';
import { ReferenceQueue } from './reference-queue.js';
import { FRAME_MS, FRAME_SAMPLES, RATE_HZ, type Stage } from './stage.js';

/** Left of the known latency for the search. */
const LEFT_MS = 200;

type Aec3 = InstanceType<WebRtcAec3.WebRtcAec3['AEC3']>;

export class EchoCanceller implements Stage {
  /**
   * 430 samples, measured: the three bands' filters and blocks of 4 ms that do not divide a frame.
   * It does not depend on the echo's delay.
   */
  readonly delayMs = 430 / (RATE_HZ / 1000);
  readonly #aec: Aec3;
  readonly #queue: ReferenceQueue;
  readonly #render: Float32Array[] = [new Float32Array(FRAME_SAMPLES)];
  readonly #capture: Float32Array[] = [new Float32Array(FRAME_SAMPLES)];
  readonly #out = [new Float32Array(FRAME_SAMPLES)];

  /**
   * @param deviceDelayMs from `reference` to the loudspeaker and from the microphone to `process`, as
   *   the devices state it; 0 where they do not
   */
  static async open(deviceDelayMs = 0): Promise<EchoCanceller> {
    // A module for each: its memory is fixed at 16 MiB and goes with it.
    const module = await loadQuietly();
    return new EchoCanceller(new module.AEC3(RATE_HZ, 1, 1), deviceDelayMs);
  }

  private constructor(aec: Aec3, deviceDelayMs: number) {
    this.#aec = aec;
    this.#queue = new ReferenceQueue((deviceDelayMs - LEFT_MS) / FRAME_MS);
  }

  /** The devices state another latency, as `open` takes it. */
  align(deviceDelayMs: number): void {
    this.#queue.hold((deviceDelayMs - LEFT_MS) / FRAME_MS);
  }

  /** A frame that goes to the loudspeaker, before or after its time, alone or in a burst. */
  reference(frame: Int16Array): void {
    this.#queue.push(frame);
  }

  process(frame: Float32Array): void {
    this.#render[0] = this.#queue.pull();
    this.#capture[0] = frame;
    this.#aec.analyze(this.#render);
    this.#aec.process(this.#out, this.#capture);
    frame.set(this.#out[0]!);
  }

  close(): void {
    this.#aec.free();
  }
}

/**
 * Without the two handlers that the module's loader hangs on the process, which would end it for
 * every unhandled rejection in the engine, whatever the engine itself does about them.
 */
function loadQuietly(): Promise<WebRtcAec3.WebRtcAec3> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.rawListeners(event)));
  const module = WebRtcAec3();
  for (const [index, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[index]!.has(listener)) {
        process.removeListener(event, listener as (...args: unknown[]) => void);
      }
    }
  }
  return module;
}
