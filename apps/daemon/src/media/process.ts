/**
 * The daemon's side of the media engine: a child process that is started, watched, started again
 * when it crashed or hangs, and ended for certain.
 *
 *   starting ── ready ──► running ── exit, or silence for 3 s ──► restarting ──► running …
 *       └── cannot-start (a port is taken…) ──► failed ── every 5 s once more ──► …
 *
 * The engine says levels ten times a second; that is its heartbeat. Its stdout is thrown away
 * (PortAudio's binding writes there), of its stderr the last lines are kept for the log.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { Goodbyes } from './goodbyes.js';
import type { DaemonToEngine, EngineToDaemon } from './messages.js';

export type EngineState =
  | { at: 'starting'; restarts: number }
  | { at: 'running'; restarts: number; udpPort: number }
  | { at: 'restarting'; restarts: number; problem: string }
  | { at: 'failed'; restarts: number; problem: string }
  | { at: 'stopped'; restarts: number };

export interface MediaProcessOptions {
  /** The built engine, dist/media/engine.js. */
  enginePath: string;
  /** The child's environment, to which this file adds what PortAudio needs. */
  env: Readonly<Record<string, string | undefined>>;
  start: Omit<Extract<DaemonToEngine, { type: 'start' }>, 'type'>;
  onMessage(message: EngineToDaemon): void;
  /** `running` with `restarts` above 0: every call must be opened again. */
  onState(state: EngineState): void;
  times?: Partial<ProcessTimes>;
}

export interface ProcessTimes {
  /** Interval of the checks for life. */
  checkMs: number;
  /** Checks in a row without a word from a running engine until it counts as hung. */
  silentChecks: number;
  /** The same for one that is still starting: opening sound devices can take seconds. */
  silentChecksAtStart: number;
  /** Waits before the first, second … start after crashes close together. */
  restartMs: readonly number[];
  /** An engine that ran this long was well: the waits begin anew. */
  wellMs: number;
  /** How long a stop may take before SIGTERM, and again before SIGKILL. */
  stopMs: number;
}

const TIMES: ProcessTimes = {
  checkMs: 500,
  silentChecks: 6,
  silentChecksAtStart: 30,
  restartMs: [0, 100, 250, 500, 1_000, 2_000, 5_000],
  wellMs: 60_000,
  stopMs: 1_500,
};

const ENGINE_ENV = {
  /** PortAudio's binding blocks a libuv thread for each read and write that is under way. */
  UV_THREADPOOL_SIZE: '16',
  /** PortAudio asks for JACK as well; nobody wants one started. */
  JACK_NO_START_SERVER: '1',
};
/** What is young in V8's heap may take 48 MB otherwise, of an engine that keeps nothing for long. */
const ENGINE_FLAGS = ['--max-semi-space-size=2'];
const STDERR_KEPT = 2_000;

export class MediaProcess {
  readonly #options: MediaProcessOptions;
  readonly #times: ProcessTimes;
  #start: Extract<DaemonToEngine, { type: 'start' }>;
  /** What the engine is to do until it is told otherwise, whichever engine it is. */
  readonly #standing = new Map<string, DaemonToEngine>();
  #state: EngineState;
  #child: ChildProcess | undefined;
  #startedAt = 0;
  #crashes = 0;
  #silent = 0;
  #stderr = '';
  readonly #goodbyes = new Goodbyes();
  #cannotStart: string | undefined;
  #udpPort = 0;
  #checks: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: MediaProcessOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#start = { type: 'start', ...options.start };
    this.#state = { at: 'starting', restarts: 0 };
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Where peers reach the engine, or the one that is about to take its place; 0 if nowhere. */
  get udpPort(): number {
    return this.#udpPort;
  }

