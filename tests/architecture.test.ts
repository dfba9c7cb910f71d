/** The repository keeps its own architecture (ARCHITECTURE.md): rules in ./architecture/rules.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Dependencies, MAX_LINES, type SourceFile, violations } from './architecture/rules.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist', '.next', '.turbo', 'coverage']);
const SOURCE = /\.(ts|tsx|mts|js|jsx|mjs|cjs)$/;
const none: Dependencies = new Map();

function* sources(folder: string): Generator<SourceFile> {
  for (const entry of readdirSync(`${ROOT}${folder}`, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!NOT_OURS.has(entry.name)) yield* sources(path);
    } else if (SOURCE.test(entry.name) && !entry.name.endsWith('.d.ts')) {
      yield { path, text: readFileSync(`${ROOT}${path}`, 'utf8') };
    }
  }
}

function declared(): Dependencies {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(`${ROOT}${parent}`).map((name) => `${parent}/${name}`),
  );
  return new Map(
    folders.map((folder) => {
      const manifest = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, 'utf8'));
      const { name, dependencies, devDependencies } = manifest;
      return [folder, new Set([name, ...Object.keys({ ...dependencies, ...devDependencies })])];
    }),
  );
}

describe('the repository', () => {
  const files = [...sources('packages'), ...sources('apps')];

  it('is read at all', () => {
    const seen = new Set(files.map(({ path }) => path.split('/').slice(0, 2).join('/')));
    expect([...seen].sort()).toEqual([
      'apps/daemon',
      'apps/panel',
      'packages/core',
      'packages/portaudio',
      'packages/registry',
      'packages/shared',
    ]);
    expect(files.length).toBeGreaterThan(100);
  });

  it('breaks none of its rules', () => {
    expect(violations(files, declared())).toEqual([]);
  });
});

/** Where a line is planted, the line, and a piece of the sentence that must come of it. */
type Planted = readonly [path: string, text: string, sentence: string];

const CORE = 'packages/core/src/voice/planted.ts';
const DAEMON = 'apps/daemon/src/planted.ts';
const PANEL = 'apps/panel/src/planted.tsx';

const PLANTED: Planted[] = [
  [CORE, "import { readFileSync } from 'node:fs';", 'must not import readFileSync from node:fs'],
  [CORE, "import 'node:net';", 'must not import'],
  [CORE, "export * from 'node:dgram';", 'must not import'],
  [CORE, "export { lookup } from 'node:dns';", 'must not import'],
  [CORE, "const fs = await import('node:fs');", 'must not import'],
  [CORE, 'const fs = await import(name);', 'must not import'],
  [CORE, "const fs = require('fs');", 'must not import'],
  [CORE, "import { createHash, randomBytes } from 'node:crypto';", 'must not import'],
  [CORE, "import { randomBytes as chance } from 'node:crypto';", 'must not import'],
  [CORE, "import * as crypto from 'node:crypto';", 'must not import'],
  [CORE, "import crypto from 'node:crypto';", 'must not import'],
  [CORE, "import { createHash } from 'crypto';", 'must not import'],
  [CORE, "import { z } from 'zod';", 'must not import z from zod'],
  [CORE, "import { randomBytes } from '@noble/hashes/utils.js';", 'must not import'],
  [CORE, "import { start } from '@kyberline/daemon/main';", 'must not import @kyberline/daemon'],
  [CORE, "import type { X } from '@kyberline/registry/x';", 'must not import @kyberline/registry'],
  [CORE, "import { X } from '../../../shared/src/ids.js';", 'leaves its package'],
  [CORE, 'const now = Date.now();', 'the clock of Date'],
  [CORE, 'const now = new Date();', 'the clock of Date'],
  [CORE, 'const now = new Date;', 'the clock of Date'],
  [CORE, 'const text = Date();', 'the clock of Date'],
  [CORE, 'const { now } = Date;', 'the clock of Date'],
  [CORE, 'const clock = Date; clock.now();', 'the clock of Date'],
  [CORE, 'const x = Math.random();', 'Math.random'],
  [CORE, "const x = Math['random']();", 'Math.random'],
  [CORE, 'const { random } = Math;', 'Math.random'],
  [CORE, 'const x = performance.now();', 'performance'],
  [CORE, 'setTimeout(() => {}, 1);', 'setTimeout'],
  [CORE, 'const later = { setInterval };', 'setInterval'],
  [CORE, 'const x = process.hrtime();', 'process'],
  [CORE, "globalThis['fetch']('/');", 'globalThis'],
  [CORE, "await fetch('/');", 'fetch'],
  [CORE, "console.log('x');", 'console'],
  [CORE, 'crypto.getRandomValues(bytes);', 'getRandomValues'],
  [CORE, 'const keys = kyber.generateKeyPair();', 'generateKeyPair'],
  [CORE, 'const [ct] = kyber.encap(key);', 'encap without a seed'],
  [CORE, 'const keys = ml_dsa65.keygen();', 'keygen without a seed'],
  ['packages/core/src/x.test.ts', "import '@kyberline/daemon/x';", 'must not import @kyberline'],
  ['packages/shared/src/x.ts', "import { createHash } from 'node:crypto';", 'must not import'],
  ['packages/shared/src/x.ts', "import '@kyberline/core/x';", 'must not import @kyberline/core'],
  ['packages/registry/src/x.ts', "import '@kyberline/daemon/x';", 'must not import @kyberline'],
  [DAEMON, "import { x } from '@kyberline/registry/x';", 'must not import @kyberline/registry'],
  [DAEMON, "import { x } from '@kyberline/panel/x';", 'must not import @kyberline/panel'],
  [DAEMON, 'const home = process.env.HOME;', 'reads the environment'],
  [DAEMON, 'process.env.HOME ??= home;', 'reads the environment'],
  [DAEMON, 'const all = { ...process.env };', 'reads the environment'],
  [DAEMON, "const home = process['env'].HOME;", 'reads the environment'],
  [DAEMON, 'const { env } = process;', 'reads the environment'],
  [DAEMON, "import { env } from 'node:process';", 'reads the environment'],
  ['packages/registry/src/config.ts', 'const x = process.env.X;', 'reads the environment'],
  [PANEL, "import { router } from '@kyberline/daemon/api/router';", 'must not import @kyberline'],
  [PANEL, "import { type A, b } from '@kyberline/daemon/x';", 'must not import @kyberline'],
  [PANEL, 'const x = <p>{process.env.X}</p>;', 'reads the environment'],
  [PANEL, '\n'.repeat(MAX_LINES + 1), `more than ${MAX_LINES} lines`],
];

