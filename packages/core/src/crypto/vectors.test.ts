/**
 * NIST's ACVP vectors through our own interfaces. They lie beside the repository, not in it; where
 * that folder does not exist the tests are skipped, and scripts/testing/summary.mjs knows the reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { SuiteId } from '@kyberline/shared/ids';
import { beforeEach, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from './bytes.js';
import { MLDSA_PUBLIC_BYTES, mldsaKeyPair, mldsaVerify } from './mldsa.js';
import { Secret } from './secret.js';
import { kem } from './suite.js';

const FOLDER = fileURLToPath(new URL('../../../../../shared/vectors/', import.meta.url));
const absent = existsSync(FOLDER)
  ? undefined
  : 'no NIST vectors here: there is no ../shared/vectors beside the repository';

interface Group {
  parameterSet: string;
  function?: string;
  signatureInterface?: string;
  preHash?: string;
  tests: (Record<string, string> & { testPassed?: boolean })[];
}

/** The groups of one file; none where the folder is absent. A folder without the file is an error. */
function groups(file: string): Group[] {
  if (absent !== undefined) return [];
  const path = `${FOLDER}${file}.json.gz`;
  const parsed = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { testGroups: Group[] };
  return parsed.testGroups;
}

const hex = (text: string | undefined) => fromHex((text ?? '').toLowerCase())!;
const SUITES: SuiteId[] = [1, 2, 3];

const kemKeys = groups('ML-KEM-keyGen-FIPS203');
const kemUses = groups('ML-KEM-encapDecap-FIPS203');
const dsaKeys = groups('ML-DSA-keyGen-FIPS204');
const dsaSignatures = groups('ML-DSA-sigVer-FIPS204');

beforeEach(({ skip }) => skip(absent !== undefined, absent));

describe.each(SUITES)('the KEM of suite %i against NIST', (suite) => {
  const each = kem(suite);
  const tests = (from: Group[], what?: string) =>
    from.find((group) => group.parameterSet === each.name && group.function === what)?.tests ?? [];

  it('generates 25 key pairs from seeds', async () => {
    expect(tests(kemKeys)).toHaveLength(25);
    for (const { d, z, ek, dk } of tests(kemKeys)) {
      const seed = concat(hex(d), hex(z));
      expect((await each.keyPair(seed)).publicKey).toEqual(hex(ek));
      expect((await each.expand(seed)).bytes).toEqual(hex(dk));
    }
  });

  it('encapsulates 25 times', async () => {
    expect(tests(kemUses, 'encapsulation')).toHaveLength(25);
    for (const { ek, m, c, k } of tests(kemUses, 'encapsulation')) {
      expect(each.validPublicKey(hex(ek))).toBe(true);
      const { ciphertext, secret } = await each.encapsulate(hex(ek), hex(m));
      expect(ciphertext).toEqual(hex(c));
      expect(secret.bytes).toEqual(hex(k));
    }
  });

  it('decapsulates 10 times, tampered ones among them', async () => {
    expect(tests(kemUses, 'decapsulation')).toHaveLength(10);
    for (const { dk, c, k } of tests(kemUses, 'decapsulation')) {
      expect((await each.decapsulateExpanded(hex(c), new Secret(hex(dk)))).bytes).toEqual(hex(k));
    }
  });

  it('checks 10 public keys as FIPS 203 wants it', () => {
    const checks = tests(kemUses, 'encapsulationKeyCheck');
    expect(checks).toHaveLength(10);
    for (const { ek, testPassed } of checks) expect(each.validPublicKey(hex(ek))).toBe(testPassed);
    expect(new Set(checks.map(({ testPassed }) => testPassed)).size).toBe(2);
  });
});

describe('ML-DSA-65 against NIST', () => {
  it('generates 25 key pairs from seeds', () => {
    const tests = dsaKeys.find((group) => group.parameterSet === 'ML-DSA-65')?.tests ?? [];
    expect(tests).toHaveLength(25);
    for (const { seed, pk, sk } of tests) {
      const keys = mldsaKeyPair(hex(seed));
      expect(keys.publicKey).toHaveLength(MLDSA_PUBLIC_BYTES);
      expect(toHex(keys.publicKey)).toBe(pk?.toLowerCase());
      expect(toHex(keys.secretKey.bytes)).toBe(sk?.toLowerCase());
    }
  });

  it('verifies 15 signatures with a context', () => {
    const tests =
      dsaSignatures.find(
        ({ parameterSet, signatureInterface, preHash }) =>
          parameterSet === 'ML-DSA-65' && signatureInterface === 'external' && preHash === 'pure',
      )?.tests ?? [];
    expect(tests).toHaveLength(15);
    for (const { pk, context, message, signature, testPassed } of tests) {
      expect(mldsaVerify(hex(pk), hex(context), hex(message), hex(signature))).toBe(testPassed);
    }
    expect(new Set(tests.map(({ testPassed }) => testPassed)).size).toBe(2);
  });
});
