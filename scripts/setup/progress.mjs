/**
 * Says that something is going on, once a second on a terminal and every 20 s in a log.
 *
 *   terminal  ⠹ Building (12 s) · @kyberline/core        rewritten in place, gone at the end
 *   log       Building … / Building … 20 s / Building: done in 31 s
 */

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const LOG_EVERY_MS = 20_000;

/**
 * @typedef {object} Progress
 * @property {(detail: string) => void} note what it is at just now; one line, shortened to fit
 * @property {(end?: string) => void} done
 * @property {() => void} failed
 */

/**
 * @param {string} title a few words without a full stop
 * @param {NodeJS.WriteStream} [out]
 * @returns {Progress}
 */
export function progress(title, out = process.stdout) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  let detail = '';
  let frame = 0;

  const draw = () => {
    frame += 1;
    const line = `${FRAMES[frame % FRAMES.length]} ${title} (${seconds()} s)${detail && ` · ${detail}`}`;
    out.write(`\r\x1b[2K${line.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
  };
  if (out.isTTY) draw();
  else out.write(`${title} …\n`);
  const timer = out.isTTY
    ? setInterval(draw, FRAME_MS)
    : setInterval(() => out.write(`${title} … ${seconds()} s\n`), LOG_EVERY_MS);

  /** @param {string} line */
  const finish = (line) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r\x1b[2K' : ''}${line}\n`);
  };
  return {
    note: (text) => {
      // Control characters of a build tool would move the cursor away from our line.
      detail = stripControls(text).trim();
    },
    done: (end = `done in ${seconds()} s`) => finish(`${title}: ${end}`),
    failed: () => finish(`${title}: failed after ${seconds()} s`),
  };
}

/**
 * Without colours, cursor movements and other control characters.
 * @param {string} text
 */
export function stripControls(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
}
