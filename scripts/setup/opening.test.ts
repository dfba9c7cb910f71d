import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { opener } from './browser.mjs';
import { opening } from './opening.mjs';
import type { Person } from './person.mjs';

let home: string;
let panel: Server;
let person: Person;
let issued: number;

/** A panel that knows nothing but how to give links. */
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-opening-'));
  writeFileSync(join(home, 'token'), 'ab'.repeat(32));
  issued = 0;
  panel = createServer((_, response) => {
    issued += 1;
    response.end(JSON.stringify({ url: `${url()}/pair?code=secret${issued}` }));
  });
  await new Promise<void>((resolve) => panel.listen(0, '127.0.0.1', resolve));
  const { port } = panel.address() as AddressInfo;
  person = { home, port, daemonPort: 1, udpPort: 1, ownRegistry: undefined };
});
afterEach(() => {
  panel.closeAllConnections();
  panel.close();
  rmSync(home, { recursive: true });
});

const url = () => `http://localhost:${(panel.address() as AddressInfo).port}`;
const command = (address: string | undefined) =>
  ['linux', 'darwin', 'win32'].map((system) =>
    JSON.stringify(opener(address ?? '', system as NodeJS.Platform)),
  );

describe('the pairing code', () => {
  test('stands on no command line, which every user of the machine can read', async () => {
    for (const tellsUsers of [true, false]) {
      for (const root of [true, false]) {
        const { open } = await opening(person, true, { tellsUsers, root });
        for (const line of command(open)) expect(line).not.toMatch(/secret|code=/);
      }
    }
  });

  test('is not even issued where the panel knows its own user by the connection', async () => {
    const wanted = { open: url(), link: undefined };
    expect(await opening(person, true, { tellsUsers: true, root: false })).toEqual(wanted);
    expect(issued).toBe(0);
  });

  test('is printed for root, who may have opened the browser of somebody else', async () => {
    const wanted = { open: url(), link: `${url()}/pair?code=secret1` };
    expect(await opening(person, true, { tellsUsers: true, root: true })).toEqual(wanted);
  });

  test('lies in a file of the person alone where users cannot be told apart', async () => {
    const file = join(home, 'open-panel.html');
    writeFileSync(file, 'of an earlier start', { mode: 0o644 });
    const { open, link } = await opening(person, true, { tellsUsers: false, root: false });
    expect(fileURLToPath(open ?? '')).toBe(file);
    expect(link).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toContain(`0; url=${url()}/pair?code=secret1"`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is printed where no browser is opened', async () => {
    const wanted = { open: undefined, link: `${url()}/pair?code=secret1` };
    expect(await opening(person, false)).toEqual(wanted);
  });
});
