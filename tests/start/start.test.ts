/** `npm start` and `npm run demo` as a person at a terminal has them, up to Ctrl-C. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { connectApi } from '../rig/api.js';
import { eventually } from '../rig/child.js';
import { kyberline, plainEnv } from '../rig/kyberline.js';
import {
  type Command,
  familyOf,
  freePlace,
  leave,
  type Place,
  runCommand,
  visit,
} from './command.js';

/** Should the sources have changed since the last build. */
const WITH_BUILD_MS = 120_000;
/** Ten seconds are what a person should wait; a busy machine gets three times that. */
const SECONDS_MS = 3 * 10_000;
const SILENT = ['--input', 'silence', '--output', 'silence', '--registry-host', '127.0.0.1'];
/** dBFS; a quiet voice is far above it, a silent line is at -100. */
const AUDIBLE = -60;

describe('npm start', () => {
  const started = new Started();
  let place: Place;
  let running: Command;
  afterAll(async () => {
    await started.stop();
    leave(place);
  });

  const start = () => runCommand('start', [...place.options, ...SILENT]);

  it('says where Kyberline is, and the page is there', { timeout: WITH_BUILD_MS }, async () => {
    place = await freePlace(1);
    running = await started.add(start());
    await running.says('Press Ctrl-C to stop.', WITH_BUILD_MS);
    expect(running.child.output()).toContain(
      `Kyberline is running: http://localhost:${place.port}\n`,
    );
    const page = await visit(place.port);
    expect(page.status).toBe(200);
    expect(page.html).toContain('<title>Kyberline</title>');
  });

  it('a second time, names the port that is taken and the option that chooses another', async () => {
    const second = await started.add(start());
    const { code } = await second.child.ended;
    expect(second.child.output()).toMatch(
      new RegExp(
        `^Port ${place.port} is taken by another program, and the panel needs it\\. Stop that program, or choose another port with --port, for example --port \\d+\\.\n$`,
      ),
    );
    expect(code).toBe(1);
    expect(running.child.isRunning()).toBe(true);
  });

  it('ends on Ctrl-C, says so, and leaves no process behind', async () => {
    // At least the panel, the daemon and its media engine.
    expect(familyOf(running.child.pid).length).toBeGreaterThanOrEqual(3);
    expect(await running.interrupt()).toEqual({ code: 0, survivors: [] });
    expect(running.child.output()).toMatch(/Stopping …\nStopped\.\n$/);
  });

  it('is up in seconds when there is nothing to install or build', async () => {
    const from = performance.now();
    const again = await started.add(start());
    await again.says('Kyberline is running', SECONDS_MS);
    expect(performance.now() - from).toBeLessThan(SECONDS_MS);
    expect(again.child.output()).not.toMatch(/Installing|Building/);
    expect(await again.interrupt()).toEqual({ code: 0, survivors: [] });
  });
});

describe('npm run demo', () => {
  const started = new Started();
  let place: Place;
  let running: Command;
  afterAll(async () => {
    await started.stop();
    leave(place);
  });

  it('says where alice and bob are, and both pages are there', async () => {
    place = await freePlace(2);
    const silent = ['--alice-input', 'silence', '--alice-output', 'silence'];
    running = await started.add(runCommand('demo', [...place.options, ...silent, '--auto-answer']));
    await running.says('Press Ctrl-C to stop.', SECONDS_MS);
    for (const [who, port] of [
      ['alice:', place.port],
      ['bob:  ', place.port + 1],
    ] as const) {
      expect(running.child.output()).toContain(`${who} http://localhost:${port}\n`);
      expect((await visit(port)).status).toBe(200);
    }
  });

  it('lets alice call bob, who answers by himself and is heard speaking', async () => {
    const home = join(place.home, 'alice');
    const token = readFileSync(join(home, 'token'), 'utf8').trim();
    const alice = await connectApi(place.daemonPort, token);
    await started.add({ stop: () => alice.close() });
    await alice.until('bob is there', ({ people }) =>
      people.some(({ name, online }) => name === 'bob' && online),
    );
    const called = await kyberline(['call', 'bob', '--home', home], plainEnv());
    expect(called.code, called.output).toBe(0);
    await alice.untilCall('bob answers', ({ phase }) => phase === 'active');
    await eventually("bob's voice arrives", 10_000, () =>
      alice.counters().some(({ received, played }) => received > 0 && played > 0),
    );
    await eventually("bob's voice is heard", 10_000, () =>
      alice.levels()?.calls.some(({ heard }) => heard > AUDIBLE),
    );
  });

  it('ends on Ctrl-C in mid-call, and leaves no process behind', async () => {
    expect(familyOf(running.child.pid).length).toBeGreaterThanOrEqual(2 * 3);
    expect(await running.interrupt()).toEqual({ code: 0, survivors: [] });
    expect(running.child.output()).toMatch(/Stopping …\nStopped\.\n$/);
  });
});
