/** What the documents point at is there: every relative link, picture and heading that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DOCUMENTS = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** `[text](target)`, `![text](target "title")`, `[text]: target` and the targets of HTML. */
const TARGETS = [
  /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g,
  /^\[[^\]]+\]:\s+<?([^\s>]+)/gm,
  /\b(?:src|srcset|href)="([^"]+)"/g,
];

function targetsIn(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  return TARGETS.flatMap((target) => [...prose.matchAll(target)].map(([, found]) => found!));
}

/** As GitHub makes them: lower case, without punctuation, hyphens for spaces. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown.replace(/^```.*?^```/gms, '').matchAll(/^#+ +(.+)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a relative target of a document at `path`; undefined for one elsewhere. */
function problemOf(path: string, markdown: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const [file, anchor] = decodeURI(target).split('#') as [string, string?];
  const pointed = resolve(ROOT, dirname(path), file);
  if (!existsSync(pointed)) return `${path} points at ${target}, which does not exist`;
  if (anchor === undefined || (file !== '' && !file.endsWith('.md'))) return undefined;
  const there = file === '' ? markdown : readFileSync(pointed, 'utf8');
  if (anchorsOf(there).includes(anchor)) return undefined;
  return `${path} points at ${target}, and no heading there is called so`;
}

const problemsIn = (path: string, markdown: string) =>
  targetsIn(markdown).flatMap((target) => problemOf(path, markdown, target) ?? []);

describe('the documents', () => {
  it('are found at the root and in docs', () => {
    expect(DOCUMENTS).toEqual(expect.arrayContaining(['README.md', 'docs/comparison.md']));
  });

  it.each(DOCUMENTS)('%s points at nothing that is not there', (path) => {
    expect(problemsIn(path, readFileSync(join(ROOT, path), 'utf8'))).toEqual([]);
  });
});

describe('a document', () => {
  const planted = (markdown: string) => problemsIn('docs/planted.md', `# A heading\n\n${markdown}`);

  it.each([
    '[a link](missing.md)',
    '![a picture](images/missing.png "with a title")',
    '[a link](<missing.md>)',
    '[a link]: missing.md',
    '<img src="missing.png">',
    '<source srcset="missing.png">',
    '[out of the folder](../missing.md)',
    '[a heading](#another-heading)',
    "[another document's](../SPEC.md#no-such-section)",
  ])('is found out that has %s', (markdown) => {
    expect(planted(markdown)).toHaveLength(1);
  });

  it.each([
    '[a link](obfuscation.md)',
    '[a heading](#a-heading)',
    "[another document's](../SPEC.md#9-packets)",
    '[elsewhere](https://example.org/missing.md) or <mailto:a@example.org>',
    'code such as `[a](missing.md)`',
    '```\n[a](missing.md)\n```',
  ])('may have %s', (markdown) => {
    expect(planted(markdown)).toEqual([]);
  });
});
