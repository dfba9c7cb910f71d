/**
 * Two people in a call over virtual sound cards, each with all that `npm start` runs: what the
 * benchmarks of whole calls begin with.
 *
 *   alice   panel with the registry, daemon, media engines
 *   bob     panel, daemon, media engines                      at alice's registry
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Panel, startPanel } from '../rig/panel.js';
import { freeTcpPort } from '../rig/ports.js';
import { type Pulse, startPulse } from '../rig/pulse.js';

const CONNECT_MS = 20_000;

export interface Machine {
  daemon: Daemon;
  panel: Panel;
}

export interface CallPair {
  pulse: Pulse;
  alice: Machine;
  bob: Machine;
  /** Alice calls, bob's daemon answers by itself; resolves when voice flows. */
  connect(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Two registered people with PortAudio on both sides, not yet in a call.
 * @param processing of the microphone's sound: `off` where what is said is looked for in what is heard
 */
export async function startPair(processing: 'usual' | 'off'): Promise<CallPair> {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const pulse = await startPulse(['alice', 'bob']);
    stops.push(pulse.stop);
    const registryPort = await freeTcpPort();
    const person = async (name: 'alice' | 'bob'): Promise<Machine> => {
      const home = mkdtempSync(join(tmpdir(), `kyberline-${name}-`));
      stops.push(() => rmSync(home, { recursive: true, force: true }));
      const [port, daemonPort] = [await freeTcpPort(), await freeTcpPort()];
      const panel = await startPanel({
        ...{ port, daemonPort, home },
        registryPort: name === 'alice' ? registryPort : undefined,
      });
      stops.push(panel.stop);
      const daemon = await startDaemon({
        ...{ name, home, port: daemonPort, panelPort: port },
        registryUrl: `http://127.0.0.1:${registryPort}`,
        ...{ input: 'default', output: 'default', env: pulse.env(name) },
        autoAnswer: name === 'bob',
        processing,
      });
      stops.push(daemon.stop);
      return { daemon, panel };
    };
    const alice = await person('alice');
    const bob = await person('bob');
    return { pulse, alice, bob, connect: () => connect(alice.daemon, bob.daemon), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function connect(alice: Daemon, bob: Daemon): Promise<void> {
  await alice.client.until('bob is seen', ({ people }) =>
    people.some(({ name, online }) => name === 'bob' && online),
  );
  await alice.client.command('call', { name: 'bob' });
  for (const { client, name } of [alice, bob]) {
    await client.untilCall(`${name} is in the call`, ({ phase }) => phase === 'active', CONNECT_MS);
  }
}
