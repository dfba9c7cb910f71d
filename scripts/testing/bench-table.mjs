/** A benchmark's rows as a table for people. */

/** @typedef {{ what: string, value: number, unit: string, p95?: number, note?: string }} Row */

/**
 * @param {string} title
 * @param {Row[]} rows
 */
export function benchTable(title, rows) {
  const cells = rows.map(({ what, value, unit, p95 }) => [
    what,
    figure(value),
    unit,
    p95 === undefined ? '' : `p95 ${figure(p95)}`,
  ]);
  const width = (/** @type {number} */ column) =>
    Math.max(0, ...cells.map((row) => (row[column] ?? '').length));
  const lines = cells.map(([what = '', value = '', unit = '', p95 = ''], index) => {
    const note = rows[index]?.note;
    const line = [what.padEnd(width(0)), value.padStart(width(1)), unit.padEnd(width(2)), p95];
    return `  ${line.join('  ').trimEnd()}${note === undefined ? '' : `\n    ${note}`}`;
  });
  return `\n${title}\n${lines.join('\n')}`;
}

/**
 * Three figures that count: 0.0123, 1.23, 45.6, 789, 12,345.
 * @param {number} value
 */
export function figure(value) {
  if (!Number.isFinite(value)) return 'none';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-GB');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return value.toPrecision(2);
}
