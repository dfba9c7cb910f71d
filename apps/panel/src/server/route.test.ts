import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { doors } from './doors.js';
import { routeRequest } from './route.js';

const ours = doors(3000);
const HOST = { host: 'localhost:3000' };

const ask = (method: string, target: string, headers: IncomingHttpHeaders = {}, upgrade = false) =>
  routeRequest(ours, 3000, method, target, { ...HOST, ...headers }, upgrade);
const code = (...args: Parameters<typeof ask>) => {
  const route = ask(...args);
  return route.kind === 'refused' ? route.code : route.kind;
};

describe('the Host header', () => {
  it.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LocalHost:3000'])(
    'may be %s',
    (host) => {
      expect(code('GET', '/', { host })).toBe('page');
    },
  );

  it.each([
    'evil.example:3000',
    'localhost',
    'localhost:3001',
    'localhost:3000.evil.example',
    '127.0.0.1.evil.example:3000',
    '127.0.0.2:3000',
    '0.0.0.0:3000',
    '[::ffff:127.0.0.1]:3000',
    '192.168.1.5:3000',
    '',
    undefined,
  ])('may not be %s, which a rebound name could send', (host) => {
    expect(code('GET', '/', { host })).toBe('wrong-host');
    expect(code('GET', '/api/users', { host })).toBe('wrong-host');
    expect(code('GET', '/api/daemon', { host })).toBe('wrong-host');
  });
});

describe('the request target', () => {
  it.each(['http://evil.example/', '//evil.example/', '/\\evil.example', '*', ''])(
    'may not be %j',
    (target) => {
      expect(code('GET', target)).toBe('bad-target');
    },
  );
});

describe('pages from elsewhere', () => {
  const elsewhere = [
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:8080' },
    { origin: 'https://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ];
  it.each(elsewhere)('get nothing: %j', (headers) => {
    for (const path of ['/', '/api/daemon', '/api/users', '/api/health']) {
      expect(code('GET', path, headers)).toBe('wrong-origin');
    }
    expect(code('POST', '/api/register', headers)).toBe('wrong-origin');
    expect(code('POST', '/api/pair/link', headers)).toBe('wrong-origin');
    expect(code('GET', '/api/events', headers, true)).toBe('wrong-origin');
  });

  it('may link to a page, as any bookmark may', () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect(code('GET', '/history', link)).toBe('page');
  });
});

describe('what may be asked', () => {
  it('lets programs that are no pages use the registry and ask for a link', () => {
    expect(code('POST', '/api/register')).toBe('registry');
    expect(code('DELETE', '/api/users/anna')).toBe('registry');
    expect(code('GET', '/api')).toBe('registry');
    expect(code('GET', '/api/events', {}, true)).toBe('registry');
    expect(code('POST', '/api/pair/link')).toBe('pair-link');
  });

  it('lets only our own pages change anything else', () => {
    expect(code('POST', '/')).toBe('no-origin');
    expect(code('GET', '/_next/hmr', {}, true)).toBe('no-origin');
    expect(code('POST', '/', { origin: 'http://localhost:3000' })).toBe('page');
  });

  it('tells daemon, link, pairing, assets and pages apart', () => {
    expect(code('GET', '/api/daemon')).toBe('daemon');
    expect(code('POST', '/api/daemon', { origin: 'http://localhost:3000' })).toBe('wrong-method');
    expect(code('GET', '/api/pair/link')).toBe('wrong-method');
    expect(ask('GET', '/pair?code=abc')).toEqual({ kind: 'pair', code: 'abc' });
    expect(code('GET', '/_next/static/x.js')).toBe('asset');
    expect(code('GET', '/icon.svg')).toBe('asset');
    expect(code('GET', '/apiary')).toBe('page');
  });
});
