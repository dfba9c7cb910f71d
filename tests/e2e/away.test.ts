/**
 * The daemon, the registry and the microphone go away and come back: the page has a plain sentence for
 * each, and goes on by itself.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser, screenshot } from '../rig/browser.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { type Registry, startRegistry } from '../rig/registry.js';
import { SPEAKERS, speak } from '../rig/speech.js';
import { watchOver } from './aftermath.js';
import { type Machine, startMachine } from './machine.js';
import { moves, watchMeters } from './meters.js';
import { whyNot } from './needs.js';
import { PATIENCE_MS, type Visit, visit } from './visit.js';

const PEOPLE = 'Who would you like to call?';

const started = new Started();
let pulse: Pulse;
let registry: Registry;
let machine: Machine;
let alice: Visit;

describe.skipIf(whyNot() !== undefined)('a page whose', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const [browser, sound, names] = await Promise.all([
      launchBrowser(),
      started.add(startPulse(['alice'])),
      started.add(startRegistry()),
    ]);
    await started.add({ stop: () => browser.close() });
    [pulse, registry] = [sound, names];
    machine = await started.add(
      startMachine({
        name: 'alice',
        registryUrl: registry.url,
        ...{ input: 'default', output: 'silence', env: pulse.env('alice') },
      }),
    );
    alice = await visit(browser, machine);
    await alice.sees(PEOPLE);
  });
  afterAll(() => started.stop());
  watchOver(() => ({ alice }));

  const problems = () => alice.page.getByRole('main').getByRole('status').first();

  describe('daemon is away', () => {
    it('says so, whether it was open before or is opened now', async () => {
      await machine.killDaemon();
      await alice.sees('Kyberline is not running');
      await alice.sees(/background program on this machine does not answer.*“npm start”/);
      await screenshot(alice.page, 'daemon-away-1280-light');
      await alice.page.reload();
      await alice.sees('Kyberline is not running');
      await alice.seesNoMore(PEOPLE);
    });

    it('goes on by itself once it runs again', async () => {
      await machine.restartDaemon();
      await alice.sees(PEOPLE);
      await alice.seesNoMore('Kyberline is not running');
      await alice.button('Call echo').waitFor();
    });
  });

  describe('registry is away', () => {
    it('says so and which one, and keeps what needs no registry', async () => {
      await registry.kill9();
      await expect
        .poll(() => problems().textContent(), { timeout: PATIENCE_MS })
        .toContain(registry.url);
      await alice.sees('The list will be back');
      expect(await alice.button('Call echo').isEnabled()).toBe(true);
      await screenshot(alice.page, 'registry-away-1280-light');
    });

    it('goes on by itself once it answers again', async () => {
      await registry.restart();
      await expect.poll(() => problems().textContent(), { timeout: PATIENCE_MS }).toBe('');
      await alice.sees('Nobody else is here yet');
    });
  });

  describe('microphone is away', () => {
    /** Speaks into alice's microphone and looks whether the page's meter moves. */
    const isHeard = async () => {
      const sentence = 'Can you hear me now? One, two, three, four, five.';
      const playing = pulse.play('alice', await speak(sentence, SPEAKERS.alice));
      const { 'Your microphone': trace } = await watchMeters(alice.page, 2000);
      await playing.done;
      return moves(trace);
    };

    it('says so while it is wanted', async () => {
      await alice.go('Settings');
      await alice.button('Test the microphone').click();
      await expect.poll(isHeard, { timeout: PATIENCE_MS }).toBe(true);
      // PulseAudio would give the program the speaker's monitor instead, as a person's other microphone.
      await pulse.unplug('alice', 'speaker');
      await pulse.unplug('alice', 'mic');
      await expect
        .poll(() => problems().textContent(), { timeout: PATIENCE_MS })
        .toMatch(
          /^The microphone is away\. .+ It is opened again by itself as soon as it is back\.$/,
        );
      await screenshot(alice.page, 'microphone-away-1280-light');
    });

    it('goes on by itself once it is back', async () => {
      await pulse.plug('alice', 'mic');
      await expect.poll(() => problems().textContent(), { timeout: PATIENCE_MS }).toBe('');
      await expect.poll(isHeard, { timeout: PATIENCE_MS }).toBe(true);
      await alice.button('Stop the test').click();
    });
  });
});
