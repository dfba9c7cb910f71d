import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STAGES } from '../testing/stages.mjs';
import { hasBrowser, opener } from './browser.mjs';
import { sourceStamp } from './build.mjs';
import { FOR_TESTS, forStart, missing } from './debian.mjs';
import { installReason, isSoundTriedAgain, loads } from './install.mjs';
import { nodeProblem } from './node-version.mjs';
import { defaultHome } from './places.mjs';
import { checkPorts, type PortWish, readPort } from './ports.mjs';
import { stripControls } from './progress.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the Node version', () => {
  test('is refused in a sentence when it is too old', () => {
    expect(nodeProblem('18.19.0')).toBe(
      'Kyberline needs Node.js 20.9 or newer, and this is 18.19.0. Install a current one from https://nodejs.org and try again.',
    );
    expect(nodeProblem('20.8.1')).toBeDefined();
  });

  test('is taken from 20.9 on', () => {
    for (const version of ['20.9.0', '20.20.2', '22.1.0', '24.0.0']) {
      expect(nodeProblem(version)).toBeUndefined();
    }
  });
});

describe('an install is', () => {
  const node20 = 'linux x64 modules 115';
  const fresh = { installedAt: 2000, lockedAt: 1000, installedFor: node20, loads: true };

  test('skipped when node_modules is newer than the lock file and for this Node', () => {
    expect(installReason(fresh, node20)).toBeUndefined();
    expect(installReason({ ...fresh, installedFor: undefined }, 'anything')).toBeUndefined();
  });

  test('done when it was never done, when the lock changed, and for another Node', () => {
    const never = { ...fresh, installedAt: undefined };
    expect(installReason(never, node20)).toContain('first time');
    const changed = { ...fresh, lockedAt: 3000 };
    expect(installReason(changed, node20)).toContain('newer');
    expect(installReason(fresh, 'linux x64 modules 127')).toContain('another version');
  });

  test("done when somebody else's, of which nothing is noted, does not load in this Node", () => {
    const foreign = { ...fresh, installedFor: undefined, loads: false };
    expect(installReason(foreign, node20)).toContain('another Node.js');
  });

  test('known to fit by loading what was compiled', async () => {
    const broken = join(folder, 'broken.node');
    writeFileSync(broken, 'not a library');
    expect(await loads(broken)).toBe(false);
    expect(await loads(join(folder, 'none.node'))).toBe(false);
    const own = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
    expect(await loads(join(own, '..', 'build', 'Release', 'better_sqlite3.node'))).toBe(true);
  });

  test('followed by one more try for sound where that is missing, until it failed with the same tools', () => {
    const missing = { isBuilt: false, triedWith: undefined };
    expect(isSoundTriedAgain(missing, 'with a compiler')).toBe(true);
    expect(isSoundTriedAgain({ ...missing, isBuilt: true }, 'with a compiler')).toBe(false);
    const failed = { ...missing, triedWith: 'without a compiler' };
    expect(isSoundTriedAgain(failed, 'without a compiler')).toBe(false);
    expect(isSoundTriedAgain(failed, 'with a compiler')).toBe(true);
  });
});

describe('before npm compiles anything for the tests', () => {
  test('a compiler and python are installed', () => {
    const names = FOR_TESTS.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['build-essential', 'python3']));
    const order = STAGES.map(({ name }) => name);
    expect(order.indexOf('packages')).toBeLessThan(order.indexOf('install'));
    expect(order.indexOf('install')).toBeLessThan(order.indexOf('build'));
  });
});

describe('the stamp over the sources', () => {
  test('changes with a source and not with what is built from it', () => {
    const source = join(folder, 'packages', 'core', 'src', 'a.ts');
    const built = join(folder, 'packages', 'core', 'dist', 'a.js');
    mkdirSync(join(source, '..'), { recursive: true });
    mkdirSync(join(built, '..'), { recursive: true });
    writeFileSync(source, 'one');
    writeFileSync(built, 'one');
    const before = sourceStamp(folder);
    writeFileSync(built, 'two and more');
    expect(sourceStamp(folder)).toBe(before);
    utimesSync(source, 1, 1);
    expect(sourceStamp(folder)).not.toBe(before);
  });
});

