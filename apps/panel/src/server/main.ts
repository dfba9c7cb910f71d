/**
 * The panel's server: the one place where its parts are built.
 *
 *   127.0.0.1:3000 and [::1]:3000   front → pages, registry routes, /api/events, pairing
 *   0.0.0.0:5001                    registry routes and nothing else
 */

import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { keepConnections } from '@kyberline/registry/connections';
import { type PanelConfig, prepareEnvironment, readConfig } from './config.js';
import { createFront } from './front.js';
import { listen, listenIfAvailable } from './listen.js';
import { openPages, type Pages } from './pages.js';
import { PairingCodes } from './pairing.js';
import { type MountedRegistry, mountRegistry, registryAddresses } from './registry-mount.js';
import { loadPanelSecret, readDaemonToken } from './secrets.js';
import { listenerOn, peerUid } from './socket-owner.js';

const DIRECTORY = fileURLToPath(new URL('..', import.meta.url));
/** Everything here comes from loopback: one address for every browser and daemon. */
const CONNECTIONS_PER_ADDRESS = 1_000;

async function start(config: PanelConfig): Promise<() => Promise<void>> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const secret = await loadPanelSecret(config.home);
    let mounted: MountedRegistry | undefined;
    if (config.registry.kind === 'own') {
      mounted = await mountRegistry(config.registry);
      closers.push(mounted.close);
    }
    let pages: Promise<Pages> | undefined;
    const loaded = () => pages ?? Promise.reject(new Error('The pages are not loaded yet.'));
    const front = createFront({
      port: config.port,
      daemonPort: config.daemonPort,
      dev: config.dev,
      secret,
      codes: new PairingCodes(Date.now),
      daemonToken: () => readDaemonToken(config.home),
      registryAddresses: () => registryAddresses(config.registry),
      peerUid,
      listenerOn,
      ownUid: process.getuid?.(),
      pages: async (request, response) => (await loaded()).request(request, response),
      events: (request, socket, head) => {
        if (mounted === undefined) socket.destroy();
        else mounted.registry.handleUpgrade(request, socket, head);
      },
      pageSockets: async (request, socket, head) => (await loaded()).upgrade(request, socket, head),
      report: (sentence) => console.error(sentence),
    });
    const open = (): Server => {
      const server = createServer();
      server.on('request', front.request);
      server.on('upgrade', front.upgrade);
      // Upgraded sockets too: a daemon keeps one for its registry's events.
      closers.push(keepConnections(server, CONNECTIONS_PER_ADDRESS).close);
      return server;
    };
    // The port first: if it is taken, that should be said before Next.js has been loaded.
    await listen(open(), '127.0.0.1', config.port, '--port');
    await listenIfAvailable(open(), '::1', config.port);
    pages = openPages(DIRECTORY, config.port, config.dev);
    const ready = await pages;
    closers.push(() => ready.close());
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

function announce({ port, registry }: PanelConfig): void {
  console.log(`Kyberline's panel is at http://localhost:${port}`);
  if (registry.kind === 'own') {
    const [address] = registryAddresses(registry);
    console.log(
      address === undefined
        ? `The registry listens on ${registry.host}, port ${registry.port}, for this machine only.`
        : `Other machines find this registry at ${address}`,
    );
  } else if (registry.url !== undefined) {
    console.log(`This machine uses the registry at ${registry.url}`);
  }
  process.send?.({ type: 'ready' });
}

try {
  const config = readConfig(process.argv.slice(2));
  prepareEnvironment(config);
  const close = await start(config);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Whoever started this one is gone.
  process.on('disconnect', stop);
  announce(config);
} catch (error) {
  const hasSentence = error instanceof Error && 'code' in error && typeof error.code === 'string';
  console.error(hasSentence ? error.message : error);
  process.exitCode = 1;
  process.disconnect?.();
}
