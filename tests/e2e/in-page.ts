/**
 * Functions that run inside the browser's page: each stands for itself, since nothing but its own text
 * gets there.
 */

/** Layout, headings, ids, and the regions that are read out when they change. */
export function documentFaults(): string[] {
  const faults: string[] = [];
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    const wide = all('body *').filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
    faults.push(`scrolls ${scrollWidth - clientWidth} px sideways: ${wide.at(-1)?.outerHTML}`);
  }
  for (const element of all('h1, h2, button, a, p')) {
    const runsOut = element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
    if (runsOut && getComputedStyle(element).overflowX === 'visible') {
      faults.push(`text runs out of its box: ${element.outerHTML}`);
    }
  }
  const headings = all('h1').filter((heading) => heading.checkVisibility());
  if (headings.length !== 1) faults.push(`${headings.length} h1 headings`);
  if (document.title.trim() === '') faults.push('no title');
  if (document.documentElement.lang === '') faults.push('no language');
  if (all('main').length !== 1) faults.push(`${all('main').length} main regions`);
  const ids = all('[id]').map(({ id }) => id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) faults.push(`ids used twice: ${twice.join(', ')}`);
  if (all('[aria-live="assertive"]').length === 0) faults.push('no region that is read at once');
  if (all('[role="status"], [role="alert"]').length === 0) faults.push('no region for news');
  for (const attribute of ['aria-labelledby', 'aria-describedby']) {
    for (const element of all(`[${attribute}]`)) {
      const targets = element.getAttribute(attribute)?.split(' ') ?? [];
      if (targets.some((id) => document.getElementById(id) === null)) {
        faults.push(`${attribute} points at nothing: ${element.outerHTML}`);
      }
    }
  }
  return faults;
}

/** Text that does not stand out from its background (WCAG 2.2, 1.4.3: 4.5 to 1, large text 3 to 1). */
export function contrastFaults(): string[] {
  type Colour = [red: number, green: number, blue: number, alpha: number];
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (canvas === null) return ['no canvas to measure contrast with'];
  const known = new Map<string, Colour>();
  const read = (css: string): Colour => {
    const found = known.get(css);
    if (found !== undefined) return found;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    const colour: Colour = [r, g, b, a / 255];
    known.set(css, colour);
    return colour;
  };
  const over = ([r, g, b, a]: Colour, [R, G, B]: Colour): Colour => {
    const mix = (top: number, below: number) => top * a + below * (1 - a);
    return [mix(r, R), mix(g, G), mix(b, B), 1];
  };
  const background = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const own = read(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, background(element.parentElement));
  };
  const luminance = ([r, g, b]: Colour): number => {
    const linear = [r, g, b].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  };
  const faults = new Set<string>();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent?.trim() ?? '';
    const element = texts.currentNode.parentElement;
    if (text === '' || element === null || element.closest(':disabled, script, style')) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width <= 1 || height <= 1 || !/[\p{L}\p{N}]/u.test(text)) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const below = background(element);
    const light = [luminance(over(read(color), below)), luminance(below)].sort((a, b) => b - a);
    const ratio = ((light[0] ?? 0) + 0.05) / ((light[1] ?? 0) + 0.05);
    const pixels = Number.parseFloat(fontSize);
    const large = pixels >= 24 || (pixels >= 18.66 && Number(fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.add(`contrast ${ratio.toFixed(2)}: “${text}”`);
  }
  return [...faults];
}

export interface Stop {
  name: string;
  /** It had the focus before on this walk. */
  again: boolean;
  /** An outline or a ring is drawn around it. */
  marked: boolean;
  /** Its middle is on the screen, with nothing over it. */
  inView: boolean;
}

/** Where the focus is now; undefined if on nothing. */
export function focusStop(): Stop | undefined {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return undefined;
  const again = element.dataset.hadFocus !== undefined;
  element.dataset.hadFocus = 'yes';
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const outlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
  // A ring is a shadow without offset or blur, but with a spread.
  const ringed = /(^|\) )0px 0px 0px [1-9.]+px/.test(boxShadow);
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const inView = top !== null && (element.contains(top) || top.contains(element));
  const { labels } = element as HTMLButtonElement | HTMLInputElement;
  const labelledBy = element.getAttribute('aria-labelledby');
  const called =
    element.getAttribute('aria-label') ??
    (labelledBy === null ? undefined : document.getElementById(labelledBy)?.textContent) ??
    labels?.[0]?.textContent ??
    element.textContent;
  const name = `${element.tagName} ${called}`;
  return { name: name.trim(), again, marked: outlined || ringed, inView };
}

/** Forgets which elements had the focus, and takes it to where Tab reaches the first of them. */
export function startOver(): void {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  for (const element of document.querySelectorAll<HTMLElement>('[data-had-focus]')) {
    delete element.dataset.hadFocus;
  }
}

/** Watches every meter of the page by its label: values from 0 to 100, one every `everyMs`. */
export async function readMeters([everyMs, turns]: readonly [number, number]): Promise<
  Record<string, number[]>
> {
  const traces: Record<string, number[]> = {};
  for (let turn = 0; turn < turns; turn++) {
    for (const meter of document.querySelectorAll('[role="meter"]')) {
      const label = meter.getAttribute('aria-label') ?? '';
      const value = Number(meter.getAttribute('aria-valuenow'));
      traces[label] = [...(traces[label] ?? []), value];
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return traces;
}

/** What a page gets from an address, its cookies sent along; status 0 if it may not read the reply. */
export async function readAcross(url: string): Promise<{ status: number; body: string }> {
  try {
    const reply = await fetch(url, { credentials: 'include', cache: 'no-store' });
    return { status: reply.status, body: await reply.text() };
  } catch {
    return { status: 0, body: '' };
  }
}

/** Whether a page may open this WebSocket. */
export function socketOpens(url: string): Promise<boolean> {
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.onopen = () => {
      socket.close();
      resolve(true);
    };
    socket.onerror = () => resolve(false);
  });
}

/** Sends what any page may send to anywhere, cookies included, without getting to see the reply. */
export async function sendBlindly([method, url]: readonly [string, string]): Promise<void> {
  await fetch(url, { method, mode: 'no-cors', credentials: 'include' }).catch(() => undefined);
}

export interface Noticed {
  title: string;
  body: string;
  shown: boolean;
  closed: boolean;
}

/** Writes down, in `window.noticed`, every notification that the page makes, and makes it. */
export function keepNotifications(): void {
  const noticed: Noticed[] = [];
  Object.assign(window, { noticed });
  window.Notification = class extends Notification {
    readonly #kept: Noticed;
    constructor(title: string, options: NotificationOptions = {}) {
      super(title, options);
      this.#kept = { title, body: options.body ?? '', shown: false, closed: false };
      noticed.push(this.#kept);
      this.addEventListener('show', () => {
        this.#kept.shown = true;
      });
    }
    override close(): void {
      this.#kept.closed = true;
      super.close();
    }
  };
}
