import { describe, expect, it } from 'vitest';
import { type Chart, svgOf, ticksOf } from './svg.js';

const chart = (plan: Partial<Chart> = {}): Chart => ({
  title: 'Delay',
  seconds: 10,
  bands: [],
  panels: [
    {
      what: 'delay',
      unit: 'ms',
      lines: [
        {
          name: 'ours',
          points: [
            [0, 0],
            [5, 40],
            [10, 20],
          ],
        },
      ],
    },
  ],
  ...plan,
});

/** Of the n-th drawn line, the places that it goes through. */
function drawn(svg: string, n = 0): { x: number; y: number }[] {
  const paths = [...svg.matchAll(/<path [^>]*d="([^"]+)"/g)].map(([, d]) => d!);
  return [...paths[n]!.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

describe('a chart', () => {
  it('draws time from left to right and more as higher, to one scale', () => {
    const [first, second, third] = drawn(svgOf(chart()));
    expect(second!.x - first!.x).toBeCloseTo(third!.x - second!.x, 5);
    expect(first!.x).toBeLessThan(second!.x);
    expect(first!.y - third!.y).toBeCloseTo((first!.y - second!.y) / 2, 0);
    expect(first!.y).toBeGreaterThan(second!.y);
  });

  it('says the units and the names of its lines', () => {
    const svg = svgOf(chart());
    for (const said of ['>Delay<', '>delay, ms<', '>ours<', '>seconds of the call<', '>40<']) {
      expect(svg).toContain(said);
    }
  });

  it('gives each panel its own scale', () => {
    const [panel] = chart().panels;
    const low = {
      ...panel!,
      lines: [{ name: 'low', points: [[0, 0] as const, [10, 4] as const] }],
    };
    const svg = svgOf(chart({ panels: [panel!, low] }));
    const height = (n: number) => {
      const ys = drawn(svg, n).map(({ y }) => y);
      return Math.max(...ys) - Math.min(...ys);
    };
    expect(height(1)).toBeCloseTo(height(0), 0);
  });

  it('leaves a gap where there is no value', () => {
    const points = [
      [0, 1],
      [1, 2],
      [2, Number.NaN],
      [3, 2],
      [4, 1],
    ] as const;
    const panel = { what: 'delay', unit: 'ms', lines: [{ name: 'ours', points }] };
    const svg = svgOf(chart({ panels: [panel] }));
    expect(svg).not.toContain('NaN');
    expect(svg.match(/d="([^"]+)"/)![1]!.match(/M/g)).toHaveLength(2);
  });

  it('marks in every panel what was done, and names it once', () => {
    const [panel] = chart().panels;
    const bands = [{ fromSeconds: 2, untilSeconds: 4, name: 'a <stall> & more' }];
    const svg = svgOf(chart({ bands, panels: [panel!, panel!] }));
    expect(svg.match(/class="band"/g)).toHaveLength(2);
    expect(svg.match(/a &lt;stall&gt; &amp; more/g)).toHaveLength(1);
  });

  it('can be read on a light and on a dark ground, and loads nothing', () => {
    const svg = svgOf(chart());
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|href/);
  });

  it('refuses lines that nobody could tell apart', () => {
    const [panel] = chart().panels;
    const lines = Array.from({ length: 5 }, () => panel!.lines[0]!);
    expect(() => svgOf(chart({ panels: [{ ...panel!, lines }] }))).toThrow('5 lines of "delay"');
    expect(() => svgOf(chart({ panels: [{ ...panel!, lines: [] }] }))).toThrow(RangeError);
  });
});

describe('ticks', () => {
  it.each([
    [0, 40, 4, [0, 10, 20, 30, 40]],
    [0, 37, 4, [0, 10, 20, 30, 40]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [-7, 12, 4, [-10, -5, 0, 5, 10, 15]],
    [0, 5012, 4, [0, 2000, 4000, 6000]],
    [0, 0, 2, [0, 0.5]],
  ])('from %d to %d, about %d, are round and reach both ends', (low, high, about, ticks) => {
    expect(ticksOf(low, high, about)).toEqual(ticks);
  });
});
