/** An error that a person must act on: a code, and a sentence that says what to do. */
export class Problem extends Error {
  /**
   * @param {string} code stable, kebab-case
   * @param {string} sentence
   * @param {{ cause?: unknown, detail?: string }} [options] `detail`: a log's last lines
   */
  constructor(code, sentence, options = {}) {
    super(sentence, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.detail = options.detail ?? '';
  }
}

/**
 * Runs a script's main function: a Problem is printed as its sentence, anything else as it is.
 * @param {() => Promise<number>} main resolves to the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.detail !== '') process.stderr.write(`${indent(error.detail)}\n\n`);
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/** @param {string} text */
function indent(text) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
}