const HONEST: readonly (readonly [path: string, text: string])[] = [
  [CORE, "import { createHash, type KeyObject } from 'node:crypto';"],
  [CORE, "import type { X509Certificate } from 'node:crypto';"],
  [CORE, "import { createMlKem512 } from 'crystals-kyber-js';"],
  [CORE, "import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';"],
  [CORE, "import { userName } from '@kyberline/shared/ids';"],
  [CORE, "import { lv } from '../crypto/bytes.js';"],
  [CORE, 'const day = new Date(millis), zero = Math.floor(1.5), utc = Date.UTC(2026, 0);'],
  [CORE, 'interface Call { process: string; fetch(): void; born: Date }'],
  [CORE, 'const call = { process: 1, console: 2 }; call.process; // Date.now()'],
  [CORE, "const text = 'Date.now() and Math.random()';"],
  [CORE, 'const [ct] = kyber.encap(key, seed); ml_dsa65.keygen(seed);'],
  ['packages/core/src/x.test.ts', "import { readFileSync } from 'node:fs'; Date.now();"],
  ['packages/shared/src/x.ts', "import { z } from 'zod'; import { y } from './ids.js';"],
  ['apps/daemon/src/config.ts', 'const home = process.env.HOME;'],
  ['apps/panel/src/server/config.ts', 'const port = process.env.PORT;'],
  ['apps/daemon/src/cli/registry.ts', "import { x } from '@kyberline/registry/x';"],
  ['apps/daemon/src/net/x.test.ts', "import { x } from '@kyberline/registry/memory';"],
  [PANEL, "import type { Router } from '@kyberline/daemon/api/router';"],
  [PANEL, "import { type Router } from '@kyberline/daemon/api/router';"],
  [PANEL, "import { x } from '@kyberline/registry/x';"],
  ['apps/panel/next.config.js', "process.env.NEXT_TELEMETRY_DISABLED = '1';"],
  ['scripts/start.mjs', 'const port = process.env.PORT;'],
  [PANEL, '\n'.repeat(MAX_LINES)],
];

describe('the rules', () => {
  it.each(PLANTED)('find in %s what is planted: %s', (path, text, sentence) => {
    expect(violations([{ path, text }], none).join('\n')).toContain(sentence);
  });

  it.each(HONEST)('find nothing in %s that is honest: %s', (path, text) => {
    expect(violations([{ path, text }], none)).toEqual([]);
  });

  it('find an import that the package.json does not name', () => {
    const named: Dependencies = new Map([['apps/daemon', new Set(['pino', '@trpc/server'])]]);
    const find = (text: string) => violations([{ path: DAEMON, text }], named);
    expect(find("import pino from 'pino'; import '@trpc/server/adapters/ws';")).toEqual([]);
    expect(find("import ws from 'ws';")).toEqual([
      `${DAEMON}:1 imports ws, which its package.json does not name`,
    ]);
  });

  it('say the line', () => {
    const text = '// one\n// two\nconst now = Date.now();\n';
    expect(violations([{ path: CORE, text }], none)).toEqual([
      `${CORE}:3 is pure and must not use the clock of Date`,
    ]);
  });
});
