/** A real, built daemon in a data folder of its own, and everything a test does to one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectApi, type DaemonClient } from './api.js';
import { type Child, childrenOf, eventually, openFiles, startChild, stopInOrder } from './child.js';
import { type CommandResult, KYBERLINE, kyberline, plainEnv } from './kyberline.js';
import { freeTcpPort, freeUdpPort } from './ports.js';

const READY_MS = 20_000;
const REGISTERED_MS = 15_000;

export interface DaemonWish {
  /** Registered at once, when given together with a registry. */
  name?: string;
  registryUrl?: string;
  /** DeviceChoice; `silence` unless told. */
  input?: string;
  output?: string;
  autoAnswer?: boolean;
  /** How voice leaves at first; the daemon's own choice, Opus, unless told. */
  codec?: 'opus' | 'pcm48' | 'pcm16';
  /** What is done to the microphone's sound; `off` where what is heard is compared with what was said. */
  processing?: 'off' | 'usual';
  /** `HOST:PORT` that peers are told in the place of its own addresses (a UdpProxy's face). */
  advertise?: string;
  udpPort?: number;
  /** Of the API, for a daemon that is to be found where an earlier one was. */
  port?: number;
  panelPort?: number;
  rekeyEverySeconds?: number;
  ringSeconds?: number;
  /** Of a phone: `pulse.env('alice')`. */
  env?: Record<string, string>;
  /** A folder that an earlier daemon used; it is then not deleted at the end. */
  home?: string;
  /** Any further options of `kyberline daemon`. */
  more?: string[];
}

export interface Daemon {
  name: string | undefined;
  home: string;
  port: number;
  udpPort: number;
  token: string;
  client: DaemonClient;
  pid: number;
  /** The media engine of the user's calls: the child process that has the UDP port. */
  enginePid(): number;
  /** Every process of this daemon, itself first; the echo contact's engine is one of them. */
  pids(): number[];
  output(): string;
  /** `kyberline ARGS` on this daemon's folder. */
  cli(...args: string[]): Promise<CommandResult>;
  /** The JSON that `kyberline ARGS` printed; throws if the command failed. */
  cliJson(...args: string[]): Promise<unknown>;
  isRunning(): boolean;
  kill9(): Promise<void>;
  killEngine9(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/** Starts a daemon and waits until its API answers, and until it is registered where a name is given. */
export async function startDaemon(wish: DaemonWish = {}): Promise<Daemon> {
  const home = wish.home ?? mkdtempSync(join(tmpdir(), `kyberline-${wish.name ?? 'nobody'}-`));
  const port = wish.port ?? (await freeTcpPort());
  const udpPort = wish.udpPort ?? (await freeUdpPort());
  const env = plainEnv(wish.env);
  const child = await startChild(process.execPath, daemonArgs(wish, home, port, udpPort), { env });
  const cleanUp = async () => {
    await stopInOrder(child, 'the daemon');
    if (wish.home === undefined) rmSync(home, { recursive: true, force: true });
  };
  try {
    await eventually('the daemon says that it is ready', READY_MS, () => {
      if (!child.isRunning()) throw new Error(`The daemon ended:\n${child.output()}`);
      return child.output().includes('ready on 127.0.0.1');
    });
    const token = readFileSync(join(home, 'token'), 'utf8').trim();
    const client = await connectApi(port, token);
    if (wish.name !== undefined && wish.registryUrl !== undefined) {
      await client.until(`${wish.name} is registered`, isRegistered, REGISTERED_MS);
    }
    return daemonOf({ child, wish, home, port, udpPort, token, client, env, cleanUp });
  } catch (cause) {
    const output = child.output();
    await cleanUp();
    throw new Error(`A daemon could not be started.\n${output}`, { cause });
  }
}

function isRegistered(state: { me?: { registered: boolean } | undefined }): boolean {
  return state.me?.registered === true;
}

function daemonArgs(wish: DaemonWish, home: string, port: number, udpPort: number): string[] {
  const given = (option: string, value: string | number | undefined) =>
    value === undefined ? [] : [option, String(value)];
  return [
    ...[KYBERLINE, 'daemon', '--home', home, '--port', String(port)],
    ...['--udp-host', '127.0.0.1', '--udp-port', String(udpPort)],
    ...['--input', wish.input ?? 'silence', '--output', wish.output ?? 'silence'],
    // Nobody listens there unless the test says so: never a registry that happens to be running.
    ...['--registry', wish.registryUrl ?? 'http://127.0.0.1:9'],
    ...given('--codec', wish.codec),
    ...given('--processing', wish.processing),
    ...given('--name', wish.name),
    ...given('--advertise', wish.advertise ?? `127.0.0.1:${udpPort}`),
    ...given('--panel-port', wish.panelPort),
    ...given('--rekey-every', wish.rekeyEverySeconds),
    ...given('--ring-seconds', wish.ringSeconds),
    ...(wish.autoAnswer ? ['--auto-answer'] : []),
    ...(wish.more ?? []),
  ];
}

function daemonOf(parts: {
  child: Child;
  wish: DaemonWish;
  home: string;
  port: number;
  udpPort: number;
  token: string;
  client: DaemonClient;
  env: NodeJS.ProcessEnv;
  cleanUp: () => Promise<void>;
}): Daemon {
  const { child, wish, home, port, udpPort, token, client, env, cleanUp } = parts;
  const cli = (...args: string[]) =>
    kyberline([...args, '--home', home, '--port', String(port)], env);
  const enginePid = () => {
    const found = childrenOf(child.pid).filter(({ pid }) => holdsUdpPort(pid, udpPort));
    if (found.length !== 1) throw new Error(`${found.length} processes hold UDP port ${udpPort}.`);
    return found[0]!.pid;
  };
  return {
    name: wish.name,
    home,
    port,
    udpPort,
    token,
    client,
    pid: child.pid,
    enginePid,
    pids: () => [child.pid, ...childrenOf(child.pid).map(({ pid }) => pid)],
    output: () => child.output(),
    cli,
    cliJson: async (...args) => {
      const { code, stdout, output } = await cli(...args, '--json');
      if (code !== 0) throw new Error(`kyberline ${args.join(' ')} failed (${code}):\n${output}`);
      return JSON.parse(stdout);
    },
    isRunning: () => child.isRunning(),
    kill9: async () => {
      await client.close();
      await child.kill9();
    },
    killEngine9: async () => {
      const pid = enginePid();
      process.kill(pid, 'SIGKILL');
      await eventually('the engine is gone', 2000, () =>
        childrenOf(child.pid).every((one) => one.pid !== pid),
      );
    },
    stop: async () => {
      await client.close();
      await cleanUp();
    },
  };
}

/** Whether a process has this UDP port open, by the socket inodes in /proc (Linux). */
function holdsUdpPort(pid: number, port: number): boolean {
  const inodes = new Set(
    ['udp', 'udp6'].flatMap((table) =>
      readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
        .map((fields) => `socket:[${fields[9]}]`),
    ),
  );
  return openFiles(pid).some((target) => inodes.has(target));
}
