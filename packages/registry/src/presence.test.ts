import type { UserName } from '@kyberline/shared/ids';
import { beforeEach, describe, expect, it } from 'vitest';
import { Presence } from './presence.js';

const ALICE = 'alice' as UserName;
let told: [string, boolean][];
let presence: Presence;
beforeEach(() => {
  told = [];
  presence = new Presence((name, online) => told.push([name, online]));
});

describe('a name is online', () => {
  it('while its socket is open, however long nothing else is heard', () => {
    presence.opened(ALICE);
    expect(presence.isOnline(ALICE, 1e12)).toBe(true);
    expect(told).toEqual([['alice', true]]);
  });

  it('for 5 s after each poll', () => {
    presence.polled(ALICE, 0);
    presence.polled(ALICE, 1000);
    expect(presence.isOnline(ALICE, 5999)).toBe(true);
    expect(presence.isOnline(ALICE, 6000)).toBe(false);
    presence.sweep(6000);
    expect(told).toEqual([
      ['alice', true],
      ['alice', false],
    ]);
  });

  it('not a moment longer once its socket was closed on purpose', () => {
    presence.opened(ALICE);
    presence.closed(ALICE, true, 0);
    expect(presence.isOnline(ALICE, 0)).toBe(false);
  });

  it('for 5 s after its socket broke off, so that connecting again does not flicker', () => {
    presence.opened(ALICE);
    presence.closed(ALICE, false, 0);
    expect(presence.isOnline(ALICE, 4999)).toBe(true);
    presence.opened(ALICE);
    expect(told).toEqual([['alice', true]]);
    presence.closed(ALICE, false, 10_000);
    expect(presence.isOnline(ALICE, 15_000)).toBe(false);
  });

  it('through its socket even where it polled before, and longer ago than 5 s', () => {
    presence.polled(ALICE, 0);
    presence.opened(ALICE);
    presence.polled(ALICE, 1);
    expect(presence.isOnline(ALICE, 60_000)).toBe(true);
  });
});
