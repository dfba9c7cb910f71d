/**
 * The composition root: the only place where the daemon's parts are built and joined.
 *
 *   home (lock, identity, token, database) → parties → engine, calls, registration, echo → API
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CALL_TIMES } from '@kyberline/core/call/call-state';
import { toHex } from '@kyberline/core/crypto/bytes';
import { identityFromSeeds } from '@kyberline/core/crypto/identity';
import { warmUp } from '@kyberline/core/crypto/suite';
import type { UserName } from '@kyberline/shared/ids';
import { NO_PROCESSING } from '@kyberline/shared/voice';
import pino from 'pino';
import { createRouter } from './api/router.js';
import { serveApi } from './api/server.js';
import { Bundles } from './bundles.js';
import { Calls } from './calls/calls.js';
import type { CallLog, Party, Pins } from './calls/parties.js';
import { Choices } from './choices.js';
import type { DaemonConfig } from './config.js';
import { Daemon } from './daemon.js';
import { EchoContact, LOCAL_REGISTRY_ID } from './echo.js';
import { MediaProcess, type MediaProcessOptions } from './media/process.js';
import { localCandidates } from './net/candidates.js';
import { LocalExchange } from './net/local-exchange.js';
import { Registration } from './registration.js';
import { type ContactStore, openContacts } from './store/contacts.js';
import { openDatabase } from './store/database.js';
import { openHistory } from './store/history.js';
import { openHome } from './store/home.js';
import { createIdentity, IDENTITY_FILE, loadIdentity } from './store/identity.js';
import { lockHome } from './store/lock.js';
import { removeRunning, writeRunning } from './store/running.js';
import { openSettings } from './store/settings.js';
import { openToken } from './store/token.js';
import { VERSION } from './version.js';

const ECHO_FILE = 'echo.json';
/** How the person is called towards the echo contact before they have chosen a name. */
const NAMELESS = 'me' as UserName;
/** A stop waits this long for the registry to hear of calls that end by it. */
const TELL_MS = 2_000;
/** The engine opens its socket and looks for devices within this, or is left behind. */
const ENGINE_MS = 5_000;
/** Expired private keys are looked for so often. */
const PRUNE_EVERY_MS = 60_000;
/** It gives back what it hears as it hears it. */
const ECHO_ENGINE: MediaProcessOptions['start'] = {
  udpHost: '127.0.0.1',
  udpPort: 0,
  input: 'echo',
  output: 'echo',
  processing: NO_PROCESSING,
  binding: 'rings',
};
const ENGINE = fileURLToPath(new URL('./media/engine.js', import.meta.url));

export interface RunningDaemon {
  apiPort: number;
  /** Where voice comes in; 0 if the media engine could not start, which the state explains. */
  udpPort: number;
  stop(): Promise<void>;
}

