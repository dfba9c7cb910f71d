/**
 * The engine's microphone and loudspeaker: open while a call or a test needs them, closed
 * otherwise, exchanged when another choice is made, and always described as they are. What was
 * chosen and is not there is looked for until it is.
 */
import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
import type { Cancel, Clock } from '../device/clock.js';
import { FRAME_SAMPLES, type InputDevice, type OutputDevice } from '../device/device.js';
import type { EngineToDaemon } from './messages.js';
import { isMissing, Scouting } from './scouting.js';
import { StandIn } from './stand-in.js';

/** How often it is looked again for what is not there: a sound server may start after us. */
const SEARCH_MS = 10_000;
/** What waits longer is cut by who plays it: after a machine's sleep there is nothing to catch up. */
const MOST_AT_ONCE = 100;
const ENDS = ['input', 'output'] as const;

export interface ChosenDevices {
  input: InputDevice;
  output: OutputDevice;
  devices: SoundDevice[];
}

export interface SoundParts {
  /** Never rejects: what cannot be had is replaced by silence, and says why. */
  choose(input: string, output: string): Promise<ChosenDevices>;
  clock: Clock;
  capture(frame: Int16Array): void;
  /** So many frames were never captured, before the next one. */
  missed(frames: number): void;
  play(frame: Int16Array): void;
  /** The loudspeaker runs, for the first time or again. */
  outputOpened(): void;
  /** See scouting.ts. */
  scout(): Promise<SoundDevice[] | undefined>;
  emit(message: EngineToDaemon): void;
}

export class Sound {
  #chosen: ChosenDevices;
  #running = { input: false, output: false };
  #needed = { input: false, output: false };
  /** Choices are made one after another: the last one made is the one that holds. */
  #work: Promise<void> = Promise.resolve();
  readonly #standIn: { input: StandIn; output: StandIn };
  /** Frames that came too late to be wanted. */
  #unwanted = 0;
  /** What the microphone had lost when it last gave something. */
  #overruns = 0;
  #cancelSearch: Cancel = () => undefined;
  readonly #scouting: Scouting;