  /** Of the child that is there now; for tests and logs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.#spawn();
    this.#checks = setInterval(() => this.#check(), this.#times.checkMs);
  }

  /**
   * Says it to the engine; false if there is none that listens now. Devices, processing, meter
   * and ringing are remembered and hold for the next engine too; everything about calls is the
   * caller's to repeat, but a goodbye, which an engine that comes soon says.
   */
  send(message: DaemonToEngine): boolean {
    if (message.type === 'devices') {
      this.#start = { ...this.#start, input: message.input, output: message.output };
    }
    if (message.type === 'processing') {
      this.#start = { ...this.#start, processing: message.processing };
    }
    if (message.type === 'meter' || message.type === 'ring') {
      this.#standing.set(message.type, message);
    }
    const close = message.type === 'close-call' ? message : undefined;
    if (this.#state.at !== 'running') {
      if (close && !this.#stopped) this.#goodbyes.keep(close);
      return false;
    }
    if (!close) return this.#tell(message);
    const { anew: _, ...plain } = close;
    return this.#tell(plain);
  }

  /** Ends the engine, by force if it takes too long. Resolves when the child is gone. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  #spawn(): void {
    this.#startedAt = performance.now();
    this.#silent = 0;
    this.#stderr = '';
    this.#cannotStart = undefined;
    const child = fork(this.#options.enginePath, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...this.#options.env, ...ENGINE_ENV },
      execArgv: ENGINE_FLAGS,
    });
    this.#child = child;
    let gone = false;
    const ended = (why: string) => {
      if (gone) return;
      gone = true;
      this.#ended(why);
    };
    child.on('message', (message) => this.#heard(message as EngineToDaemon));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_KEPT);
    });
    child.on('exit', (code, signal) => ended(signal ?? `code ${code}`));
    child.on('error', (error) => {
      if (child.pid === undefined) ended(error.message);
    });
    this.#tell(this.#start);
  }

  #heard(message: EngineToDaemon): void {
    this.#silent = 0;
    if (message.type === 'ready') {
      // The next engine must be found where this one was.
      this.#start = { ...this.#start, udpPort: message.udpPort };
      this.#udpPort = message.udpPort;
      this.#enter({ at: 'running', restarts: this.#state.restarts, udpPort: message.udpPort });
      for (const order of this.#standing.values()) this.#tell(order);
      this.#goodbyes.say((goodbye) => this.#tell(goodbye));
    }
    if (message.type === 'cannot-start') this.#cannotStart = message.sentence;
    this.#options.onMessage(message);
  }

  #ended(why: string): void {
    this.#child = undefined;
    if (this.#stopped) return;
    if (performance.now() - this.#startedAt > this.#times.wellMs) this.#crashes = 0;
    const waits = this.#times.restartMs;
    const restarts = this.#state.restarts + 1;
    if (this.#cannotStart !== undefined) {
      this.#udpPort = 0;
      this.#enter({ at: 'failed', restarts, problem: this.#cannotStart });
      this.#restart = setTimeout(() => this.#spawn(), waits.at(-1));
      return;
    }
    const wait = waits[Math.min(this.#crashes, waits.length - 1)];
    this.#crashes++;
    const problem = `The sound engine stopped (${why}) and is being started again.`;
    this.#log('error', `${problem} ${this.#stderr}`.trim());
    this.#enter({ at: 'restarting', restarts, problem });
    this.#restart = setTimeout(() => this.#spawn(), wait);
  }

  /** Counts checks, not time: after a machine's sleep the engine has slept just as long. */
  #check(): void {
    if (!this.#child) return;
    const starting = this.#state.at !== 'running';
    this.#silent++;
    if (this.#silent > (starting ? this.#times.silentChecksAtStart : this.#times.silentChecks)) {
      this.#log('error', 'The sound engine does not answer any more and is replaced.');
      this.#silent = 0;
      this.#child.kill('SIGKILL');
    }
  }

  async #end(): Promise<void> {
    clearInterval(this.#checks);
    clearTimeout(this.#restart);
    this.#goodbyes.forget();
    const child = this.#child;
    if (child) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      this.#tell({ type: 'stop' });
      const term = setTimeout(() => child.kill('SIGTERM'), this.#times.stopMs);
      const kill = setTimeout(() => child.kill('SIGKILL'), 2 * this.#times.stopMs);
      await gone;
      clearTimeout(term);
      clearTimeout(kill);
    }
    this.#enter({ at: 'stopped', restarts: this.#state.restarts });
  }

  /** A child that has just died cannot be told anything, which its exit event says soon enough. */
  #tell(message: DaemonToEngine): boolean {
    const child = this.#child;
    if (!child?.connected) return false;
    child.send(message, () => undefined);
    return true;
  }

  #enter(state: EngineState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #log(level: 'warn' | 'error', sentence: string): void {
    this.#options.onMessage({ type: 'log', level, sentence });
  }
}
