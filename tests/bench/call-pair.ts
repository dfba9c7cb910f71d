/**
 * Two people in a call over virtual sound cards, each with all that `npm start` runs: what the
 * benchmarks of whole calls begin with.
 *
 *   alice   panel with the registry, daemon, media engines
 *   bob     panel, daemon, media engines                      at alice's registry
 *
 * With a network given, their datagrams go through it (tests/rig/udp-proxy.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_PROCESSING, USUAL_PROCESSING } from '@kyberline/shared/voice';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Panel, startPanel } from '../rig/panel.js';
import { freeTcpPort, freeUdpPort } from '../rig/ports.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { startUdpProxy, type Trouble } from '../rig/udp-proxy.js';

const CONNECT_MS = 20_000;
const SEED = 1;

export type Treatment = 'usual' | 'off';

export interface PairWish {
  /** Of the microphone's sound: `off` where what is said is looked for in what is heard. */
  processing: Treatment;
  /** What is between the two; loopback alone if nothing is said. */
  network?: Trouble;
}

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

/** Two registered people with PortAudio on both sides, not yet in a call. */
export async function startPair({ processing, network }: PairWish): Promise<CallPair> {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const pulse = await startPulse(['alice', 'bob']);
    stops.push(pulse.stop);
    const udpPorts = { alice: await freeUdpPort(), bob: await freeUdpPort() };
    const faces = network && (await between(udpPorts, network, stops));
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
        udpPort: udpPorts[name],
        ...(faces && { advertise: faces[name] }),
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

/** Both microphones' sound is treated so from now on, also in mid-call. */
export async function treat({ alice, bob }: CallPair, treatment: Treatment): Promise<void> {
  const processing = treatment === 'usual' ? USUAL_PROCESSING : NO_PROCESSING;
  for (const { daemon } of [alice, bob]) {
    await daemon.client.command('changeSettings', { processing });
    await daemon.client.until(`${daemon.name}'s sound is treated as ${treatment}`, ({ settings }) =>
      Object.entries(processing).every(
        ([stage, on]) => settings.processing[stage as keyof typeof processing] === on,
      ),
    );
  }
}

/** A network between these two ports, and where each is reached through it. */
async function between(
  ports: Record<'alice' | 'bob', number>,
  network: Trouble,
  stops: (() => unknown)[],
): Promise<Record<'alice' | 'bob', string>> {
  const proxy = await startUdpProxy(ports.alice, ports.bob, SEED, network);
  stops.push(proxy.stop);
  return { alice: proxy.addressForA, bob: proxy.addressForB };
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
