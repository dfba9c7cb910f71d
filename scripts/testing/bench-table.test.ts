import { expect, test } from 'vitest';
import { benchTable, figure } from './bench-table.mjs';

test('figures keep what counts', () => {
  expect([0.01234, 1.234, 45.67, 789.1, 12345.6].map(figure)).toEqual([
    '0.012',
    '1.23',
    '45.7',
    '789',
    '12,346',
  ]);
  expect(figure(Number.NaN)).toBe('none');
});

test('rows stand in columns, with notes below', () => {
  const table = benchTable('Latency', [
    { what: 'alice to bob', value: 45.2, unit: 'ms', p95: 50, note: '60 chirps' },
    { what: 'both', value: 1234, unit: 'ms' },
  ]);
  expect(table).toBe(
    '\nLatency\n  alice to bob   45.2  ms  p95 50.0\n    60 chirps\n  both          1,234  ms',
  );
});
