/**
 * Alice and bob, each in a browser of their own before a machine of their own, from the first visit to
 * the history: everything real but the microphones, which are files with speech. Carol is a third, who
 * is impatient.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Started } from '../calls/started.js';
import { launchBrowser, screenshot } from '../rig/browser.js';
import { sleep } from '../rig/child.js';
import { SPEAKERS, speechFile, TEXTS } from '../rig/speech.js';
import { tellInOrder, watchOver } from './aftermath.js';
import { type Machine, startMachine } from './machine.js';
import { moves, watchMeters } from './meters.js';
import { whyNot } from './needs.js';
import { call, newestCall, PATIENCE_MS, signUp, type Visit, visit, wordsOf } from './visit.js';

const CAROL_RINGS_S = 2;

const started = new Started();
let browser: Browser;
let machines: { alice: Machine; bob: Machine; carol: Machine };
let alice: Visit;
let bob: Visit;
let carol: Visit;

describe.skipIf(whyNot() !== undefined)(
  'people before their own panels',
  { timeout: 60_000 },
  () => {
    beforeAll(async () => {
      const saying = async (who: 'alice' | 'bob') =>
        `file:${await speechFile(TEXTS[who], SPEAKERS[who])}`;
      browser = await launchBrowser();
      await started.add({ stop: () => browser.close() });
      const first = await started.add(startMachine({ input: await saying('alice') }));
      const { registryUrl } = first;
      const [second, third] = await Promise.all([
        started.add(startMachine({ registryUrl, input: await saying('bob') })),
        started.add(startMachine({ registryUrl, ringSeconds: CAROL_RINGS_S })),
      ]);
      machines = { alice: first, bob: second, carol: third };
      [alice, bob, carol] = await Promise.all([
        visit(browser, first),
        visit(browser, second),
        visit(browser, third),
      ]);
    }, 90_000);
    afterAll(() => started.stop());
    watchOver(() => ({ alice, bob, carol }));
    tellInOrder();

    it('take their names on their first visit', async () => {
      await Promise.all([signUp(alice, 'alice'), signUp(bob, 'bob'), signUp(carol, 'carol')]);
      for (const [name, { daemon }] of Object.entries(machines)) {
        expect(daemon().client.state()?.me).toMatchObject({ name, registered: true });
      }
    });

    describe('in a call', () => {
      let connectedAt: number;

      it('ring at the other and are answered', async () => {
        await call(alice, 'bob');
        await alice.sees("Ringing at bob's…");
        await alice.button('Cancel call').waitFor();
        const sheet = bob.page.getByRole('dialog', { name: 'alice is calling' });
        await sheet.getByRole('button', { name: 'Decline' }).waitFor();
        await sheet.getByRole('button', { name: 'Accept' }).click();
        await Promise.all([alice.sees('In call'), bob.sees('In call')]);
        connectedAt = Date.now();
        await sheet.waitFor({ state: 'hidden' });
      });

      it('see the same four words, which are those of their daemons', async () => {
        const [hers, his] = await Promise.all([wordsOf(alice), wordsOf(bob)]);
        expect(his).toEqual(hers);
        expect(new Set(hers).size).toBeGreaterThan(1);
        const [view] = machines.alice.daemon().client.state()!.calls;
        expect(hers).toEqual(view!.words!.map((word, i) => `${view!.emoji![i]} ${word}`));
      });

      it('see both voices move', async () => {
        const [hers, his] = await Promise.all([
          watchMeters(alice.page, 3000),
          watchMeters(bob.page, 3000),
        ]);
        expect(Object.keys(hers).sort()).toEqual(['Your microphone', "bob's voice"]);
        expect(Object.keys(his).sort()).toEqual(['Your microphone', "alice's voice"]);
        for (const trace of [...Object.values(hers), ...Object.values(his)]) {
          expect(moves(trace), String(trace)).toBe(true);
        }
      });

      it('see how long they talk, second by second', async () => {
        const shown = async ({ page }: Visit) => {
          const length = await page.getByRole('article').locator('time').getAttribute('datetime');
          return Number(/^PT(\d+)S$/.exec(length ?? '')?.[1]);
        };
        for (const visitor of [alice, bob]) {
          const [before, at] = [await shown(visitor), Date.now()];
          expect(Math.abs(before - (at - connectedAt) / 1000)).toBeLessThan(2);
          await expect.poll(() => shown(visitor), { timeout: 5000 }).toBeGreaterThan(before + 1);
          expect(Date.now() - at).toBeGreaterThan(900);
        }
      });

      it('see the numbers of the line', async () => {
        const number = ({ page }: Visit, name: string) =>
          page.locator('dl > div').filter({ hasText: name }).locator('dd').textContent();
        for (const visitor of [alice, bob]) {
          await expect.poll(() => number(visitor, 'Round trip')).toMatch(/^[\d.]+ ms$/);
          expect(await number(visitor, 'Jitter')).toMatch(/^[\d.]+ ms$/);
          expect(await number(visitor, 'Loss')).toMatch(/^(< )?[\d.]+ %$/);
          expect(await number(visitor, 'Suite')).toBe('Kyber512 + X25519');
        }
      });

      it('are not heard while they are muted, and the other is told', async () => {
        await alice.button('Mute').click();
        await Promise.all([alice.button('Unmute').waitFor(), bob.sees('alice is muted')]);
        await alice.sees('Muted: nobody hears you');
        await screenshot(alice.page, 'call-muted');
        await screenshot(bob.page, 'call-peer-muted');
        // What is still in bob's jitter buffer was said before.
        await sleep(500);
        const his = await watchMeters(bob.page, 1500);
        expect(Math.max(...his["alice's voice"]!)).toBe(0);
        // Whoever speaks pauses as well.
        await expect
          .poll(async () => moves((await watchMeters(alice.page, 1500))["bob's voice"]), {
            timeout: PATIENCE_MS,
          })
          .toBe(true);
        await alice.page.keyboard.press('Alt+m');
        await Promise.all([alice.button('Mute').waitFor(), bob.seesNoMore('alice is muted')]);
        await expect
          .poll(async () => moves((await watchMeters(bob.page, 1000))["alice's voice"]), {
            timeout: PATIENCE_MS,
          })
          .toBe(true);
      });

      it('keep the call on other pages, and when the page is loaded anew', async () => {
        await alice.go('Settings');
        const strip = alice.page.getByRole('region', { name: 'Running call' });
        await strip.getByText('In call with bob').waitFor();
        await alice.page.reload();
        await strip.getByText('In call with bob').click();
        expect(await wordsOf(alice)).toEqual(await wordsOf(bob));
      });

      it('hang up, and both histories know with whom, how long and why', async () => {
        await alice.button('Hang up').click();
        const seconds = (Date.now() - connectedAt) / 1000;
        await Promise.all([alice.sees('You hung up.'), bob.sees('alice hung up.')]);
        await Promise.all([alice.sees(/You talked for \d+ second/), bob.sees(/You talked for/)]);
        const hers = await newestCall(alice, /^You called bob You hung up\. /);
        const his = await newestCall(bob, /^Call from alice alice hung up\. /);
        for (const row of [hers, his]) {
          const [, minutes, rest] = /(\d+):(\d\d) \S+ seconds?/.exec(row) ?? [];
          expect(Math.abs(Number(minutes) * 60 + Number(rest) - seconds), row).toBeLessThan(3);
        }
        await Promise.all([alice.go('People'), bob.go('People')]);
      });
    });
  },
);
