/** Storage that ends with the process: for tests, and for a registry that nobody should remember. */
import { equal } from '@kyberline/core/crypto/bytes';
import type { UserName } from '@kyberline/shared/ids';
import type { Storage, StoredUser } from './storage.js';

/** @param random makes the registry's id */
export function openMemory(random: (bytes: number) => Uint8Array): Storage {
  const users = new Map<UserName, StoredUser>();
  const owner = (name: UserName, fingerprint: Uint8Array) => {
    const user = users.get(name);
    return user && equal(user.fingerprint, fingerprint) ? user : undefined;
  };
  return {
    registryId: random(16),
    user: async (name) => users.get(name),
    names: async () => [...users.keys()].sort(),
    count: async () => users.size,
    create: async (user) => {
      if (users.has(user.name)) return false;
      users.set(user.name, user);
      return true;
    },
    replace: async (user, fingerprint) => {
      const before = owner(user.name, fingerprint);
      if (!before) return false;
      users.set(user.name, { ...user, registeredAt: before.registeredAt });
      return true;
    },
    remove: async (name, fingerprint) =>
      owner(name, fingerprint) !== undefined && users.delete(name),
    close: async () => users.clear(),
  };
}
