/**
 * One person's whole install, as two commands make it: a daemon and a panel server of their own in
 * one data folder, on ports of their own, at their own registry or at somebody else's.
 *
 *   browser ──► panel ──► pages          browser ──► daemon ──► registry (own panel's or another's)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Daemon, type DaemonWish, startDaemon } from '../rig/daemon.js';
import { type Panel, startPanel } from '../rig/panel.js';
import { freeTcpPort, freeUdpPort } from '../rig/ports.js';

export type MachineWish = Omit<DaemonWish, 'home' | 'port' | 'panelPort'>;

export interface Machine {
  panel: Panel;
  /** The one that runs now. */
  daemon(): Daemon;
  /** Where other machines find the registry inside this panel; another's if it has none. */
  registryUrl: string;
  killDaemon(): Promise<void>;
  /** Starts a daemon again where the killed one was. */
  restartDaemon(): Promise<void>;
  stop(): Promise<void>;
}

/** Without a `registryUrl` it has a registry of its own, inside its panel. */
export async function startMachine(wish: MachineWish = {}): Promise<Machine> {
  const home = mkdtempSync(join(tmpdir(), `kyberline-${wish.name ?? 'newcomer'}-`));
  const [panelPort, port, udpPort] = [
    await freeTcpPort(),
    await freeTcpPort(),
    wish.udpPort ?? (await freeUdpPort()),
  ];
  const registryPort = wish.registryUrl === undefined ? await freeTcpPort() : undefined;
  const registryUrl = wish.registryUrl ?? `http://127.0.0.1:${registryPort}`;
  let panel: Panel | undefined;
  let daemon: Daemon | undefined;
  const stop = async () => {
    try {
      await Promise.all([daemon?.stop(), panel?.stop()]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  };
  const start = () =>
    startDaemon({
      ...wish,
      ...{ home, port, udpPort, panelPort },
      // Its own registry it reaches like anything else of its panel.
      registryUrl: wish.registryUrl ?? `http://127.0.0.1:${panelPort}`,
    });
  try {
    panel = await startPanel({ port: panelPort, daemonPort: port, home, registryPort });
    daemon = await start();
  } catch (cause) {
    await stop();
    throw cause;
  }
  return {
    panel,
    registryUrl,
    daemon: () => daemon!,
    killDaemon: async () => daemon!.kill9(),
    restartDaemon: async () => {
      await daemon!.stop();
      daemon = await start();
    },
    stop,
  };
}
