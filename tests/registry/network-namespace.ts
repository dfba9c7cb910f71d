/**
 * Another machine, as far as the network can tell: a network namespace of its own at the other end
 * of a veth pair (iproute2, root).
 *
 *   here: hostAddress ── veth ── namespace: its own address, its own loopback
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

export interface OtherMachine {
  /** Our address as the other machine sees it. */
  hostAddress: string;
  ownAddress: string;
  /** The command that runs a Node script there. */
  command(script: string, ...args: string[]): string[];
  remove(): void;
}

/** Run a Node script there without blocking this process, whose server may have to answer it. */
export function runThere(machine: OtherMachine, script: string, ...args: string[]) {
  return new Promise<string>((resolve, reject) => {
    const [command, ...rest] = machine.command(script, ...args);
    const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(out));
  });
}

/** What came back for one request; a system error's code in the place of a status. */
export interface Seen {
  path: string;
  status: number | string;
  body: string;
}

/** Runs there: asks for each path, prints what came back. `method path` pairs, headers as JSON. */
const ASK = `
  const [base, headers, ...asked] = process.argv.slice(1);
  (async () => {
    const seen = [];
    for (const line of asked) {
      const [method, path] = line.split(' ');
      try {
        const reply = await fetch(base + path, {
          method, headers: JSON.parse(headers), signal: AbortSignal.timeout(4000),
        });
        seen.push({ path: line, status: reply.status, body: await reply.text() });
      } catch (error) {
        seen.push({ path: line, status: error.cause?.code ?? error.name, body: '' });
      }
    }
    console.log(JSON.stringify(seen));
  })();
`;

/** Ask `base` from there, one `METHOD /path` after the other. */
export async function askFrom(
  machine: OtherMachine,
  base: string,
  asked: string[],
  headers: Record<string, string> = {},
): Promise<Seen[]> {
  return JSON.parse(await runThere(machine, ASK, base, JSON.stringify(headers), ...asked));
}

/** Why there can be no namespace here, as a sentence, or undefined. */
export function namespaceProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: a network namespace needs it (sudo npm test)';
  const machine = tryNamespace();
  if (typeof machine === 'string') return machine;
  machine.remove();
  return undefined;
}

/** @throws where there can be none: ask `namespaceProblem` first. */
export function openNamespace(): OtherMachine {
  const machine = tryNamespace();
  if (typeof machine === 'string') throw new Error(machine);
  return machine;
}

function tryNamespace(): OtherMachine | string {
  const tag = `kyb${process.pid}x${randomInt(1000)}`;
  const [ours, theirs] = [`v${tag}`.slice(0, 14), `w${tag}`.slice(0, 14)];
  const subnet = `10.${randomInt(64, 255)}.${randomInt(1, 255)}`;
  const [hostAddress, ownAddress] = [`${subnet}.1`, `${subnet}.2`];
  const inside = ['-n', tag];
  const steps = [
    ['netns', 'add', tag],
    ['link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', tag],
    ['addr', 'add', `${hostAddress}/24`, 'dev', ours],
    ['link', 'set', ours, 'up'],
    [...inside, 'addr', 'add', `${ownAddress}/24`, 'dev', theirs],
    [...inside, 'link', 'set', theirs, 'up'],
    [...inside, 'link', 'set', 'lo', 'up'],
    [...inside, 'route', 'add', 'default', 'via', hostAddress],
  ];
  const remove = () => {
    // Its end of the pair goes with the namespace, and ours with it.
    ip('netns', 'del', tag);
    ip('link', 'del', ours);
  };
  for (const step of steps) {
    const problem = ip(...step);
    if (problem === undefined) continue;
    remove();
    return `ip ${step.join(' ')}: ${problem}`;
  }
  return {
    hostAddress,
    ownAddress,
    command: (script, ...args) => [
      'ip',
      'netns',
      'exec',
      tag,
      process.execPath,
      '-e',
      script,
      ...args,
    ],
    remove,
  };
}

/** What went wrong, if anything did. */
function ip(...args: string[]): string | undefined {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8', timeout: 10_000 });
  if (error) return `iproute2 is missing (${error.message})`;
  return status === 0 ? undefined : stderr.trim();
}
