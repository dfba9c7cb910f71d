/**
 * The first thing that every script does. Old syntax on purpose: it must run, and speak, on a Node
 * that cannot even read the rest.
 */

/** The least version on which Kyberline was tried; also "engines" in package.json. */
export const LEAST = { major: 20, minor: 9 };

/**
 * @param {string} version as process.versions.node gives it
 * @returns {string | undefined} what to tell the person, if this Node is too old
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const newEnough = major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor);
  if (newEnough) return undefined;
  return `Kyberline needs Node.js ${LEAST.major}.${LEAST.minor} or newer, and this is ${version}. Install a current one from https://nodejs.org and try again.`;
}

/** Ends the program with a sentence if this Node is too old. */
export function requireNode() {
  const problem = nodeProblem(process.versions.node);
  if (problem === undefined) return;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
