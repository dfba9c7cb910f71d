/**
 * The engine as the snapshot shows it: how it runs, its devices, and what it says of the person's
 * microphone. What an engine said is forgotten when it ends; the next one speaks for itself.
 */
import type { DeviceInUse } from '@kyberline/shared/devices';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import type { VoiceWarning } from '@kyberline/shared/voice';
import type { EngineToDaemon } from './media/messages.js';
import type { EngineState } from './media/process.js';

type Shown = Pick<StateSnapshot, 'engine' | 'input' | 'output' | 'devices' | 'warnings'>;
type Devices = Pick<
  Extract<EngineToDaemon, { type: 'ready' | 'device-state' }>,
  'input' | 'output' | 'devices'
>;

export class EngineView {
  #state: EngineState = { at: 'starting', restarts: 0 };
  #devices: Devices = { input: CLOSED, output: CLOSED, devices: [] };
  #warnings: VoiceWarning[] = [];

  get shown(): Shown {
    const state = this.#state;
    return {
      engine: {
        state: state.at === 'stopped' ? 'failed' : state.at,
        udpPort: state.at === 'running' ? state.udpPort : 0,
        restarts: state.restarts,
        ...('problem' in state && { problem: state.problem }),
      },
      ...this.#devices,
      warnings: this.#warnings.filter((each) => each !== 'silent-microphone' || this.#isOpen()),
    };
  }

  /** Why there is no engine, where that is known. */
  get problem(): string | undefined {
    return 'problem' in this.#state ? this.#state.problem : undefined;
  }

  enter(state: EngineState): void {
    this.#state = state;
    if (state.at !== 'running') this.#warnings = [];
  }

  use({ input, output, devices }: Devices): void {
    this.#devices = { input, output, devices };
  }

  warn(warnings: VoiceWarning[]): void {
    this.#warnings = warnings;
  }

  /** A microphone that is not there or away is silent too, and that is said of the device. */
  #isOpen(): boolean {
    const { kind, state } = this.#devices.input;
    return kind !== 'silence' && state === 'running';
  }
}

const CLOSED: DeviceInUse = {
  choice: 'default',
  kind: 'silence',
  name: 'none',
  why: 'The sound engine has not started yet.',
  state: 'closed',
};
