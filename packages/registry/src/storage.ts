/**
 * What the registry keeps for good: its id and who owns which name. Calls are not here: they live
 * in memory (calls.ts). Promises, though SQLite answers at once, so that a database across a
 * network can stand behind the same interface; hence also `create` and `replace` are each one
 * atomic step that says whether it happened, and nothing reads, thinks and then writes.
 */
import type { UserName } from '@kyberline/shared/ids';

/** Public keys, a bundle of public keys and signatures: nothing that a thief could call with. */
export interface StoredUser {
  readonly name: UserName;
  /** SHA-256 of the identity's public keys, 32 bytes (SPEC 2). */
  readonly fingerprint: Uint8Array;
  /** Ed25519 public key, 32 bytes; checks every signed request (SPEC 12). */
  readonly edPublic: Uint8Array;
  /** ML-DSA-65 public key, 1952 bytes. */
  readonly mldsaPublic: Uint8Array;
  /** The newest bundle (SPEC 3), as published. */
  readonly bundle: Uint8Array;
  /** The one machine that this name's calls go to, 32 hex digits. */
  readonly machineId: string;
  /** Unix ms of the first registration, and of the newest bundle. */
  readonly registeredAt: number;
  readonly updatedAt: number;
}

export interface Storage {
  /** 16 random bytes, made once with the database (SPEC 3). */
  readonly registryId: Uint8Array;
  user(name: UserName): Promise<StoredUser | undefined>;
  /** Every name, sorted. */
  names(): Promise<UserName[]>;
  count(): Promise<number>;
  /** @returns false, changing nothing, if the name is owned already. */
  create(user: StoredUser): Promise<boolean>;
  /**
   * Put `user` in the place of the same name owned by `fingerprint`; `registeredAt` stays as it was.
   * @returns false, changing nothing, if another identity, or nobody, owns the name by now.
   */
  replace(user: StoredUser, fingerprint: Uint8Array): Promise<boolean>;
  /** @returns false if this identity does not own the name. */
  remove(name: UserName, fingerprint: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

/** The database cannot be used; the sentence says why and what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly code: 'database-unreadable' | 'database-newer' | 'database-in-use',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
