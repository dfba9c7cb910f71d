/** The rules where two requests meet; one after another they are tested over HTTP (tests/registry). */
import { randomBytes } from 'node:crypto';
import type { CallId, UserName } from '@kyberline/shared/ids';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.js';
import { openMemory } from './memory.js';
import { Presence } from './presence.js';
import { isRefusal } from './refusal.js';
import { createRules } from './registry.js';
import type { StoredUser } from './storage.js';

const NAME = 'alice' as UserName;
const CALL = '0a'.repeat(16) as CallId;

function owner(name: UserName, seed: number): StoredUser {
  const fingerprint = new Uint8Array(32).fill(seed);
  const none = new Uint8Array();
  const keys = { edPublic: none, mldsaPublic: none, bundle: none };
  return { name, fingerprint, ...keys, machineId: '', registeredAt: 0, updatedAt: 0 };
}

it("unregistering a name that has gone to another leaves the new owner's socket alone", async () => {
  const storage = openMemory(randomBytes);
  const dropped: UserName[] = [];
  const rules = createRules({
    storage,
    push: { everyone: () => {}, send: () => {}, drop: (name) => void dropped.push(name) },
    presence: new Presence(() => {}),
    now: () => 0,
    random: randomBytes,
    limits: DEFAULT_LIMITS,
  });
  const [before, after, bob] = [owner(NAME, 1), owner(NAME, 2), owner('bob' as UserName, 3)];
  await storage.create(after);
  await rules.initiate(bob, {
    call_id: CALL,
    caller_username: bob.name,
    callee_username: NAME,
    offer: '',
  });

  const outcome = await rules.unregister(before, NAME);

  expect(isRefusal(outcome) && outcome.code).toBe('not-yours');
  expect(dropped).toEqual([]);
  expect(rules.pending(after, NAME, undefined)).toHaveLength(1);
  expect(await storage.user(NAME)).toEqual(after);
});
