/** The doctor's checks, each shown its troubles. */
import { createSocket } from 'node:dgram';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndReason } from '@kyberline/shared/endings';
import type { HistoryEntry } from '@kyberline/shared/history';
import type { UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../run.js';
import { CALL_ID, type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.js';
import { paper } from '../testing/paper.js';
import type { Finding } from './finding.js';
import { checkHome } from './home.js';
import { checkNetwork, seenFirewall } from './network.js';
import { checkPorts } from './ports.js';
import { checkName, checkRegistry } from './registry.js';

let folder: string;
let fake: FakeDaemon;
const servers: Server[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-doctor-'));
  fake = await startFakeDaemon();
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await fake.remove();
  rmSync(folder, { recursive: true, force: true });
});

const wrong = (findings: Finding[]) =>
  findings.filter(({ status }) => status === 'wrong').map(({ sentence }) => sentence);
const answering = async (body: () => unknown): Promise<string> => {
  const server = createServer((_, response) => response.end(JSON.stringify(body())));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const health = (time: number) => ({
  status: 'ok',
  registry_id: 'ab'.repeat(16),
  time,
  version: '0.1.0',
});

describe('the doctor on the data folder', () => {
  it('is content with one that is not there yet, or that is private', () => {
    expect(wrong(checkHome(join(folder, 'none')))).toEqual([]);
    expect(checkHome(folder)).toMatchObject([{ status: 'ok' }]);
  });

  it('names the command that shuts others out', () => {
    writeFileSync(join(folder, 'identity.json'), '{}', { mode: 0o600 });
    chmodSync(join(folder, 'identity.json'), 0o644);
    chmodSync(folder, 0o755);
    expect(wrong(checkHome(folder)).join(' ')).toContain(`chmod 700 '${folder}'`);
    expect(wrong(checkHome(folder)).join(' ')).toContain(`chmod 600 '${folder}/identity.json'`);
  });

  it('refuses a file in its place', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(wrong(checkHome(join(folder, 'file')))[0]).toContain('is not a folder');
  });
});

describe('the doctor on ports', () => {
  it('names the one that is taken, and the option', async () => {
    const url = await answering(() => 'busy');
    const taken = Number(new URL(url).port);
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '0.0.0.0', resolve));
    const [api, voice] = wrong(await checkPorts(taken, udp.address().port));
    udp.close();
    expect(api).toContain(`Port ${taken} on 127.0.0.1 is taken`);
    expect(api).toContain('--port');
    expect(voice).toContain('--udp-port');
  });

  it('is content with free ones', async () => {
    const url = await answering(() => 'busy');
    const free = Number(new URL(url).port);
    const server = servers.pop()!;
    await new Promise((resolve) => server.close(resolve));
    expect(wrong(await checkPorts(free, free))).toEqual([]);
  });
});

