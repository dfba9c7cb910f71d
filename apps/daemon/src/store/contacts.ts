/**
 * Pins: the key that each (registry, name) is held to from the first time it was seen (SPEC 2).
 *
 *   seen ──(words match)──► verified          any other key ──► changed: no call passes
 *     ▲                                            │
 *     └──────────── reset, by the person ──────────┘
 *
 * Another key never takes the pin's place by itself, and the pinned key coming back does not end
 * "changed": only the person does.
 */
import type { Fingerprint, RegistryId, SuiteId, UserName } from '@kyberline/shared/ids';
import type { Db } from './database.js';

export interface Contact {
  readonly registryId: RegistryId;
  readonly name: UserName;
  /** The pin. */
  readonly fingerprint: Fingerprint;
  readonly trust: 'seen' | 'verified' | 'changed';
  /** With `changed`: the newest other key that was shown. */
  readonly changedTo?: Fingerprint;
  /** A call under a lower suite is refused (SPEC 1). */
  readonly highestSuite: SuiteId;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** `changed`: refuse the call. */
export type Seen = 'pinned' | 'same' | 'changed';
/** `other-key`: the key to trust is neither the pin nor the one that is recorded; ask again. */
export type Reset = 'reset' | 'unknown' | 'other-key';

export interface ContactStore {
  find(registryId: RegistryId, name: UserName): Contact | undefined;
  list(registryId?: RegistryId): Contact[];
  /** A key was shown whose signatures verified. Raises the highest suite unless it is `changed`. */
  seen(
    registryId: RegistryId,
    name: UserName,
    fingerprint: Fingerprint,
    suite: SuiteId,
    now: number,
  ): Seen;
  /** The words matched. False, changing nothing, unless this very key is the unchanged pin. */
  verify(registryId: RegistryId, name: UserName, fingerprint: Fingerprint): boolean;
  /**
   * The person's decision about a changed contact: `trusted` becomes the pin, seen and not
   * verified; by default the key that it changed to. With the pinned key as `trusted`, the pin
   * stays and the other key is forgotten. Also forgets the highest suite.
   */
  reset(registryId: RegistryId, name: UserName, trusted?: Fingerprint): Reset;
}

interface Row {
  registry_id: string;
  name: string;
  fingerprint: string;
  verified: number;
  changed_to: string | null;
  highest_suite: number;
  first_seen_at: number;
  last_seen_at: number;
}

export function openContacts(db: Db): ContactStore {
  const one = db.prepare<[string, string], Row>(
    'SELECT * FROM contacts WHERE registry_id = ? AND name = ?',
  );
  const all = db.prepare<[string | null], Row>(
    'SELECT * FROM contacts WHERE registry_id = ifnull(?, registry_id) ORDER BY name, registry_id',
  );
  const put = db.prepare<[Row]>(
    `INSERT OR REPLACE INTO contacts VALUES (@registry_id, @name, @fingerprint, @verified,
     @changed_to, @highest_suite, @first_seen_at, @last_seen_at)`,
  );

  const seen: ContactStore['seen'] = (registryId, name, fingerprint, suite, now) => {
    const row = one.get(registryId, name);
    if (row === undefined) {
      put.run({
        registry_id: registryId,
        name,
        fingerprint,
        verified: 0,
        changed_to: null,
        highest_suite: suite,
        first_seen_at: now,
        last_seen_at: now,
      });
      return 'pinned';
    }
    if (fingerprint !== row.fingerprint) {
      put.run({ ...row, changed_to: fingerprint, last_seen_at: now });
      return 'changed';
    }
    if (row.changed_to !== null) return 'changed';
    put.run({ ...row, highest_suite: Math.max(row.highest_suite, suite), last_seen_at: now });
    return 'same';
  };

  const verify: ContactStore['verify'] = (registryId, name, fingerprint) => {
    const row = one.get(registryId, name);
    if (row?.fingerprint !== fingerprint || row.changed_to !== null) return false;
    put.run({ ...row, verified: 1 });
    return true;
  };

  const reset: ContactStore['reset'] = (registryId, name, trusted) => {
    const row = one.get(registryId, name);
    if (row === undefined) return 'unknown';
    const pin = trusted ?? row.changed_to ?? row.fingerprint;
    if (pin !== row.fingerprint && pin !== row.changed_to) return 'other-key';
    const verified = pin === row.fingerprint ? row.verified : 0;
    put.run({ ...row, fingerprint: pin, verified, changed_to: null, highest_suite: 1 });
    return 'reset';
  };

  return {
    find: (registryId, name) => toContact(one.get(registryId, name)),
    list: (registryId) => all.all(registryId ?? null).map((row) => toContact(row)!),
    seen: db.transaction(seen).immediate,
    verify: db.transaction(verify).immediate,
    reset: db.transaction(reset).immediate,
  };
}

function toContact(row: Row | undefined): Contact | undefined {
  if (row === undefined) return undefined;
  const unchanged = row.verified === 1 ? 'verified' : 'seen';
  return {
    registryId: row.registry_id as RegistryId,
    name: row.name as UserName,
    fingerprint: row.fingerprint as Fingerprint,
    trust: row.changed_to === null ? unchanged : 'changed',
    ...(row.changed_to !== null && { changedTo: row.changed_to as Fingerprint }),
    highestSuite: row.highest_suite as SuiteId,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
  };
}
