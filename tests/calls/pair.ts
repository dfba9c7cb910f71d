/**
 * Two registered daemons, each of which finds the other behind a face of a tapped proxy, and the call
 * between them. Alice calls, so she is A of the protocol and of the proxy.
 *
 *   alice's phone ── daemon ── UDP ──► proxy (trouble, tap) ──► UDP ── daemon ── bob's phone
 */
import type { CallCounters, CallView } from '@kyberline/shared/snapshot';
import { eventually } from '../rig/child.js';
import { type Daemon, type DaemonWish, startDaemon } from '../rig/daemon.js';
import { freeUdpPort } from '../rig/ports.js';
import type { Pulse } from '../rig/pulse.js';
import type { Registry } from '../rig/registry.js';
import { startUdpProxy, type Trouble, type UdpProxy } from '../rig/udp-proxy.js';
import type { Started } from './started.js';

const CONNECT_MS = 20_000;

export interface PairWish {
  registry: Registry;
  /** What all chance of the proxy comes from. */
  seed: number;
  trouble?: Trouble;
  /**
   * With it both speak and listen by PortAudio on the phones `alice` and `bob`; else in silence. What
   * the microphone hears is not processed, so that it can be found in what the other hears.
   */
  pulse?: Pulse;
  /** How both begin; Opus unless told. */
  codec?: DaemonWish['codec'];
  alice?: DaemonWish;
  bob?: DaemonWish;
}

export interface Pair {
  alice: Daemon;
  bob: Daemon;
  proxy: UdpProxy;
}

/** Starts both, not yet in a call. Names are alice and bob unless the wishes say otherwise. */
export async function startPair(started: Started, wish: PairWish): Promise<Pair> {
  const [portA, portB] = [await freeUdpPort(), await freeUdpPort()];
  const proxy = await started.add(startUdpProxy(portA, portB, wish.seed, wish.trouble));
  const start = (phone: 'alice' | 'bob', udpPort: number, advertise: string) =>
    started.add(
      startDaemon({
        name: phone,
        registryUrl: wish.registry.url,
        ...(wish.pulse && { env: wish.pulse.env(phone), input: 'default', output: 'default' }),
        autoAnswer: phone === 'bob',
        codec: wish.codec,
        processing: 'off',
        ...wish[phone],
        udpPort,
        advertise,
      }),
    );
  const [alice, bob] = await Promise.all([
    start('alice', portA, proxy.addressForA),
    start('bob', portB, proxy.addressForB),
  ]);
  return { alice, bob, proxy };
}

/** Alice calls, bob's daemon answers by itself; resolves with both views when voice flows. */
export async function connect({ alice, bob }: Pair): Promise<{ alice: CallView; bob: CallView }> {
  await alice.client.until(`${bob.name} is seen`, ({ people }) =>
    people.some(({ name, online }) => name === bob.name && online),
  );
  await alice.client.command('call', { name: bob.name! });
  const active = ({ client, name }: Daemon) =>
    client.untilCall(`${name} talks`, ({ phase }) => phase === 'active', CONNECT_MS);
  const [a, b] = await Promise.all([active(alice), active(bob)]);
  return { alice: a, bob: b };
}

/** The one call that a daemon shows now. */
export function callOf(daemon: Daemon): CallView {
  const calls = daemon.client.state()?.calls ?? [];
  if (calls.length !== 1) throw new Error(`${daemon.name} has ${calls.length} calls.`);
  return calls[0]!;
}

/** Counters of the one call that were made after now: two events later, should one be under way. */
export async function freshCounters(daemon: Daemon): Promise<CallCounters> {
  const { client } = daemon;
  let last = client.counters();
  for (const which of ['next', 'second'] as const) {
    const before = last;
    last = await eventually(`${daemon.name}'s ${which} counters`, 5000, () => {
      const now = client.counters();
      return now !== before && now.length === 1 ? now : undefined;
    });
  }
  return last[0]!;
}

/** Waits until a daemon shows its call as over, and gives its last view. */
export function ended(daemon: Daemon, withinMs = 15_000): Promise<CallView> {
  return daemon.client.untilCall(
    `${daemon.name}'s call is over`,
    ({ phase }) => phase === 'ended',
    withinMs,
  );
}

/** Every phase that a daemon's calls have shown, each once for as long as it lasted. */
export function phasesSeen(daemon: Daemon): string[] {
  const phases = daemon.client.states().flatMap(({ calls }) => calls.map(({ phase }) => phase));
  return phases.filter((phase, index) => phase !== phases[index - 1]);
}