  private constructor(
    private readonly parts: SoundParts,
    first: ChosenDevices,
  ) {
    this.#chosen = first;
    const { clock, capture, missed, play } = parts;
    const silence = new Int16Array(FRAME_SAMPLES);
    const unheard = new Int16Array(FRAME_SAMPLES);
    this.#standIn = {
      input: new StandIn(clock, () => capture(silence), missed),
      output: new StandIn(
        clock,
        () => play(unheard),
        (turns) => {
          for (let turn = 0; turn < Math.min(turns, MOST_AT_ONCE); turn++) play(unheard);
        },
      ),
    };
    this.#listen();
    this.#search();
    this.#scouting = new Scouting({
      clock,
      scout: () => parts.scout(),
      known: () => this.#chosen.devices,
      ends: () => this.#bothInUse,
      exchange: () => this.#then(() => this.#exchange(() => this.#chooseAgain())),
    });
  }

  static async open(parts: SoundParts, input: string, output: string): Promise<Sound> {
    return new Sound(parts, await parts.choose(input, output));
  }

  get state(): Pick<Extract<EngineToDaemon, { type: 'ready' }>, 'input' | 'output' | 'devices'> {
    const { input, output, devices } = this.#chosen;
    return { input: input.inUse, output: output.inUse, devices };
  }

  get missed(): { overruns: number; underruns: number } {
    const { input, output } = this.#chosen;
    return { overruns: input.overruns + this.#unwanted, underruns: output.underruns };
  }

  /** What the devices add to a sound's way, ms. */
  get latency(): { inputMs: number; outputMs: number } {
    const { input, output } = this.#chosen;
    return { inputMs: input.latencyMs, outputMs: output.latencyMs };
  }

  /** Who needs sound now: calls both ends, a microphone test the one. */
  need(needed: { input: boolean; output: boolean }): void {
    const was = this.#needed;
    if (needed.input === was.input && needed.output === was.output) return;
    this.#needed = needed;
    this.#then(async () => {
      if (ENDS.some((end) => needed[end] && !was[end])) await this.#lookAgain();
      await this.#settle();
    });
  }

  use(input: string, output: string): void {
    this.#then(() => this.#exchange(() => this.parts.choose(input, output)));
  }

  async close(): Promise<void> {
    this.#cancelSearch();
    this.#scouting.close();
    this.#needed = { input: false, output: false };
    this.#then(() => this.#stopAll());
    await this.#work;
  }

  #search(): void {
    this.#cancelSearch = this.parts.clock.after(SEARCH_MS, () => {
      this.#then(() => this.#lookAgain());
      this.#search();
    });
  }

  /**
   * Chooses again where silence is in the place of what was chosen. Looking takes this thread's time
   * and finds nothing new while another stream is open, so nothing is done while anything is heard.
   */
  async #lookAgain(): Promise<void> {
    const before = this.#chosen;
    const isHeard = ENDS.some((end) => this.#running[end] && carriesSound(before[end].inUse));
    const missing = ENDS.filter((end) => isMissing(before[end].inUse));
    if (isHeard || missing.length === 0) return;
    const found = await this.#chooseAgain();
    const isNews =
      missing.some((end) => found[end].inUse.why !== before[end].inUse.why) ||
      JSON.stringify(found.devices) !== JSON.stringify(before.devices);
    if (isNews) await this.#exchange(async () => found);
  }

  #chooseAgain(): Promise<ChosenDevices> {
    const { input, output } = this.#chosen;
    return this.parts.choose(input.inUse.choice, output.inUse.choice);
  }

  get #bothInUse(): Record<'input' | 'output', DeviceInUse> | undefined {
    const { input, output } = this.#chosen;
    const isRunning = this.#running.input && this.#running.output;
    return isRunning ? { input: input.inUse, output: output.inUse } : undefined;
  }

  /** The stand-ins go on meanwhile: on the wire nothing is to be seen of it. */
  async #exchange(choose: () => Promise<ChosenDevices>): Promise<void> {
    await Promise.all([this.#chosen.input.stop(), this.#chosen.output.stop()]);
    this.#chosen = await choose();
    this.#listen();
    if (this.#running.input) this.#startInput();
    if (this.#running.output) this.#startOutput();
    this.#tell();
  }

  async #settle(): Promise<void> {
    const { input, output } = this.#chosen;
    const needed = this.#needed;
    if (needed.input !== this.#running.input) {
      this.#running.input = needed.input;
      if (needed.input) {
        this.#standIn.input.start();
        this.#startInput();
      } else {
        this.#standIn.input.stop();
        await input.stop();
      }
    }
    if (needed.output !== this.#running.output) {
      this.#running.output = needed.output;
      if (needed.output) {
        this.#standIn.output.start();
        this.#startOutput();
      } else {
        this.#standIn.output.stop();
        await output.stop();
      }
    }
  }

  #startInput(): void {
    this.#overruns = this.#chosen.input.overruns;
    this.#chosen.input.start((frame) => this.#captured(frame));
  }

  #startOutput(): void {
    this.#chosen.output.start((frame) => this.#asked(frame));
  }

  #captured(frame: Int16Array): void {
    const { overruns } = this.#chosen.input;
    const standIn = this.#standIn.input;
    const missed = standIn.uncovered(overruns - this.#overruns);
    this.#overruns = overruns;
    if (missed > 0) this.parts.missed(missed);
    if (standIn.take()) this.parts.capture(frame);
    else this.#unwanted++;
  }

  /** A loudspeaker gets what it asks for, also in a rush: its buffer is empty. */
  #asked(frame: Int16Array): void {
    this.#standIn.output.take();
    this.parts.play(frame);
  }

  async #stopAll(): Promise<void> {
    this.#running = { input: false, output: false };
    this.#standIn.input.stop();
    this.#standIn.output.stop();
    await Promise.all([this.#chosen.input.stop(), this.#chosen.output.stop()]);
  }

  #listen(): void {
    const chosen = this.#chosen;
    const tell = () => {
      if (chosen === this.#chosen) this.#tell();
    };
    chosen.input.onChange(tell);
    chosen.output.onChange(() => {
      if (chosen === this.#chosen && chosen.output.inUse.state === 'running') {
        this.parts.outputOpened();
      }
      tell();
    });
  }

  #tell(): void {
    this.parts.emit({ type: 'device-state', ...this.state });
  }

  #then(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((cause: unknown) => {
      const kind = cause instanceof Error ? cause.name : typeof cause;
      this.parts.emit({
        type: 'log',
        level: 'error',
        sentence: `A sound device failed (${kind}).`,
      });
    });
  }
}

function carriesSound({ kind, state }: DeviceInUse): boolean {
  return kind !== 'silence' && state === 'running';
}
