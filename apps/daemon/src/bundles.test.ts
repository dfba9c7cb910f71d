import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE_GRACE_MS, BUNDLE_LIFETIME_MS } from '@kyberline/core/crypto/bundle';
import { identityFromSeeds } from '@kyberline/core/crypto/identity';
import type { UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bundles } from './bundles.js';
import { createIdentity, IDENTITY_FILE, loadIdentity } from './store/identity.js';

const REGISTRY = new Uint8Array(16).fill(7);
const NAME = 'alice' as UserName;
const HOUR_MS = 3_600_000;

const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
let home: string;
let now: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-bundles-'));
  now = Date.UTC(2026, 0, 1);
  createIdentity(home, random);
});
afterEach(() => rmSync(home, { recursive: true }));

const open = () => {
  const { identity } = loadIdentity(home)!;
  const keys = identityFromSeeds(identity.seeds);
  return new Bundles(home, IDENTITY_FILE, identity, keys, random, () => now);
};
const onDisk = () => JSON.parse(readFileSync(join(home, IDENTITY_FILE), 'utf8')).bundles.length;

describe('the bundles of an installation', () => {
  it('an offer names the one that the registry has, until it has taken the next', async () => {
    const bundles = open();
    const first = await bundles.current(REGISTRY, NAME, 1);
    bundles.published(first);
    now += 25 * HOUR_MS;
    const second = await bundles.current(REGISTRY, NAME, 1);
    expect(second.hash).not.toEqual(first.hash);
    expect((await bundles.offered(REGISTRY, NAME, 1)).hash).toEqual(first.hash);
    bundles.published(second);
    expect((await bundles.offered(REGISTRY, NAME, 1)).hash).toEqual(second.hash);
  });

  it('an offer names a fresh one where what was published is over, or of another suite', async () => {
    const bundles = open();
    bundles.published(await bundles.current(REGISTRY, NAME, 1));
    expect((await bundles.offered(REGISTRY, NAME, 3)).preference).toBe(3);
    now += BUNDLE_LIFETIME_MS + 1;
    expect((await bundles.offered(REGISTRY, NAME, 1)).notAfter).toBeGreaterThan(now);
  });

  it('private keys are gone 180 s after the end, though nothing new was published', async () => {
    const bundles = open();
    const { hash, notAfter } = await bundles.current(REGISTRY, NAME, 1);
    now = notAfter + BUNDLE_GRACE_MS;
    bundles.prune();
    expect(bundles.find(hash)).toBeDefined();
    now += 1;
    bundles.prune();
    expect(bundles.find(hash)).toBeUndefined();
    expect(onDisk()).toBe(0);
  });

  it('private keys that ended while the program was away are gone when it starts', async () => {
    const { hash, notAfter } = await open().current(REGISTRY, NAME, 1);
    expect(onDisk()).toBe(1);
    now = notAfter + BUNDLE_GRACE_MS + 1;
    expect(open().find(hash)).toBeUndefined();
    expect(onDisk()).toBe(0);
  });
});
