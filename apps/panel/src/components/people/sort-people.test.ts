import type { PersonView } from '@kyberline/shared/snapshot';
import { describe, expect, it } from 'vitest';
import { sortPeople } from './sort-people';

const person = (name: string, online: boolean, isEcho = false) =>
  ({ name, online, isEcho, trust: 'new' }) as PersonView;
const people = [
  person('zoe', true),
  person('echo', true, true),
  person('bob', false),
  person('anna', true),
];

describe('the list of people', () => {
  it('keeps echo apart and sorts the others by presence and name', () => {
    const { echo, online, away } = sortPeople(people, '');
    expect(echo?.name).toBe('echo');
    expect(online.map((one) => one.name)).toEqual(['anna', 'zoe']);
    expect(away.map((one) => one.name)).toEqual(['bob']);
  });

  it('shows only names that contain what was typed, whatever its case', () => {
    const { echo, online, away } = sortPeople(people, ' O');
    expect([echo?.name, ...online.map((p) => p.name), ...away.map((p) => p.name)]).toEqual([
      'echo',
      'zoe',
      'bob',
    ]);
  });
});
