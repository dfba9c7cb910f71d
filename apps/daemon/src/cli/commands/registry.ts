/** `kyberline registry`: the registry alone, for a machine without a panel. */
import type { Command } from 'commander';
import { readRegistryConfig } from '../../config.js';
import { aborted, type Terminal } from '../terminal.js';

export function addRegistry(program: Command, terminal: Terminal): void {
  program
    .command('registry')
    .summary('run a registry alone, for a machine without a panel')
    .description(
      'Run a registry, where names are taken and offers passed on, until Ctrl-C. The panel has one of its own; this is for a machine without one.',
    )
    .option('--host <address>', 'address to listen on (REGISTRY_HOST, 0.0.0.0)')
    .option('--port <number>', 'port to listen on, 0 for any (REGISTRY_PORT, 5001)')
    .option('--db <file>', 'its database (REGISTRY_DB, registry.db in the data folder)')
    .action(async (options: { host?: string; port?: string; db?: string }) => {
      const { host, port, db } = readRegistryConfig(options, terminal.env);
      const interruption = terminal.interruption();
      const { openRegistry } = await import('@kyberline/registry/open');
      const { createRegistryServer } = await import('@kyberline/registry/server');
      const registry = openRegistry({ dbPath: db });
      try {
        const server = await createRegistryServer({ registry, host, port });
        const where = host.includes(':') ? `[${host}]` : host;
        terminal.out(`Kyberline registry ready on ${where}:${server.port} (${db})`);
        process.send?.({ type: 'ready', port: server.port });
        await aborted(interruption);
        await server.close();
      } finally {
        await registry.close();
      }
      if (process.connected) process.disconnect();
    });
}
