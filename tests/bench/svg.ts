/**
 * Charts over time as SVG text: panels below each other on one time axis, each with its own scale and
 * unit, a legend and grey bands for what was done meanwhile. Ours, since a library for five pictures
 * would be larger than all benchmarks. Lines differ in colour and in dashes, text and lines follow the
 * reader's light or dark scheme, and nothing is loaded from anywhere.
 *
 *   title
 *   what, unit     ── a  ╌╌ b        legend of the panel
 *   │  ▒▒▒▒
 *   │──▒▒▒▒───                       bands through all panels
 *   └──────────── s                  under the last one
 */

/** Seconds, and a value in the panel's unit. */
export type Point = readonly [seconds: number, value: number];

export interface Line {
  name: string;
  points: readonly Point[];
}

export interface Panel {
  what: string;
  unit: string;
  /** Four at most: no fifth could be told apart. */
  lines: readonly Line[];
}

export interface Band {
  fromSeconds: number;
  untilSeconds: number;
  name: string;
}

export interface Chart {
  title: string;
  seconds: number;
  bands: readonly Band[];
  panels: readonly Panel[];
}

const WIDTH = 760;
const LEFT = 56;
const RIGHT = 16;
const TITLE = 36;
const HEAD = 28;
const PANEL = 130;
const GAP = 18;
const FOOT = 40;
const PLOT = WIDTH - LEFT - RIGHT;
const MOST_LINES = 4;
/** What the sample of a line has in the legend, px, and a letter there, about. */
const SAMPLE = 26;
const LETTER = 6.4;
const TIME_TICKS = 8;
const VALUE_TICKS = 4;

const STYLE = `
  .ground { fill: #ffffff } .band { fill: #64748b; fill-opacity: .14 }
  text { fill: #1f2937; font: 12px system-ui, sans-serif }
  .name { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
  .title { font-size: 14px; font-weight: 600 } .quiet { fill: #57606a }
  .grid { stroke: #d0d7de; stroke-width: 1 } .axis { stroke: #57606a; stroke-width: 1 }
  .line { fill: none; stroke-width: 1.8; stroke-linejoin: round }
  .line-0 { stroke: #0550ae } .line-1 { stroke: #b35900; stroke-dasharray: 7 3 }
  .line-2 { stroke: #1a7f37; stroke-dasharray: 2 2 } .line-3 { stroke: #8250df; stroke-dasharray: 9 3 2 3 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .band { fill: #b1bac4; fill-opacity: .16 }
    text { fill: #e6edf3 } .quiet { fill: #9ea7b3 }
    .name { stroke: #0d1117 } .grid { stroke: #30363d } .axis { stroke: #9ea7b3 }
    .line-0 { stroke: #6cb6ff } .line-1 { stroke: #ffa657 } .line-2 { stroke: #56d364 } .line-3 { stroke: #d2a8ff }
  }
`;

/** @throws RangeError for a panel of which the lines could not be told apart, or that has none */
export function svgOf({ title, seconds, bands, panels }: Chart): string {
  for (const { what, lines } of panels) {
    if (lines.length === 0 || lines.length > MOST_LINES) {
      throw new RangeError(`${lines.length} lines of "${what}" in one panel`);
    }
  }
  const height = TITLE + panels.length * (HEAD + PANEL + GAP) + FOOT;
  const x = (at: number) => LEFT + (at / seconds) * PLOT;
  const parts = panels.map((panel, n) => {
    const top = TITLE + n * (HEAD + PANEL + GAP) + HEAD;
    return [
      ...bands.map((band) => bandOf(band, x, top)),
      panelOf(panel, x, top),
      // Over the lines, or they could cross it out.
      ...(n === 0 ? bands.map((band) => nameOf(band, x, top)) : []),
      ...(n === panels.length - 1 ? [timeAxis(seconds, x, top + PANEL)] : []),
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    text(LEFT, 24, title, 'title'),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function panelOf({ what, unit, lines }: Panel, x: (at: number) => number, top: number): string {
  const values = lines
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter(Number.isFinite);
  const ticks = ticksOf(Math.min(0, ...values), Math.max(0, ...values), VALUE_TICKS);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const y = (value: number) => top + PANEL - ((value - low) / (high - low)) * PANEL;
  return [
    text(LEFT, top - 10, `${what}, ${unit}`),
    legend(lines, top - 14),
    ...ticks.map((tick) => {
      const at = px(y(tick));
      const line = `<line class="${tick === 0 ? 'axis' : 'grid'}" x1="${LEFT}" x2="${LEFT + PLOT}" y1="${at}" y2="${at}"/>`;
      return `${line}${text(LEFT - 8, y(tick) + 4, String(tick), 'quiet', 'end')}`;
    }),
    ...lines.map(({ points }, n) => `<path class="line line-${n}" d="${pathOf(points, x, y)}"/>`),
  ].join('\n');
}

/** At the right end of the panel's head. */
function legend(lines: readonly Line[], y: number): string {
  const widths = lines.map(({ name }) => SAMPLE + 6 + name.length * LETTER + 16);
  let at = LEFT + PLOT - widths.reduce((sum, each) => sum + each, 0);
  return lines
    .map(({ name }, n) => {
      const from = at;
      at += widths[n]!;
      return (
        `<line class="line line-${n}" x1="${px(from)}" x2="${px(from + SAMPLE)}" y1="${y}" y2="${y}"/>` +
        text(from + SAMPLE + 6, y + 4, name)
      );
    })
    .join('');
}

function bandOf(
  { fromSeconds, untilSeconds }: Band,
  x: (at: number) => number,
  top: number,
): string {
  const [from, until] = [x(fromSeconds), x(untilSeconds)];
  return `<rect class="band" x="${px(from)}" y="${top}" width="${px(until - from)}" height="${PANEL}"/>`;
}

function nameOf({ fromSeconds, name }: Band, x: (at: number) => number, top: number): string {
  return text(x(fromSeconds) + 4, top + 14, name, 'quiet name');
}

function timeAxis(seconds: number, x: (at: number) => number, bottom: number): string {
  const ticks = ticksOf(0, seconds, TIME_TICKS).filter((tick) => tick <= seconds);
  return [
    ...ticks.map((tick) => text(x(tick), bottom + 18, String(tick), 'quiet', 'middle')),
    text(LEFT + PLOT / 2, bottom + 36, 'seconds of the call', 'quiet', 'middle'),
  ].join('');
}

/** Round numbers, about so many, the first not above `low` and the last not below `high`. */
export function ticksOf(low: number, high: number, about: number): number[] {
  const span = high - low || 1;
  const rough = span / about;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 5, 10].find((each) => each * size >= rough) ?? 10);
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step) - first);
  // 0.1 times 3 is not 0.3 to a computer.
  return Array.from({ length: count + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}

/** Broken where there is no value. */
function pathOf(
  points: readonly Point[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let isDown = false;
  return points
    .map(([at, value]) => {
      const to = isDown ? 'L' : 'M';
      isDown = Number.isFinite(value);
      return isDown ? `${to}${px(x(at))} ${px(y(value))}` : '';
    })
    .join('');
}

function text(x: number, y: number, what: string, kind = '', anchor = 'start'): string {
  const attributes = `${kind && ` class="${kind}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${px(x)}" y="${px(y)}"${attributes}>${escaped(what)}</text>`;
}

/** To a tenth of a pixel: no eye sees more, and the files stay small. */
function px(at: number): number {
  return Math.round(10 * at) / 10;
}

function escaped(what: string): string {
  return what
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
