/**
 * The engine's microphone and loudspeaker: open while a call or a test needs them, closed
 * otherwise, exchanged when another choice is made, and always described as they are.
 */
import type { SoundDevice } from '@kyberline/shared/devices';
import type { InputDevice, OutputDevice } from '../device/device.js';
import type { EngineToDaemon } from './messages.js';

export interface ChosenDevices {
  input: InputDevice;
  output: OutputDevice;
  devices: SoundDevice[];
}

export interface SoundParts {
  /** Never rejects: what cannot be had is replaced by silence, and says why. */
  choose(input: string, output: string): Promise<ChosenDevices>;
  capture(frame: Int16Array): void;
  play(frame: Int16Array): void;
  emit(message: EngineToDaemon): void;
}

export class Sound {
  #chosen: ChosenDevices;
  #running = { input: false, output: false };
  #needed = { input: false, output: false };
  /** Choices are made one after another: the last one made is the one that holds. */
  #work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly parts: SoundParts,
    first: ChosenDevices,
  ) {
    this.#chosen = first;
    this.#listen();
  }

  static async open(parts: SoundParts, input: string, output: string): Promise<Sound> {
    return new Sound(parts, await parts.choose(input, output));
  }

  get state(): Pick<Extract<EngineToDaemon, { type: 'ready' }>, 'input' | 'output' | 'devices'> {
    const { input, output, devices } = this.#chosen;
    return { input: input.inUse, output: output.inUse, devices };
  }

  get missed(): { overruns: number; underruns: number } {
    return { overruns: this.#chosen.input.overruns, underruns: this.#chosen.output.underruns };
  }

  /** Who needs sound now: calls both ends, a microphone test the one. */
  need(needed: { input: boolean; output: boolean }): void {
    if (needed.input === this.#needed.input && needed.output === this.#needed.output) return;
    this.#needed = needed;
    this.#then(() => this.#settle());
  }

  use(input: string, output: string): void {
    this.#then(async () => {
      await this.#stopAll();
      this.#chosen = await this.parts.choose(input, output);
      this.#listen();
      await this.#settle();
      this.#tell();
    });
  }

  async close(): Promise<void> {
    this.#needed = { input: false, output: false };
    this.#then(() => this.#stopAll());
    await this.#work;
  }

  async #settle(): Promise<void> {
    const { input, output } = this.#chosen;
    const needed = this.#needed;
    if (needed.input !== this.#running.input) {
      this.#running.input = needed.input;
      if (needed.input) input.start((frame) => this.parts.capture(frame));
      else await input.stop();
    }
    if (needed.output !== this.#running.output) {
      this.#running.output = needed.output;
      if (needed.output) output.start((frame) => this.parts.play(frame));
      else await output.stop();
    }
  }

  async #stopAll(): Promise<void> {
    this.#running = { input: false, output: false };
    await Promise.all([this.#chosen.input.stop(), this.#chosen.output.stop()]);
  }

  #listen(): void {
    const chosen = this.#chosen;
    const tell = () => {
      if (chosen === this.#chosen) this.#tell();
    };
    chosen.input.onChange(tell);
    chosen.output.onChange(tell);
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
