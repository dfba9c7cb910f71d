/**
 * The registry inside the panel: one instance, reached through Next.js's route handlers on
 * loopback and, for other machines, through a listener of its own that has nothing else.
 */
import { networkInterfaces } from 'node:os';
import { type OpenRegistry, openRegistry } from '@kyberline/registry/open';
import { createRegistryServer } from '@kyberline/registry/server';
import { shareRegistry } from '@kyberline/registry/shared-instance';
import type { RegistryChoice } from './config.js';

export type MountedRegistry = {
  registry: OpenRegistry;
  /** The port of the second listener. */
  port: number;
  close: () => Promise<void>;
};

type OwnRegistry = Extract<RegistryChoice, { kind: 'own' }>;

/** @throws ListenError or StorageError with the sentence to print. */
export async function mountRegistry(choice: OwnRegistry): Promise<MountedRegistry> {
  const registry = openRegistry({ dbPath: choice.database });
  try {
    const listener = await createRegistryServer({
      registry,
      host: choice.host,
      port: choice.port,
      portOption: '--registry-port or REGISTRY_PORT',
    });
    shareRegistry(registry);
    return {
      registry,
      port: listener.port,
      close: async () => {
        shareRegistry(undefined);
        await listener.close();
        await registry.close();
      },
    };
  } catch (error) {
    await registry.close();
    throw error;
  }
}

/** What other machines may write as their registry's address; empty if they cannot reach it. */
export function registryAddresses(
  choice: RegistryChoice,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  if (choice.kind === 'elsewhere') return [];
  const { host, port } = choice;
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return [];
  if (host !== '0.0.0.0' && host !== '::') {
    return [`http://${host.includes(':') ? `[${host}]` : host}:${port}`];
  }
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => `http://${address.address}:${port}`);
}
