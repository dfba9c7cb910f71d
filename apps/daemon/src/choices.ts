/**
 * What holds now: the options that this run was started with over the person's settings over the
 * defaults. A choice that the person makes during the run is kept and holds at once, whatever the
 * option said; the next run's options come first again.
 */
import { type DaemonConfig, registryUrlOf } from './config.js';
import type { Settings, SettingsStore } from './store/settings.js';

export type RunOptions = Pick<
  DaemonConfig,
  'input' | 'output' | 'autoAnswer' | 'registryUrl' | 'panelPort'
>;
export type Chosen = Settings & { registryUrl: string };

export class Choices {
  #run: RunOptions;

  constructor(
    run: RunOptions,
    private readonly settings: SettingsStore,
  ) {
    this.#run = run;
  }

  read(): Chosen {
    const kept = this.settings.read();
    const { input, output, autoAnswer } = this.#run;
    return {
      ...kept,
      input: input ?? kept.input,
      output: output ?? kept.output,
      autoAnswer: autoAnswer ?? kept.autoAnswer,
      registryUrl: registryUrlOf(this.#run, kept),
    };
  }

  /** Keys whose value is undefined are not changed. */
  change(change: Partial<Settings>): Chosen {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    this.settings.change(Object.fromEntries(given));
    const overruled = Object.fromEntries(given.map(([name]) => [name, undefined]));
    this.#run = { ...this.#run, ...overruled };
    return this.read();
  }
}
