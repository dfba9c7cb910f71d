import { expect, test } from 'vitest';
import { benchUsage, chosenFrom, limitMsOf } from './bench-list.mjs';

const quick = { name: 'quick', title: 'Soon done', seconds: 10 };
const long = { name: 'long', title: 'An hour', seconds: 3600, byHand: true };
const list = [quick, long];

test('all run but those that are by hand, unless they are named', () => {
  expect(chosenFrom(list, [])).toEqual([quick]);
  expect(chosenFrom(list, ['long'])).toEqual([long]);
  expect(chosenFrom(list, ['long', 'quick'])).toEqual([quick, long]);
});

test('one that is not there is said with those that are', () => {
  expect(() => chosenFrom(list, ['slow'])).toThrow(/no benchmark "slow"[\s\S]*quick[\s\S]*long/);
});

test('a long one may take long', () => {
  expect(limitMsOf(quick)).toBe(600_000);
  expect(limitMsOf(long)).toBe(7_200_000);
});

test('the usage says which runs only if named', () => {
  expect(benchUsage(list)).toContain('quick       Soon done (about 10 s)');
  expect(benchUsage(list)).toContain('long        An hour (about 3600 s, only if named)');
});
