/**
 * The echo contact: a peer inside every daemon, reached over UDP and the whole protocol like any
 * other, with an identity and a media engine of its own. It answers by itself, greets, and gives
 * back what it hears two seconds later (device/echo.ts). It is registered nowhere; offers reach it
 * through the exchange inside this process. Its engine runs only while somebody calls.
 */

import { utf8 } from '@kyberline/core/crypto/bytes';
import { sha256 } from '@kyberline/core/crypto/kdf';
import { ECHO_NAME } from '@kyberline/shared/ids';
import { Calls } from './calls/calls.js';
import type { CallLog, Party, Pins } from './calls/parties.js';
import type { MediaProcess, MediaProcessOptions } from './media/process.js';
import { localCandidates } from './net/candidates.js';
import type { Exchange } from './net/exchange.js';
import type { LocalExchange } from './net/local-exchange.js';

/** 16 bytes that name the exchange inside a daemon, so that its bundles are good nowhere else. */
export const LOCAL_REGISTRY_ID = sha256(utf8('kyberline local exchange')).subarray(0, 16);

/** After the last call the engine stays this long, for a second try. */
const ENGINE_IDLE_MS = 10_000;
const ENGINE_START_MS = 10_000;

/** What the echo contact lacks of a party: it remembers nobody and writes nothing down. */
export type EchoParty = Omit<Party, 'engine' | 'candidates' | 'pins' | 'log' | 'nameAt'>;

export class EchoContact {
  readonly #calls: Calls;
  readonly #exchange: Exchange;
  #engine: MediaProcess | undefined;
  #ready: Promise<void> | undefined;
  #udpPort = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    party: EchoParty,
    local: LocalExchange,
    private readonly newEngine: (
      options: Pick<MediaProcessOptions, 'onMessage' | 'onState'>,
    ) => MediaProcess,
  ) {
    this.#calls = new Calls(
      {
        ...party,
        nameAt: () => ECHO_NAME,
        pins: NO_PINS,
        log: NO_LOG,
        engine: (message) => void this.#engine?.send(message),
        candidates: () =>
          localCandidates(this.#udpPort, [{ address: '127.0.0.1', port: this.#udpPort }]),
      },
      () => this.#restLater(),
    );
    this.#exchange = local.join({
      name: () => ECHO_NAME,
      bundle: async () => {
        const { bundles } = party;
        return (await bundles.current(LOCAL_REGISTRY_ID, ECHO_NAME, party.suite())).bytes;
      },
      onCall: (record) => {
        // Its address is in the answer, so the engine comes first.
        void this.#wake().then(() => this.#calls.heard(record, this.#exchange, true));
      },
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#calls.stop();
    await this.#engine?.stop();
  }

  #wake(): Promise<void> {
    clearTimeout(this.#idle);
    this.#ready ??= new Promise<void>((resolve) => {
      const giveUp = setTimeout(resolve, ENGINE_START_MS);
      this.#engine = this.newEngine({
        onMessage: (message) => this.#calls.fromEngine(message),
        onState: (state) => {
          if (state.at === 'failed') this.#calls.engineFailed();
          if (state.at !== 'running') return;
          this.#udpPort = state.udpPort;
          clearTimeout(giveUp);
          if (state.restarts > 0) this.#calls.engineRestarted();
          resolve();
        },
      });
      this.#engine.start();
    });
    return this.#ready;
  }

  #restLater(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#calls.shown.some((call) => !call.isOver)) return;
      const engine = this.#engine;
      this.#engine = undefined;
      this.#ready = undefined;
      void engine?.stop();
    }, ENGINE_IDLE_MS);
    this.#idle.unref();
  }
}

const NO_PINS: Pins = {
  find: () => undefined,
  seen: () => 'same',
  verify: () => false,
};

const NO_LOG: CallLog = {
  started: () => undefined,
  identified: () => undefined,
  connected: () => undefined,
  alive: () => undefined,
  ended: () => undefined,
  forget: () => undefined,
};
