/** The shorter ones, whole: what the pictures show is what the figures say, and nothing is empty. */
import { describe, expect, it } from 'vitest';
import { svgOf } from './svg.js';
import { loss, stall, type Trace } from './traces.js';

const valuesOf = ({ rows }: Trace) => rows.map(({ value }) => value);

describe('a picture of', () => {
  it('a stall shows what was made up in it, and a wait that goes back', () => {
    const trace = stall();
    const [madeUpMs, backMs] = valuesOf(trace);
    expect(madeUpMs).toBeGreaterThan(800);
    expect(madeUpMs).toBeLessThan(1100);
    expect(backMs).toBeLessThan(3000);
    const [waiting, concealing] = trace.chart.panels;
    const drawn = concealing!.lines[0]!.points.filter(([at]) => at > 10);
    expect(drawn.reduce((sum, [, ms]) => sum + ms, 0)).toBeCloseTo(madeUpMs!, -2);
    expect(waiting!.lines.map(({ points }) => points.length)).toEqual([250, 250]);
    expect(svgOf(trace.chart)).toContain('nothing comes');
  });

  it('loss shows that earlier frames are repeated in it, and no longer after it', () => {
    const trace = loss();
    const [repeated] = trace.chart.panels[0]!.lines;
    const at = (seconds: number) => repeated!.points.findLast(([when]) => when <= seconds)![1];
    expect(at(9)).toBe(0);
    expect(at(25)).toBeGreaterThanOrEqual(2);
    expect(at(49)).toBeLessThan(at(25));
    expect(valuesOf(trace)[1]).toBeLessThan(1);
  });
});
