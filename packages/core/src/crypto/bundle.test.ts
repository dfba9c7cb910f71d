import { describe, expect, it } from 'vitest';
import { BUNDLE_LIFETIME_MS, bundleProblem, makeBundle, readBundle } from './bundle.js';
import { concat, lv, readLv, u64, utf8 } from './bytes.js';
import { sha256 } from './kdf.js';
import { TEST_NOW, TEST_REGISTRY, testPerson } from './testing/people.js';

const alice = await testPerson('alice');
const mallory = await testPerson('mallory', { preference: 3 });
const [content, edSignature, mldsaSignature] = readLv(alice.bundle.bytes, 3) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const fields = readLv(content, 9)!;
const FIELDS = ['head', 'registry', 'name', 'ed', 'mldsa', 'x25519', 'kem', 'from', 'until'];

/** The bundle with one field replaced, signed again by its own owner. */
function resigned(field: string, value: Uint8Array): Uint8Array {
  const changed = lv(...fields.map((each, at) => (FIELDS[at] === field ? value : each)));
  const signatures = alice.identity.sign('pqv1 bundle', changed);
  return lv(changed, signatures.ed, signatures.mldsa);
}

describe('a bundle', () => {
  it('reads back in every suite', async () => {
    for (const preference of [1, 2, 3] as const) {
      const { bundle, identity } = await testPerson('alice', { preference });
      const read = readBundle(bundle.bytes);
      expect(read).toEqual(bundle);
      expect(read).toMatchObject({ version: 1, preference, name: 'alice', notBefore: TEST_NOW });
      expect(read!.identity.fingerprint).toEqual(identity.public.fingerprint);
      expect(read!.hash).toEqual(sha256(bundle.bytes));
    }
  });

  it('is kept as a copy', () => {
    const bytes = Uint8Array.from(alice.bundle.bytes);
    const read = readBundle(bytes);
    bytes.fill(0);
    expect(read).toEqual(alice.bundle);
  });

  it('is refused at every truncation and with a trailing byte', () => {
    const { bytes } = alice.bundle;
    for (let length = 0; length < bytes.length; length++) {
      expect(readBundle(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(readBundle(concat(bytes, Uint8Array.of(0)))).toBeUndefined();
  });

  it('is refused with a bit flipped in any field, its length or a signature', () => {
    const { bytes } = alice.bundle;
    const starts = [0, 4];
    for (let at = 0, offset = 4; at < fields.length; at++) {
      starts.push(offset, offset + 4, offset + 3 + fields[at]!.length);
      offset += 4 + fields[at]!.length;
    }
    const signatures = 4 + content.length;
    starts.push(signatures, signatures + 4, signatures + 4 + 64, signatures + 72, bytes.length - 1);
    for (const at of starts) {
      for (const bit of [0, 7]) {
        const flipped = Uint8Array.from(bytes);
        flipped[at]! ^= 1 << bit;
        expect(readBundle(flipped)).toBeUndefined();
      }
    }
  });

  it('is refused when only one of its signatures is its owner’s', () => {
    const theirs = mallory.identity.sign('pqv1 bundle', content);
    expect(readBundle(lv(content, edSignature, mldsaSignature))).toBeDefined();
    expect(readBundle(lv(content, theirs.ed, mldsaSignature))).toBeUndefined();
    expect(readBundle(lv(content, edSignature, theirs.mldsa))).toBeUndefined();
  });

  it('is refused with a field that its own owner should not have signed', () => {
    const smallOrder = new Uint8Array(32);
    smallOrder[0] = 1;
    const kemAboveQ = Uint8Array.from(alice.bundle.kem).fill(0xff, 0, 3);
    const wrong: [string, Uint8Array][] = [
      ['head', Uint8Array.of(2, 1)],
      ['head', Uint8Array.of(1, 4)],
      ['head', Uint8Array.of(1, 2)],
      ['head', Uint8Array.of(1)],
      ['registry', new Uint8Array(15)],
      ['name', utf8('Alice')],
      ['name', utf8('')],
      ['name', Uint8Array.of(0xff)],
      ['ed', smallOrder],
      ['mldsa', new Uint8Array(1951)],
      ['x25519', new Uint8Array(31)],
      ['x25519', smallOrder],
      ['kem', mallory.bundle.kem],
      ['kem', kemAboveQ],
      ['from', u64(TEST_NOW + BUNDLE_LIFETIME_MS)],
      ['until', new Uint8Array(8).fill(0xff)],
    ];
    expect(readBundle(resigned('name', utf8('alicia')))).toBeDefined();
    for (const [field, value] of wrong) expect(readBundle(resigned(field, value))).toBeUndefined();
  });

  it('cannot be made of what could not be read', async () => {
    const from = { ...alice, registryId: TEST_REGISTRY, notBefore: 0, notAfter: 1 };
    await expect(makeBundle(from)).resolves.toMatchObject({ name: 'alice' });
    await expect(makeBundle({ ...from, name: 'no spaces' })).rejects.toThrow(RangeError);
    await expect(makeBundle({ ...from, notAfter: 0 })).rejects.toThrow(RangeError);
  });
});

describe('bundleProblem', () => {
  const asked = { name: 'alice', registryId: TEST_REGISTRY, now: TEST_NOW };

  it('finds nothing wrong with the bundle that was asked for, clocks 90 s apart', () => {
    const { notBefore, notAfter } = alice.bundle;
    for (const now of [notBefore - 90_000, notBefore, notAfter, notAfter + 90_000]) {
      expect(bundleProblem(alice.bundle, { ...asked, now })).toBeUndefined();
    }
  });

  it('tells another name, another registry, too early and too late apart', () => {
    const { notBefore, notAfter } = alice.bundle;
    const problem = (change: object) => bundleProblem(alice.bundle, { ...asked, ...change });
    expect(problem({ name: 'bob' })).toBe('wrong-name');
    expect(problem({ registryId: new Uint8Array(16) })).toBe('wrong-registry');
    expect(problem({ now: notBefore - 90_001 })).toBe('not-yet-valid');
    expect(problem({ now: notAfter + 90_001 })).toBe('expired');
  });
});
