/** The built command as a person and a script start it: a process of its own, without a terminal. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/kyberline.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let home: string;
beforeAll(() => {
  if (!existsSync(BUILT)) {
    throw new Error(`${BUILT} is not built: run "npx turbo run build --filter=@kyberline/daemon"`);
  }
  home = mkdtempSync(join(tmpdir(), 'kyberline-built-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function kyberline(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, KYBERLINE_HOME: home },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const COMMANDS = [
  'daemon',
  'registry',
  'open',
  'register',
  'unregister',
  'people',
  'reset-contact',
  'call',
  'answer',
  'reject',
  'hangup',
  'mute',
  'unmute',
  'words',
  'verify',
  'status',
  'watch',
  'history',
  'devices',
  'microphone',
  'speaker',
  'settings',
  'doctor',
];
const NEEDS_DAEMON = COMMANDS.filter(
  (name) => !['daemon', 'registry', 'open', 'doctor'].includes(name),
);
const ARGUMENTS: Record<string, string[]> = {
  register: ['bob'],
  call: ['bob'],
  'reset-contact': ['bob'],
};

describe('the built command', () => {
  it('lists its commands', async () => {
    const { code, out, err } = await kyberline('--help');
    expect([code, err]).toEqual([0, '']);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it.each(COMMANDS)('explains %s', async (name) => {
    const { code, out, err } = await kyberline(name, '--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: kyberline ${name}`);
    if (name !== 'registry') expect(out).toContain('--home <folder>');
  });

  it.each(NEEDS_DAEMON)('%s fails in a sentence when no daemon runs', async (name) => {
    const { code, out, err } = await kyberline(name, ...(ARGUMENTS[name] ?? []));
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/^No Kyberline daemon is running .*"kyberline daemon".*\n$/);
  });

  it('open fails in a sentence when nothing has run yet', async () => {
    const { code, err } = await kyberline('open');
    expect(code).toBe(1);
    expect(err).toContain('There is no token');
  });

  it('doctor says that no daemon runs', async () => {
    const { code, out } = await kyberline('doctor', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out).ok).toBe(false);
  });

  it('is used wrongly with exit code 2', async () => {
    for (const args of [
      ['bogus'],
      ['call'],
      ['daemon', '--port', 'x'],
      ['registry', '--port', 'x'],
    ]) {
      const { code, out, err } = await kyberline(...args);
      expect(`${args} ${code} ${out}`).toBe(`${args} 2 `);
      expect(err).not.toBe('');
    }
  });

  it('runs a registry until it is asked to stop, and refuses a second one on its database', async () => {
    const db = join(home, 'r', 'registry.db');
    const args = [BIN, 'registry', '--host', '127.0.0.1', '--port', '0', '--db', db];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const ready = new Promise((resolve) => child.once('message', resolve));
    const said = new Promise((resolve) => child.stdout?.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const { port } = (await ready) as { port: number };
    expect(String(await said)).toContain(`Kyberline registry ready on 127.0.0.1:${port}`);
    const health = await fetch(`http://127.0.0.1:${port}/api/health`);
    expect(await health.json()).toMatchObject({ status: 'ok' });
    const second = await kyberline('registry', '--port', '0', '--host', '127.0.0.1', '--db', db);
    expect(second.code).toBe(1);
    expect(second.err).toContain('Another registry is running');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('runs one daemon on a data folder, survives kill -9, and stops when it is asked to', async () => {
    const own = mkdtempSync(join(tmpdir(), 'kyberline-daemon-'));
    const options = ['--home', own, '--port', '0', '--udp-port', '0', '--registry', '127.0.0.1:9'];
    const sound = ['--input', 'silence', '--output', 'silence', '--log-level', 'silent'];
    const start = async () => {
      const child = spawn(process.execPath, [BIN, 'daemon', ...options, ...sound], {
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      });
      const ended = new Promise((resolve) =>
        child.once('exit', (code, signal) => resolve(code ?? signal)),
      );
      const said = new Promise((resolve) => child.stdout?.once('data', resolve));
      const ready = new Promise<{ apiPort: number }>((resolve) =>
        child.once('message', (message) => resolve(message as { apiPort: number })),
      );
      const { apiPort } = await ready;
      expect(String(await said)).toMatch(
        new RegExp(`^Kyberline daemon ready on 127\\.0\\.0\\.1:${apiPort} \\(UDP [1-9]\\d*\\)\\n$`),
      );
      return { child, ended };
    };
    try {
      const killed = await start();
      const second = await kyberline('daemon', ...options);
      expect(second.code).toBe(1);
      expect(second.err).toContain(`Another Kyberline daemon is running on ${own}`);
      expect((await kyberline('status', '--home', own)).code).toBe(0);
      killed.child.kill('SIGKILL');
      expect(await killed.ended).toBe('SIGKILL');
      expect((await kyberline('status', '--home', own)).err).toContain('No Kyberline daemon');

      const stopped = await start();
      stopped.child.kill('SIGTERM');
      expect(await stopped.ended).toBe(0);
      expect((await kyberline('status', '--home', own)).err).toContain('No Kyberline daemon');
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});
