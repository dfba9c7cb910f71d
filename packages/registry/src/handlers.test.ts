/** What the handlers promise to whoever mounts them; the routes themselves: tests/registry. */
import { readFileSync } from 'node:fs';
import { errorResponse } from '@kyberline/shared/registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OpenRegistry, openRegistry, VERSION } from './open.js';
import { REFUSAL_CODES, statusOf } from './refusal.js';
import { sharedRegistry, shareRegistry } from './shared-instance.js';

let registry: OpenRegistry;
let reported: unknown[];
beforeEach(() => {
  reported = [];
  registry = openRegistry({ memory: true, report: (error) => reported.push(error) });
});
afterEach(() => registry.close());

const FROM = { address: '192.0.2.1' };
const get = (path: string) => registry.handle(new Request(`http://localhost:3000${path}`), FROM);

describe('a handler', () => {
  it('answers JSON that nobody caches, with the registry clock as its date', async () => {
    registry = openRegistry({ memory: true, now: () => 1_767_225_600_000 });
    const response = await get('/api/health');
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      'x-content-type-options': 'nosniff',
    });
  });

  it('stops reading a body once it is too long', async () => {
    let chunks = 0;
    const endless = new ReadableStream({
      pull(controller) {
        chunks++;
        controller.enqueue(new Uint8Array(4096));
      },
    });
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://localhost:3000/api/call/accept', { ...init, headers });
    expect((await registry.handle(request, FROM)).status).toBe(413);
    expect(chunks).toBeLessThan(10);
  });

  it('answers an error of ours with a 500 that shows nothing of it', async () => {
    const broken = new Request('http://localhost:3000/api/call/accept', { method: 'POST' });
    Object.defineProperty(broken, 'headers', {
      get: () => {
        throw new Error('the secret of the database');
      },
    });
    const response = await registry.handle(broken, FROM);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(String(reported[0])).toContain('secret');
  });

  it('counts the address that it is given', async () => {
    registry = openRegistry({ memory: true, limits: { requestsPerSecondPerAddress: 1 } });
    expect((await get('/api/health')).status).toBe(200);
    expect((await get('/api/health')).status).toBe(429);
    const elsewhere = { address: '192.0.2.2' };
    const request = new Request('http://localhost:3000/api/health');
    expect((await registry.handle(request, elsewhere)).status).toBe(200);
  });

  it('refuses in the shape that the contract names', async () => {
    const response = await get('/api/users/bob');
    expect(response.headers.get('www-authenticate')).toBe('Kyberline');
    expect(errorResponse.parse(await response.json()).error.code).toBe('not-signed');
  });
});

it('every refusal code has the status of an error', () => {
  for (const code of REFUSAL_CODES) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(statusOf(code)).toBeGreaterThanOrEqual(400);
  }
});

it('the version is that of the package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(VERSION).toBe(JSON.parse(manifest).version);
});

it('the shared registry is one for the whole process, whoever loaded the module', async () => {
  expect(sharedRegistry()).toBeUndefined();
  shareRegistry(registry);
  vi.resetModules();
  const other = await import('./shared-instance.js');
  expect(other.sharedRegistry).not.toBe(sharedRegistry);
  expect(other.sharedRegistry()).toBe(registry);
  shareRegistry(undefined);
  expect(other.sharedRegistry()).toBeUndefined();
});
