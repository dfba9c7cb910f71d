/**
 * Compiles the binding of PortAudio at install (npm runs this). Kyberline runs without it, so what
 * goes wrong here is a sentence and not a failed install. Done once for the same sources: npm runs
 * it at every install.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILT = `${HERE}build/Release/kyberline_portaudio.node`;
/** What the compiled file was made of, and for which machine. Node-API: any Node.js will do. */
const NOTE = `${HERE}build/made-of.txt`;

const madeOf = fingerprint();
const isThere = existsSync(BUILT) && existsSync(NOTE) && readFileSync(NOTE, 'utf8') === madeOf;
if (!isThere) build();

function fingerprint() {
  const sources = readdirSync(`${HERE}src`).filter((name) => /\.(cc|h)$/.test(name));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const path of ['binding.gyp', ...sources.sort().map((name) => `src/${name}`)]) {
    hash.update(`\n${path}\n`).update(readFileSync(HERE + path));
  }
  return hash.digest('hex');
}

function build() {
  const gyp = process.env.npm_config_node_gyp;
  const [command, args] = gyp ? [process.execPath, [gyp]] : ['node-gyp', []];
  const { status } = spawnSync(command, [...args, 'rebuild'], {
    cwd: HERE,
    stdio: 'inherit',
    shell: !gyp && process.platform === 'win32',
  });
  if (status === 0 && existsSync(BUILT)) {
    writeFileSync(NOTE, madeOf);
    return;
  }
  process.stdout.write(
    `The binding of PortAudio could not be compiled, so sound cards are reached by another way or not at all. Install ${tools()}, then run npm install again.\n`,
  );
}

function tools() {
  if (process.platform === 'win32') return 'Python 3 and the Visual Studio C++ Build Tools';
  if (process.platform === 'darwin') return 'the Xcode Command Line Tools (xcode-select --install)';
  const library = process.arch === 'arm64' ? ' portaudio19-dev pkg-config' : '';
  return `a C++ compiler (Debian and Ubuntu: sudo apt-get install build-essential python3${library})`;
}