describe('the doctor on the registry', () => {
  it('is content with one that answers and agrees on the time', async () => {
    const url = await answering(() => health(Date.now()));
    expect((await checkRegistry(url, Date.now)).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('finds one that does not answer, or is none', async () => {
    expect(wrong(await checkRegistry('http://127.0.0.1:9', Date.now))[0]).toContain(
      'does not answer',
    );
    const other = await answering(() => ({ hello: 'there' }));
    expect(wrong(await checkRegistry(other, Date.now))[0]).toContain('is not a Kyberline registry');
  });

  it('finds a clock that is off by more than 5 s, and says which way', async () => {
    const now = 1_800_000_000_000;
    const at = (offset: number) => answering(() => health(now + offset));
    expect(wrong(await checkRegistry(await at(5_000), () => now))).toEqual([]);
    expect(wrong(await checkRegistry(await at(-5_000), () => now))).toEqual([]);
    expect(wrong(await checkRegistry(await at(7_000), () => now))[0]).toContain('7 seconds behind');
    expect(wrong(await checkRegistry(await at(-95_000), () => now))[0]).toContain(
      '95 seconds ahead of',
    );
  });

  it('tells how one stands there', () => {
    expect(checkName(fake.state)).toMatchObject([{ status: 'ok' }]);
    fake.state.me!.registered = false;
    fake.state.registry = {
      url: 'http://x:1',
      state: 'polling',
      problem: 'Taken by another machine.',
    };
    expect(checkName(fake.state).map(({ status }) => status)).toEqual(['note', 'wrong']);
    expect(wrong(checkName(fake.state))[0]).toContain('Taken by another machine.');
    const { me: _, ...nobody } = fake.state;
    expect(wrong(checkName(nobody))).toEqual([]);
  });
});

describe('the doctor on the network', () => {
  const calls = (...ends: (EndReason | 'talked' | 'echo')[]): HistoryEntry[] =>
    ends.map((end) => ({
      callId: CALL_ID,
      peer: (end === 'echo' ? 'echo' : 'bob') as UserName,
      direction: 'outgoing',
      startedAt: 1,
      endedAt: 9,
      durationSeconds: 0,
      ...(end === 'talked' || end === 'echo' ? { connectedAt: 2 } : { endReason: end }),
    }));
  const facts = { udpPort: 47470, hasAddress: true, firewall: undefined, history: [] };

  it('suspects a firewall when calls could not connect and none did', () => {
    const history = calls('not-confirmed', 'no-answer', 'not-confirmed', 'echo');
    const [sentence] = wrong(checkNetwork({ ...facts, history, firewall: 'ufw' }));
    expect(sentence).toContain('Of the last 3 calls, 2 could not connect');
    expect(sentence).toContain('sudo ufw allow 47470/udp');
  });

  it('suspects none when a newer call went through, or none failed so', () => {
    const mended = calls('talked', 'not-confirmed', 'not-confirmed');
    expect(wrong(checkNetwork({ ...facts, history: mended }))).toEqual([]);
    expect(checkNetwork({ ...facts, history: calls('no-answer', 'busy-there') })).toMatchObject([
      { status: 'ok' },
    ]);
  });

  it('mentions a firewall that is on, and a machine without a network', () => {
    expect(checkNetwork({ ...facts, firewall: 'firewalld', udpPort: 0 })).toMatchObject([
      { status: 'note', sentence: expect.stringContaining('--add-port=47470/udp') },
    ]);
    expect(wrong(checkNetwork({ ...facts, hasAddress: false }))[0]).toContain('on no network');
  });

  it('sees which firewall is switched on', () => {
    const root = `${folder}/`;
    expect(seenFirewall(root)).toBeUndefined();
    mkdirSync(join(folder, 'run', 'firewalld'), { recursive: true });
    expect(seenFirewall(root)).toBe('firewalld');
    mkdirSync(join(folder, 'etc', 'ufw'), { recursive: true });
    const conf = join(folder, 'etc', 'ufw', 'ufw.conf');
    writeFileSync(conf, '# ENABLED=yes\nENABLED=no\n');
    expect(seenFirewall(root)).toBe('firewalld');
    writeFileSync(conf, 'LOGLEVEL=low\nENABLED=yes\n');
    expect(seenFirewall(root)).toBe('ufw');
  });
});

describe('kyberline doctor', () => {
  const doctor = async (line = '') => {
    const on = paper({ KYBERLINE_HOME: fake.home });
    const code = await run(['doctor', ...line.split(' ').filter(Boolean)], on);
    return { code, out: on.stdout(), err: on.stderr() };
  };

  it('is content when everything is well', async () => {
    const url = await answering(() => health(Date.now()));
    fake.state.registry = { url, state: 'push' };
    const { out } = await doctor('--json');
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    // Whether the machine that runs this test is on a network is not what it is about.
    const here = findings.filter(({ check }) => check !== 'network');
    expect(wrong(here)).toEqual([]);
    expect(here.map(({ check, status }) => `${check} ${status}`)).toEqual([
      'home ok',
      'daemon ok',
      'engine ok',
      'sound ok',
      'sound ok',
      'registry ok',
      'clock ok',
      'name ok',
    ]);
  });

  it('fails and counts when something is not', async () => {
    fake.state.devices = [];
    const { code, out, err } = await doctor();
    expect(code).toBe(1);
    expect(out).toMatch(/^WRONG +No sound card and no sound server/m);
    expect(out).toMatch(/^WRONG +The registry at http:\/\/127\.0\.0\.1:9 does not answer/m);
    expect(err).toMatch(/^[23] things are wrong\.$/);
  });

  it('looks at the ports while no daemon runs', async () => {
    await fake.die();
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '0.0.0.0', resolve));
    const { port } = udp.address();
    const { code, out } = await doctor(`--port ${fake.port} --udp-port ${port} --json`);
    udp.close();
    expect(code).toBe(1);
    const report = JSON.parse(out) as { ok: boolean; findings: Finding[] };
    expect(report.ok).toBe(false);
    expect(report.findings.map(({ check, status }) => `${check} ${status}`)).toEqual([
      'home ok',
      'daemon wrong',
      'ports ok',
      'ports wrong',
    ]);
  });
});
