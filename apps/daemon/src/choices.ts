/**
 * What holds now: the options that this run was started with over the person's settings over the
 * defaults. A choice that the person makes during the run is kept and holds at once, whatever the
 * option said; the next run's options come first again.
 */
import type { Processing } from '@kyberline/shared/voice';
import { type DaemonConfig, registryUrlOf } from './config.js';
import type { Settings, SettingsStore } from './store/settings.js';

export type RunOptions = Pick<
  DaemonConfig,
  'input' | 'output' | 'autoAnswer' | 'registryUrl' | 'codec' | 'processing' | 'panelPort'
>;
export type Chosen = Settings & { registryUrl: string };
/** Of the processing only the switches that are to change. */
export type Change = Partial<Omit<Settings, 'processing'>> & {
  processing?: { [name in keyof Processing]?: boolean | undefined } | undefined;
};

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
    const { input, output, autoAnswer, codec, processing } = this.#run;
    return {
      ...kept,
      input: input ?? kept.input,
      output: output ?? kept.output,
      autoAnswer: autoAnswer ?? kept.autoAnswer,
      codec: codec ?? kept.codec,
      processing: processing ?? kept.processing,
      registryUrl: registryUrlOf(this.#run, kept),
    };
  }

  /** Keys whose value is undefined are not changed. */
  change({ processing, ...change }: Change): Chosen {
    const plain = given(change);
    const switched = given(processing ?? {});
    const kept = { ...this.settings.read().processing, ...switched };
    this.settings.change({ ...plain, ...(processing && { processing: kept }) });
    const overruled = Object.fromEntries(Object.keys(plain).map((name) => [name, undefined]));
    const run = this.#run.processing;
    // One switch that is turned says nothing of this run's four others.
    this.#run = { ...this.#run, ...overruled, processing: run && { ...run, ...switched } };
    return this.read();
  }
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(change: T): Given<T> {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}
