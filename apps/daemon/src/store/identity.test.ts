import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundle, readBundle } from '@kyberline/core/crypto/bundle';
import { toHex } from '@kyberline/core/crypto/bytes';
import { identityFromSeeds } from '@kyberline/core/crypto/identity';
import type { RegistryId, UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createIdentity,
  IDENTITY_FILE,
  loadIdentity,
  type StoredBundle,
  saveBundles,
} from './identity.js';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-identity-'));
  path = join(home, IDENTITY_FILE);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
const HOUR = 3_600_000;
const GRACE = 180_000;
const stored = (notAfter: number): StoredBundle => ({
  registryId: 'ab'.repeat(16) as RegistryId,
  name: 'alice' as UserName,
  bundle: random(5000),
  x25519Seed: random(32),
  kemSeed: random(64),
  notBefore: notAfter - 48 * HOUR,
  notAfter,
});

describe('an identity', () => {
  it('is not there before it is made', () => {
    expect(loadIdentity(home)).toBeUndefined();
  });

  it('is made of fresh seeds, for the owner’s eyes, and read back the same', () => {
    const identity = createIdentity(home, random);
    expect(
      [identity.seeds.ed, identity.seeds.mldsa, identity.machineId].map((b) => b.length),
    ).toEqual([32, 32, 16]);
    expect(identity.seeds.ed).not.toEqual(identity.seeds.mldsa);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadIdentity(home)).toEqual({ identity });
  });

  it('is never replaced', () => {
    createIdentity(home, random);
    const before = readFileSync(path);
    expect(() => createIdentity(home, random)).toThrow(/never replaced/);
    expect(readFileSync(path)).toEqual(before);
  });

  it('stands beside another one in a file of its own', () => {
    const mine = createIdentity(home, random);
    const echo = createIdentity(home, random, 'echo.json');
    expect(loadIdentity(home)?.identity).toEqual(mine);
    expect(loadIdentity(home, 'echo.json')?.identity).toEqual(echo);
    expect(readdirSync(home).sort()).toEqual(['echo.json', IDENTITY_FILE]);
  });

  it('keeps a bundle that still reads as the one that was signed', async () => {
    const identity = createIdentity(home, random);
    const keys = { x25519Seed: random(32), kemSeed: random(64) };
    const registry = random(16);
    const made = await makeBundle({
      identity: identityFromSeeds(identity.seeds),
      preference: 1,
      registryId: registry,
      name: 'alice',
      notBefore: 1000,
      notAfter: 2000,
      keys,
    });
    const registryId = toHex(registry) as RegistryId;
    const bundle = {
      registryId,
      name: made.name,
      bundle: made.bytes,
      ...keys,
      notBefore: 1000,
      notAfter: 2000,
    };
    saveBundles(home, identity, [bundle], 1500);
    const loaded = loadIdentity(home)?.identity.bundles[0];
    expect(loaded).toEqual(bundle);
    expect(readBundle(loaded!.bundle)?.hash).toEqual(made.hash);
  });

  it('forgets a bundle’s private keys 180 s after its end, on the disk too', () => {
    const identity = createIdentity(home, random);
    const now = 100 * HOUR;
    const old = stored(now - GRACE - 1);
    const late = stored(now - GRACE);
    const current = stored(now + HOUR);
    const saved = saveBundles(home, identity, [old, late, current], now);
    expect(saved.bundles).toEqual([late, current]);
    expect(loadIdentity(home)?.identity).toEqual(saved);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(Buffer.from(old.kemSeed).toString('base64'));
    expect(text).toContain(Buffer.from(late.kemSeed).toString('base64'));
  });

  it('that others could read is tightened, with a warning', () => {
    createIdentity(home, random);
    chmodSync(path, 0o644);
    expect(loadIdentity(home)?.warning).toContain(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadIdentity(home)?.warning).toBeUndefined();
  });

  it('that is damaged anywhere is refused in words and left as it is', () => {
    createIdentity(home, random);
    const whole = readFileSync(path, 'utf8');
    const file = JSON.parse(whole);
    const damaged = [
      '',
      '{}',
      'null',
      '[]',
      whole.slice(0, whole.length / 2),
      JSON.stringify({ ...file, seeds: { ...file.seeds, ed: 'AAAA' } }),
      JSON.stringify({ ...file, seeds: { ...file.seeds, mldsa: undefined } }),
      JSON.stringify({ ...file, machineId: 'xyz' }),
      JSON.stringify({ ...file, bundles: [{ registryId: 'ab' }] }),
      JSON.stringify({ ...file, version: 0 }),
    ];
    for (const text of damaged) {
      writeFileSync(path, text, { mode: 0o600 });
      expect(() => loadIdentity(home), text).toThrow(/is damaged and was left as it is/);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('of a newer version, or protected otherwise, is told apart from a damaged one', () => {
    createIdentity(home, random);
    const file = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...file, version: 2, seeds: 'elsewhere' }));
    expect(() => loadIdentity(home)).toThrow(/newer version/);
    writeFileSync(path, JSON.stringify({ ...file, protection: 'passphrase', seeds: 'sealed' }));
    expect(() => loadIdentity(home)).toThrow(/protected in a way/);
  });
});
