import type { UserName } from '@kyberline/shared/ids';
import type { Person } from '@kyberline/shared/registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryPeople } from './registry-people.js';

const EVERY_MS = 45_000;
const RETRY_MS = 5_000;
const person = (name: string, online: boolean): Person => ({ username: name as UserName, online });

let asked: { answer: (people: Person[]) => void; fail: () => void }[];
let shown: Person[][];
let people: RegistryPeople;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  shown = [];
  people = new RegistryPeople(
    () =>
      new Promise((answer, reject) => {
        asked.push({ answer, fail: () => reject(new Error('no answer')) });
      }),
    (list) => shown.push(list),
  );
  people.follow(EVERY_MS);
});
afterEach(() => {
  people.pause();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the list of people', () => {
  it('that is older than what was heard since it was asked for gives way to that', async () => {
    for (const heard of [person('alice', false), person('carol', true), person('dave', false)]) {
      people.heard(heard);
    }
    asked[0]!.answer([person('alice', true), person('bob', false)]);
    await pass(0);
    expect(shown).toEqual([[person('alice', false), person('bob', false), person('carol', true)]]);
  });

  it('counts again once it was asked for later', async () => {
    people.heard(person('alice', false));
    asked[0]!.answer([person('alice', true)]);
    await pass(EVERY_MS);
    asked[1]!.answer([person('alice', true)]);
    await pass(0);
    expect(shown.at(-1)).toEqual([person('alice', true)]);
  });

  it('is asked for again every now and then, which drops names that were given up', async () => {
    asked[0]!.answer([person('alice', true), person('bob', true)]);
    await pass(EVERY_MS - 1);
    expect(asked).toHaveLength(1);
    await pass(1);
    asked[1]!.answer([person('alice', true)]);
    await pass(0);
    expect(shown.at(-1)).toEqual([person('alice', true)]);
  });

  it('is asked for again soon where that failed', async () => {
    asked[0]!.fail();
    await pass(RETRY_MS);
    asked[1]!.answer([person('alice', true)]);
    await pass(0);
    expect(shown).toEqual([[person('alice', true)]]);
  });

  it('goes on at its pace when told the same again, and at once at another', async () => {
    asked[0]!.answer([]);
    await pass(0);
    people.follow(EVERY_MS);
    expect(asked).toHaveLength(1);
    people.follow(RETRY_MS);
    expect(asked).toHaveLength(2);
  });

  it('under way when it is paused is not told, whenever it comes', async () => {
    people.pause();
    people.follow(EVERY_MS);
    asked[0]!.answer([person('alice', true)]);
    await pass(0);
    expect(shown).toEqual([]);
    asked[1]!.answer([person('bob', true)]);
    await pass(0);
    expect(shown).toEqual([[person('bob', true)]]);
  });
});
