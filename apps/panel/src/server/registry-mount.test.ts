import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedRegistry } from '@kyberline/registry/shared-instance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MountedRegistry, mountRegistry, registryAddresses } from './registry-mount.js';

let folder: string;
let mounted: MountedRegistry | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kyberline-mount-'));
});
afterEach(async () => {
  await mounted?.close();
  mounted = undefined;
  await rm(folder, { recursive: true });
});

const choice = (port: number) => ({
  kind: 'own' as const,
  host: '127.0.0.1',
  port,
  database: join(folder, 'registry.db'),
});

describe('the listener for other machines', () => {
  it("has the registry's routes and answers 404 to anything else", async () => {
    mounted = await mountRegistry(choice(0));
    const at = `http://127.0.0.1:${mounted.port}`;
    expect((await fetch(`${at}/api/health`)).status).toBe(200);
    expect((await fetch(`${at}/api`)).status).toBe(200);
    for (const path of ['/', '/history', '/pair?code=x', '/api/daemon', '/_next/static/x.js']) {
      expect((await fetch(at + path)).status, path).toBe(404);
    }
    expect((await fetch(`${at}/api/pair/link`, { method: 'POST' })).status).toBe(404);
  });

  it('shares the one registry with the route handlers until it is closed', async () => {
    mounted = await mountRegistry(choice(0));
    expect(sharedRegistry()).toBe(mounted.registry);
    await mounted.close();
    expect(sharedRegistry()).toBeUndefined();
  });

  it('names a busy port and the option, and leaves no registry behind', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(mountRegistry(choice(port))).rejects.toThrow(
      new RegExp(`${port}.*--registry-port or REGISTRY_PORT`),
    );
    expect(sharedRegistry()).toBeUndefined();
    other.close();
  });
});

describe('where other machines find the registry', () => {
  const lan = {
    lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
    eth0: [
      { address: '192.168.1.20', family: 'IPv4', internal: false },
      { address: 'fe80::1', family: 'IPv6', internal: false },
    ],
  } as unknown as ReturnType<typeof networkInterfaces>;

  it('is at each address of this machine when it listens on all', () => {
    const own = { ...choice(5001), host: '0.0.0.0' };
    expect(registryAddresses(own, lan)).toEqual(['http://192.168.1.20:5001']);
  });

  it('is nowhere when it listens on loopback or is not here', () => {
    expect(registryAddresses(choice(5001), lan)).toEqual([]);
    expect(registryAddresses({ kind: 'elsewhere', url: undefined }, lan)).toEqual([]);
  });

  it('is at the one address that was named', () => {
    expect(registryAddresses({ ...choice(5001), host: '10.0.0.7' }, lan)).toEqual([
      'http://10.0.0.7:5001',
    ]);
  });
});
