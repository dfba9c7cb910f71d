/**
 * Who gets nothing: a browser that was not paired, another user of this machine, a page from elsewhere
 * and one whose name was made to lead here, and whoever comes to the registry's port for the pages.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser, newPerson, screenshot } from '../rig/browser.js';
import { kyberline, plainEnv } from '../rig/kyberline.js';
import { readAcross, sendBlindly, socketOpens } from './in-page.js';
import { type Machine, startMachine } from './machine.js';
import { whyNot } from './needs.js';
import { openAsStranger, whyNoStranger } from './other-user.js';
import { visit, visitOf } from './visit.js';

const REBOUND = 'evil.test';

const started = new Started();
let browser: Browser;
let machine: Machine;

describe.skipIf(whyNot() !== undefined)('the panel', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const rebind = `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`;
    browser = await launchBrowser({}, { more: [rebind] });
    await started.add({ stop: () => browser.close() });
    machine = await started.add(startMachine());
  });
  afterAll(() => started.stop());

  const daemonSocket = () => `ws://127.0.0.1:${machine.daemon().port}/trpc`;
  /** A page in a browser that never opened one of ours as a person does. */
  const unpaired = async (url: string): Promise<Page> => {
    const context = await started.add(
      newPerson(browser).then((made) => ({ made, stop: () => made.close() })),
    );
    const page = await context.made.newPage();
    await page.goto(url);
    return page;
  };

  describe('to a paired browser', () => {
    it('gives the token, and lets it reach the daemon', async () => {
      const { page, complaints, close } = await visit(browser, machine);
      expect(await page.evaluate(readAcross, '/api/daemon')).toMatchObject({
        status: 200,
        body: expect.stringContaining(machine.daemon().token),
      });
      expect(await page.evaluate(socketOpens, daemonSocket())).toBe(true);
      expect(complaints).toEqual([]);
      await close();
    });

    it('says so by a cookie that no script reads and no other site is sent', async () => {
      const { context, page, close } = await visit(browser, machine);
      const [cookie, ...more] = await context.cookies();
      expect(more).toEqual([]);
      expect(cookie).toMatchObject({
        name: `kyberline_${machine.panel.port}`,
        ...{ httpOnly: true, sameSite: 'Strict', path: '/' },
      });
      expect(await page.evaluate('document.cookie')).toBe('');
      await close();
    });
  });

  it('gives a browser that is not paired a sentence and no token', async () => {
    const page = await unpaired(`${machine.panel.url}/icon.svg`);
    const { status, body } = await page.evaluate(readAcross, '/api/daemon');
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'not-paired', message: expect.stringContaining('npx kyberline open') },
    });
    expect(body).not.toContain(machine.daemon().token);
  });

  it('keeps the snapshot from a browser that reaches the daemon without the token', async () => {
    const { page, close } = await visit(browser, machine);
    const heard = await page.evaluate(askWithout, daemonSocket());
    expect(heard.length).toBeGreaterThan(0);
    for (const message of heard) expect(message).toMatch(/"error"|PING|PONG/);
    expect(heard.join('')).not.toContain('"state"');
    await close();
  });

  it('answers to no name but its own, wherever that leads', async () => {
    const page = await unpaired(`http://${REBOUND}:${machine.panel.port}/`);
    expect(await page.getByRole('main').textContent()).toContain(
      `Open http://localhost:${machine.panel.port} on it.`,
    );
    await screenshot(page, 'stranger-rebound-name');
    for (const path of ['/api/daemon', '/api/users', '/api/health']) {
      const { status, body } = await page.evaluate(readAcross, path);
      expect(status, path).toBe(403);
      expect(body).not.toContain(machine.daemon().token);
    }
    expect(await page.context().cookies()).toEqual([]);
  });

  describe('to a page from elsewhere, in a browser that is paired', () => {
    let page: Page;

    beforeAll(async () => {
      const elsewhere = createServer((_, response) => {
        response.setHeader('content-type', 'text/html');
        response.end('<title>elsewhere</title><p>Nothing to see here.');
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      const { port } = elsewhere.address() as AddressInfo;
      const visitor = await visit(browser, machine);
      page = await visitor.context.newPage();
      // Browsers call another port of localhost the same site, and send our cookie from there.
      await page.goto(`http://localhost:${port}/`);
      await started.add({
        stop: async () => {
          await visitor.close();
          elsewhere.closeAllConnections();
          await new Promise((resolve) => elsewhere.close(resolve));
        },
      });
    });

    it('gives nothing that it could read', async () => {
      for (const path of ['/api/daemon', '/', '/api/users', '/icon.svg']) {
        const seen = await page.evaluate(readAcross, `${machine.panel.url}${path}`);
        expect(seen, path).toEqual({ status: 0, body: '' });
      }
    });

    it('refuses what it sends blindly', async () => {
      const session = await page.context().newCDPSession(page);
      const statuses: number[] = [];
      session.on('Network.responseReceivedExtraInfo', ({ statusCode }) => {
        statuses.push(statusCode);
      });
      await session.send('Network.enable');
      // What a form or an image can send needs no leave of ours.
      const sends = [
        ['GET', '/api/daemon'],
        ['POST', '/api/register'],
        ['POST', '/api/pair/link'],
        ['POST', '/'],
      ] as const;
      for (const [method, path] of sends) {
        await page.evaluate(sendBlindly, [method, `${machine.panel.url}${path}`] as const);
      }
      await expect.poll(() => statuses).toEqual(sends.map(() => 403));
      await session.detach();
    });

    it("does not open the daemon's socket", async () => {
      expect(await page.evaluate(socketOpens, daemonSocket())).toBe(false);
    });

    it('does not appear in a frame of it', async () => {
      await page.setContent(`<iframe src="${machine.panel.url}/"></iframe>`);
      const frame = page.frames().at(-1)!;
      await expect.poll(() => frame.url()).toMatch(/^chrome-error:/);
    });
  });

  it("is not on the registry's port", async () => {
    const page = await unpaired(`${machine.registryUrl}/api/health`);
    expect(await page.locator('body').textContent()).toContain('registry_id');
    for (const path of ['/', '/welcome', '/settings', '/pair?code=1', '/api/daemon', '/icon.svg']) {
      const reply = await page.goto(`${machine.registryUrl}${path}`);
      expect(reply?.status(), path).toBe(404);
      expect(await reply?.text()).not.toMatch(/<html|token/i);
    }
  });

  const noStranger = whyNoStranger();
  describe.skipIf(noStranger !== undefined)('to another user of this machine', () => {
    it('shows one sentence until a link of its owner pairs them', async () => {
      const { context } = await started.add(openAsStranger());
      const page = await context.newPage();
      const visitor = visitOf(context, page, []);
      expect((await page.goto(machine.panel.url))?.status()).toBe(403);
      await visitor.sees('This browser is not paired yet');
      await visitor.sees(/npx kyberline open/);
      await screenshot(page, 'stranger-not-paired');
      expect(await context.cookies()).toEqual([]);
      expect((await page.evaluate(readAcross, '/api/daemon')).status).toBe(403);

      const port = String(machine.panel.port);
      const { home, token } = machine.daemon();
      const args = ['open', '--home', home, '--panel-port', port];
      const link = (await kyberline(args, plainEnv())).output.trim();
      expect(link).toMatch(/^http:\/\/localhost:\d+\/pair\?code=[\w-]{22}$/);
      expect(link).not.toContain(token);
      await page.goto(link);
      await page.waitForURL('**/welcome');
      await visitor.sees('What should people call you?');

      await context.clearCookies();
      await page.goto(link);
      await visitor.sees('This link has been used');
      await screenshot(page, 'stranger-link-used');
    });
  });
});

/** Asks the daemon for the snapshot as the panel does, with a wrong token; what came back in 1 s. */
async function askWithout(url: string): Promise<string[]> {
  const socket = new WebSocket(`${url}?connectionParams=1`);
  const heard: string[] = [];
  socket.onmessage = ({ data }) => heard.push(String(data));
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  socket.send(JSON.stringify({ method: 'connectionParams', data: { token: '0'.repeat(64) } }));
  socket.send(
    JSON.stringify({
      ...{ id: 1, jsonrpc: '2.0', method: 'subscription' },
      params: { path: 'snapshot' },
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  socket.close();
  return heard;
}