/** @throws Problem when the home is in use or damaged, or the API's port is taken */
export async function startDaemon(config: DaemonConfig): Promise<RunningDaemon> {
  const log = pino(
    { level: config.logLevel, base: null },
    pino.destination({ dest: 2, sync: true }),
  );
  const warn = (sentence: string) => log.warn(sentence);
  const random = (bytes: number) => randomBytes(bytes);
  const wall = () => Date.now();
  const monotonic = () => performance.now();

  const homeWarning = openHome(config.home);
  const lock = lockHome(config.home);
  const database = openDatabase(config.home);
  const { token, warning: tokenWarning } = openToken(config.home, random);
  for (const warning of [homeWarning, tokenWarning]) if (warning) warn(warning);

  const settings = openSettings(database);
  const contacts = openContacts(database);
  const history = openHistory(database);
  history.closeUnfinished(wall());

  const open = (file: string) => {
    const loaded = loadIdentity(config.home, file);
    if (loaded?.warning) warn(loaded.warning);
    const stored = loaded?.identity ?? createIdentity(config.home, random, file);
    const identity = identityFromSeeds(stored.seeds);
    const bundles = new Bundles(config.home, file, stored, identity, random, wall);
    return { identity, bundles, machineId: toHex(stored.machineId) };
  };
  const me = open(IDENTITY_FILE);
  const echoSelf = open(ECHO_FILE);

  const choices = new Choices(config, settings);
  const now = () => choices.read();
  const myName = () => settings.read().name;

  const times = {
    ...CALL_TIMES,
    ringMs: config.ringSeconds * 1000,
    rekey: { ...CALL_TIMES.rekey, everyMs: config.rekeyEveryMs },
  };
  const newEngine = (
    start: MediaProcessOptions['start'],
    listen: Pick<MediaProcessOptions, 'onMessage' | 'onState'>,
  ) => new MediaProcess({ enginePath: ENGINE, env: config.engineEnv, start, ...listen });

  const settled = latch();
  const engine = newEngine(
    {
      udpHost: config.udpHost,
      udpPort: config.udpPort,
      input: now().input,
      output: now().output,
      processing: now().processing,
      binding: config.soundBinding,
    },
    {
      onMessage: (message) => daemon.fromEngine(message),
      onState: (state) => {
        daemon.engineState(state);
        if (state.at === 'running' || state.at === 'failed') settled.resolve();
      },
    },
  );
  const shared = { random, wall, monotonic, times, warn };
  const party: Party = {
    ...shared,
    ...me,
    nameAt: () => myName() ?? NAMELESS,
    suite: () => now().suite,
    codec: () => now().codec,
    pins: pinsOf(contacts),
    log: tellingOf(history, () => daemon.historyChanged()),
    engine: (message) => void engine.send(message),
    candidates: () => localCandidates(engine.udpPort, config.advertise),
  };
  const calls: Calls = new Calls(party, () => daemon.changed());
  const local = new LocalExchange(LOCAL_REGISTRY_ID, wall);
  const toEcho = local.join({
    name: () => party.nameAt(LOCAL_REGISTRY_ID),
    bundle: async () =>
      (await me.bundles.current(LOCAL_REGISTRY_ID, party.nameAt(LOCAL_REGISTRY_ID), party.suite()))
        .bytes,
    onCall: (record) => calls.heard(record, toEcho, false),
  });
  const echo = new EchoContact(
    {
      ...shared,
      identity: echoSelf.identity,
      bundles: echoSelf.bundles,
      suite: party.suite,
      codec: party.codec,
    },
    local,
    (listen) => newEngine(ECHO_ENGINE, listen),
  );
  const registration: Registration = new Registration(
    {
      ...me,
      clocks: { wall, monotonic },
      random,
      name: () => myName() ?? config.name,
      keepName: (name) => void settings.change({ name }),
      suite: party.suite,
      onCall: (record) => calls.heard(record, registration.exchange, now().autoAnswer),
      changed: () => daemon.changed(),
    },
    now().registryUrl,
  );
  const daemon = new Daemon({
    version: VERSION,
    identity: me.identity,
    choices,
    contacts,
    history,
    calls,
    registration,
    echo: toEcho,
    engine,
    warn,
  });

  const { apiPort, panelPort } = config;
  const api = await serveApi({ router: createRouter(daemon), token, port: apiPort, panelPort });
  engine.start();
  registration.start();
  writeRunning(config.home, { apiPort: api.port, pid: process.pid });
  const pruning = setInterval(() => {
    for (const { bundles } of [me, echoSelf]) bundles.prune();
  }, PRUNE_EVERY_MS);
  // First use of a KEM costs tens of milliseconds that no call should pay.
  void warmUp();
  log.info(`API on 127.0.0.1:${api.port}`);
  // Ready means that a call can be placed; an engine that hangs is replaced without anybody waiting.
  await Promise.race([settled.reached, sleep(ENGINE_MS, undefined, { ref: false })]);

  return {
    apiPort: api.port,
    udpPort: engine.udpPort,
    async stop() {
      clearInterval(pruning);
      registration.close();
      const told = Promise.race([calls.stop(), sleep(TELL_MS, undefined, { ref: false })]);
      await Promise.all([told, echo.stop(), engine.stop(), api.close()]);
      removeRunning(config.home);
      database.close();
      lock.release();
    },
  };
}

function latch(): { resolve: () => void; reached: Promise<void> } {
  let resolve = () => {};
  const reached = new Promise<void>((done) => {
    resolve = done;
  });
  return { resolve, reached };
}

/** Pins hold people. The echo contact is this program itself, so its suite may follow ours down. */
function pinsOf(contacts: ContactStore): Pins {
  const local = toHex(LOCAL_REGISTRY_ID);
  return {
    seen: contacts.seen,
    verify: contacts.verify,
    find: (registryId, name) => {
      const contact = contacts.find(registryId, name);
      return contact && registryId === local ? { ...contact, highestSuite: 1 } : contact;
    },
  };
}

/** The history, telling whoever shows it that a row changed. */
function tellingOf(history: CallLog, changed: () => void): CallLog {
  return {
    started: (row) => {
      history.started(row);
      changed();
    },
    identified: (callId, peer) => history.identified(callId, peer),
    connected: (callId, at) => history.connected(callId, at),
    alive: (callId, at) => history.alive(callId, at),
    ended: (row, reason, at) => {
      history.ended(row, reason, at);
      changed();
    },
    forget: (callId) => {
      history.forget(callId);
      changed();
    },
  };
}
