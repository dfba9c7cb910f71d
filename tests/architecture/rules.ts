/**
 * The architecture's rules (ARCHITECTURE.md) over scanned files. Every broken one is a sentence
 * with the file and the line in it.
 *
 *   panel ──► registry ──► core ──► shared          panel ┄┄► daemon, by types only
 *   daemon ──► core ──► shared                      daemon/cli ──► registry
 *   daemon ──► portaudio, the native binding
 */
import { scan } from './scan.js';

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What a package.json allows to be imported, by the folder in which it lies. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

export const MAX_LINES = 300;

/** The deterministic part of node:crypto. */
const PURE_CRYPTO = new Set([
  'createCipheriv',
  'createDecipheriv',
  'createHash',
  'createHmac',
  'createPrivateKey',
  'createPublicKey',
  'diffieHellman',
  'hash',
  'hkdfSync',
  'sign',
  'timingSafeEqual',
  'verify',
]);

/** Which of our packages each may import as values. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'packages/shared': [],
  'packages/core': ['shared'],
  'packages/portaudio': [],
  'packages/registry': ['core', 'shared'],
  'apps/daemon': ['core', 'portaudio', 'shared'],
  'apps/daemon/src/cli': ['core', 'portaudio', 'shared', 'registry'],
  'apps/panel': ['registry', 'core', 'shared'],
};

export function violations(files: readonly SourceFile[], dependencies: Dependencies): string[] {
  return files.flatMap((file) => violationsIn(file, dependencies));
}

function violationsIn({ path, text }: SourceFile, dependencies: Dependencies): string[] {
  const facts = scan(path, text);
  const folder = /^(packages|apps)\/[^/]+/.exec(path)?.[0];
  const inTest = isTest(path);
  const found: string[] = [];
  const say = (line: number, sentence: string) => found.push(`${path}:${line} ${sentence}`);
  for (const each of facts.imports) {
    if (folder === undefined) continue;
    const ours = /^@kyberline\/([^/]+)/.exec(each.specifier)?.[1];
    if (ours !== undefined) {
      const typeOfDaemon = folder === 'apps/panel' && ours === 'daemon' && each.typeOnly;
      if (
        !mayImport(path, folder).includes(ours) &&
        `packages/${ours}` !== folder &&
        !typeOfDaemon
      ) {
        say(each.line, `must not import ${each.specifier}`);
      }
    }
    if (leaves(path, folder, each.specifier))
      say(each.line, `leaves its package: ${each.specifier}`);
    if (!inTest && !isAllowedOutside(folder, each.specifier, each)) {
      say(each.line, `must not import ${describe(each.specifier, each.names)}`);
    }
    const named = packageName(each.specifier);
    const declared = dependencies.get(folder);
    if (named && declared && !inTest && !declared.has(named)) {
      say(each.line, `imports ${named}, which its package.json does not name`);
    }
  }
  if (folder === 'packages/core' && !inTest) {
    for (const { what, line } of facts.impure) say(line, `is pure and must not use ${what}`);
  }
  if (folder !== undefined && !inTest && !mayReadEnvironment(path)) {
    for (const { line } of facts.environment) say(line, 'reads the environment outside config.ts');
  }
  if (folder !== undefined && facts.lines > MAX_LINES) {
    say(facts.lines, `has more than ${MAX_LINES} lines: look for its second job`);
  }
  return found;
}

/** Tests beside the code may use the file system and each other's tools, but not our layers. */
function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

function mayImport(path: string, folder: string): readonly string[] {
  // A daemon is tested against a real registry in memory.
  const cli = folder === 'apps/daemon' && (path.includes('/src/cli/') || isTest(path));
  return MAY_IMPORT[cli ? 'apps/daemon/src/cli' : folder] ?? [];
}

function mayReadEnvironment(path: string): boolean {
  // npm tells a script at install by the environment alone where its node-gyp is.
  if (path === 'packages/portaudio/build.mjs') return true;
  return /^apps\/(daemon|panel)\/(.+\/)?config\.ts$/.test(path);
}

/** What comes from neither us nor a relative path: shared and core have a short list each. */
function isAllowedOutside(
  folder: string,
  specifier: string,
  { typeOnly, names }: { typeOnly: boolean; names: readonly string[] },
): boolean {
  if (specifier === '(computed)') return folder !== 'packages/shared' && folder !== 'packages/core';
  if (/^\.{0,2}\/|^@kyberline\//.test(specifier)) return true;
  if (folder === 'packages/shared') return specifier === 'zod';
  if (folder !== 'packages/core') return true;
  if (/^(node:)?crypto$/.test(specifier)) {
    return (
      specifier.startsWith('node:') && (typeOnly || names.every((name) => PURE_CRYPTO.has(name)))
    );
  }
  if (/^@noble\//.test(specifier)) return !names.includes('*') && !names.includes('randomBytes');
  return specifier === 'crystals-kyber-js' && !names.includes('*');
}

function leaves(path: string, folder: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return specifier.startsWith('/');
  const { pathname } = new URL(specifier, `file:///${path}`);
  return !pathname.startsWith(`/${folder}/`);
}

/** `@scope/name` or `name` of an import that npm must resolve; undefined for Node's and relative. */
function packageName(specifier: string): string | undefined {
  if (/^([./]|node:|\(computed\)|@\/)/.test(specifier)) return undefined;
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1];
}

function describe(specifier: string, names: readonly string[]): string {
  return names.length === 0 ? specifier : `${names.join(', ')} from ${specifier}`;
}