describe('a Debian package is missing when', () => {
  test('one of its programs is nowhere in PATH', () => {
    writeFileSync(join(folder, 'kyberline-one'), '');
    const wanted = [
      { name: 'there', programs: ['kyberline-one'] },
      { name: 'half', programs: ['kyberline-one', 'kyberline-two'] },
    ];
    expect(missing(wanted, { PATH: folder }).map(({ name }) => name)).toEqual(['half']);
  });

  test('its file is not there', () => {
    const wanted = [{ name: 'font', files: [join(folder, 'font.ttf')] }];
    expect(missing(wanted, {})).toHaveLength(1);
    writeFileSync(join(folder, 'font.ttf'), '');
    expect(missing(wanted, {})).toEqual([]);
  });
});

describe('the libraries of PortAudio', () => {
  test('are wanted by every start, and PortAudio itself where the binding has none', () => {
    const names = (arch: string) => forStart(arch).map(({ name }) => name);
    expect(names('x64')).toEqual(['libasound2']);
    expect(names('arm64')).toEqual(['libasound2', 'libportaudio2']);
    expect(forStart('x64')[0]).toMatchObject({ files: ['libasound.so.2'] });
  });
});

describe('ports', () => {
  const wish = (port: number, more: Partial<PortWish> = {}): PortWish => ({
    kind: 'tcp',
    host: '127.0.0.1',
    port,
    who: 'The panel',
    option: '--port',
    ...more,
  });

  test('a busy one is named with who needs it, the option and a free one', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const sentence = new RegExp(
      `^Port ${port} is taken by another program, and the panel needs it\\. Stop that program, or choose another port with --port, for example --port \\d+\\.$`,
    );
    await expect(checkPorts([wish(port)])).rejects.toThrow(sentence);
    // A port that the daemon wants is no example for the panel.
    const daemon = wish(port + 1, { option: '--daemon-port' });
    await expect(checkPorts([wish(port), daemon])).rejects.toThrow(/--port \d+\.$/);
    await expect(checkPorts([wish(port), daemon])).rejects.not.toThrow(`--port ${port + 1}.`);
    await new Promise((resolve) => server.close(resolve));
    await expect(checkPorts([wish(port)])).resolves.toBeUndefined();
  });

  test('two parts cannot have the same one', async () => {
    const daemon = wish(40_000, { who: "alice's daemon", option: '--daemon-port' });
    await expect(checkPorts([wish(40_000), daemon])).rejects.toThrow(
      "The panel and alice's daemon cannot both use port 40000. Change --port or --daemon-port.",
    );
  });

  test('the same number may be a TCP and a UDP port', async () => {
    await expect(
      checkPorts([wish(47_123), wish(47_123, { kind: 'udp' })]),
    ).resolves.toBeUndefined();
  });

  test('an address of another machine is refused', async () => {
    await expect(checkPorts([wish(47_123, { host: '192.0.2.1' })])).rejects.toThrow(
      '192.0.2.1 is no address of this machine',
    );
  });

  test('only whole numbers from 1 to 65535 are ports', () => {
    expect(readPort('--port', '3000')).toBe(3000);
    for (const text of ['0', '65536', '3e3', '-1', 'http', '']) {
      expect(() => readPort('--port', text)).toThrow(`not "${text}"`);
    }
  });
});

describe('the browser', () => {
  test('is opened on a desktop, not by a build machine and not without a display', () => {
    expect(hasBrowser({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasBrowser({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasBrowser({}, 'linux')).toBe(false);
    expect(hasBrowser({ DISPLAY: ':0', CI: 'true' }, 'linux')).toBe(false);
    expect(hasBrowser({}, 'darwin')).toBe(true);
  });

  test("is opened with each system's own command", () => {
    expect(opener('http://localhost:3000', 'linux')).toEqual([
      'xdg-open',
      ['http://localhost:3000'],
    ]);
    expect(opener('http://localhost:3000', 'darwin')[0]).toBe('open');
    expect(opener('http://x/?a=1&b=2', 'win32')[1].at(-1)).toBe('http://x/?a=1^&b=2');
  });
});

test('the data folder is the one that the daemon uses', () => {
  expect(defaultHome({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/kyberline');
  expect(defaultHome({ KYBERLINE_HOME: '/mine' }, 'linux')).toBe('/mine');
  expect(defaultHome({}, 'darwin')).toMatch(/Library\/Application Support\/kyberline$/);
});

test("a build tool's colours and cursor movements do not reach the progress line", () => {
  expect(stripControls('\x1b[2K\x1b[32mcore\x1b[0m:build\r\x07')).toBe('core:build');
});
