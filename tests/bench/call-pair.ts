/** Two people in a call over virtual sound cards: what the benchmarks of whole calls begin with. */
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { type Registry, startRegistry } from '../rig/registry.js';

const CONNECT_MS = 20_000;

export interface CallPair {
  pulse: Pulse;
  alice: Daemon;
  bob: Daemon;
  /** Alice calls, bob's daemon answers by itself; resolves when voice flows. */
  connect(): Promise<void>;
  stop(): Promise<void>;
}

/** Two registered daemons with PortAudio on both sides, not yet in a call. */
export async function startPair(): Promise<CallPair> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const pulse = await startPulse(['alice', 'bob']);
    stops.push(pulse.stop);
    const registry: Registry = await startRegistry();
    stops.push(registry.stop);
    const person = async (name: 'alice' | 'bob') => {
      const daemon = await startDaemon({
        name,
        registryUrl: registry.url,
        input: 'default',
        output: 'default',
        autoAnswer: name === 'bob',
        env: pulse.env(name),
      });
      stops.push(daemon.stop);
      return daemon;
    };
    const alice = await person('alice');
    const bob = await person('bob');
    return { pulse, alice, bob, connect: () => connect(alice, bob), stop };
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
