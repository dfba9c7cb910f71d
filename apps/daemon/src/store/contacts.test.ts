import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fingerprint, RegistryId, UserName } from '@kyberline/shared/ids';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ContactStore, openContacts } from './contacts.js';
import { type Db, openDatabase } from './database.js';

let home: string;
let db: Db;
let contacts: ContactStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-contacts-'));
  db = openDatabase(home);
  contacts = openContacts(db);
});
afterEach(() => {
  db.close();
  rmSync(home, { recursive: true, force: true });
});

const HERE = 'aa'.repeat(16) as RegistryId;
const THERE = 'bb'.repeat(16) as RegistryId;
const BOB = 'bob' as UserName;
const key = (of: number) => of.toString(16).padStart(2, '0').repeat(32) as Fingerprint;

describe('a contact', () => {
  it('is pinned to the first key that is seen, and stays the same with it', () => {
    expect(contacts.find(HERE, BOB)).toBeUndefined();
    expect(contacts.seen(HERE, BOB, key(1), 1, 100)).toBe('pinned');
    expect(contacts.seen(HERE, BOB, key(1), 1, 200)).toBe('same');
    expect(contacts.find(HERE, BOB)).toEqual({
      registryId: HERE,
      name: BOB,
      fingerprint: key(1),
      trust: 'seen',
      highestSuite: 1,
      firstSeenAt: 100,
      lastSeenAt: 200,
    });
  });

  it('is a different one at another registry', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    expect(contacts.seen(THERE, BOB, key(2), 1, 1)).toBe('pinned');
    expect(contacts.list().map((c) => [c.registryId, c.fingerprint])).toEqual([
      [HERE, key(1)],
      [THERE, key(2)],
    ]);
    expect(contacts.list(THERE)).toHaveLength(1);
  });

  it('with another key is recorded as changed and keeps its pin', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    expect(contacts.seen(HERE, BOB, key(2), 3, 2)).toBe('changed');
    expect(contacts.find(HERE, BOB)).toMatchObject({
      fingerprint: key(1),
      trust: 'changed',
      changedTo: key(2),
      highestSuite: 1,
    });
  });

  it('stays changed, even if the pinned key comes back, until the person decides', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    contacts.seen(HERE, BOB, key(2), 1, 2);
    expect(contacts.seen(HERE, BOB, key(1), 1, 3)).toBe('changed');
    expect(contacts.seen(HERE, BOB, key(3), 1, 4)).toBe('changed');
    expect(contacts.find(HERE, BOB)?.changedTo).toBe(key(3));
  });

  it('is verified for exactly the key whose words matched', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    expect(contacts.verify(HERE, BOB, key(2))).toBe(false);
    expect(contacts.find(HERE, BOB)?.trust).toBe('seen');
    expect(contacts.verify(HERE, BOB, key(1))).toBe(true);
    expect(contacts.find(HERE, BOB)?.trust).toBe('verified');
    expect(contacts.seen(HERE, BOB, key(1), 1, 2)).toBe('same');
    expect(contacts.find(HERE, BOB)?.trust).toBe('verified');
    expect(contacts.verify(THERE, BOB, key(1))).toBe(false);
  });

  it('is not verified while it is changed', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    contacts.seen(HERE, BOB, key(2), 1, 2);
    expect(contacts.verify(HERE, BOB, key(1))).toBe(false);
    expect(contacts.verify(HERE, BOB, key(2))).toBe(false);
    expect(contacts.find(HERE, BOB)?.trust).toBe('changed');
  });

  it('is pinned to the new key by a reset, seen and not verified', () => {
    contacts.seen(HERE, BOB, key(1), 3, 1);
    contacts.verify(HERE, BOB, key(1));
    contacts.seen(HERE, BOB, key(2), 1, 2);
    expect(contacts.reset(HERE, BOB)).toBe('reset');
    expect(contacts.find(HERE, BOB)).toMatchObject({ fingerprint: key(2), trust: 'seen' });
    expect(contacts.find(HERE, BOB)).not.toHaveProperty('changedTo');
    expect(contacts.seen(HERE, BOB, key(2), 1, 3)).toBe('same');
    expect(contacts.seen(HERE, BOB, key(1), 1, 4)).toBe('changed');
  });

  it('keeps its pin, verified as it was, if the person trusts that one', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    contacts.verify(HERE, BOB, key(1));
    contacts.seen(HERE, BOB, key(2), 1, 2);
    expect(contacts.reset(HERE, BOB, key(1))).toBe('reset');
    expect(contacts.find(HERE, BOB)).toMatchObject({ fingerprint: key(1), trust: 'verified' });
  });

  it('is not reset to a key that came after the one that was shown', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    contacts.seen(HERE, BOB, key(2), 1, 2);
    contacts.seen(HERE, BOB, key(3), 1, 3);
    expect(contacts.reset(HERE, BOB, key(2))).toBe('other-key');
    expect(contacts.find(HERE, BOB)?.trust).toBe('changed');
    expect(contacts.reset(HERE, 'carol' as UserName)).toBe('unknown');
  });

  it('remembers the highest suite, until a reset', () => {
    contacts.seen(HERE, BOB, key(1), 1, 1);
    contacts.seen(HERE, BOB, key(1), 3, 2);
    contacts.seen(HERE, BOB, key(1), 2, 3);
    expect(contacts.find(HERE, BOB)?.highestSuite).toBe(3);
    contacts.reset(HERE, BOB);
    expect(contacts.find(HERE, BOB)).toMatchObject({ highestSuite: 1, fingerprint: key(1) });
  });

  it('never moves its pin by anything but a reset, in any order of events', () => {
    const keys = fc.integer({ min: 1, max: 3 }).map(key);
    const event = fc.oneof(
      fc.record({ type: fc.constant('seen' as const), key: keys }),
      fc.record({ type: fc.constant('verify' as const), key: keys }),
      fc.record({ type: fc.constant('reset' as const), key: keys }),
    );
    let run = 0;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 15 }), (events) => {
        const name = `p${run++}` as UserName;
        let pin: Fingerprint | undefined;
        for (const { type, key: shown } of events) {
          const outcome =
            type === 'seen'
              ? contacts.seen(HERE, name, shown, 1, 1)
              : type === 'verify'
                ? contacts.verify(HERE, name, shown)
                : contacts.reset(HERE, name, shown);
          if (outcome === 'pinned' || outcome === 'reset') pin = shown;
          if (outcome === 'same' || outcome === true) expect(shown).toBe(pin);
          const contact = contacts.find(HERE, name);
          expect(contact?.fingerprint).toBe(pin);
          expect(contact?.trust === 'changed').toBe(contact?.changedTo !== undefined);
        }
      }),
      { numRuns: 60 },
    );
  });
});
