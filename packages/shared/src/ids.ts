/**
 * Branded identifiers that cross a process as JSON. Inside a process bytes stay bytes;
 * at a JSON boundary these are their hex or plain text forms.
 */
import { z } from 'zod';

/** 1 to 32 of a-z, 0-9, '.', '_', '-', not dots alone: a path loses those (SPEC 12). */
export const userName = z
  .string()
  .regex(/^[a-z0-9._-]{1,32}$/, 'A name is 1 to 32 of a-z, 0-9, ".", "_" and "-".')
  .regex(/[^.]/, 'A name is not made of dots alone. Add a letter, a digit, "_" or "-".')
  .brand<'UserName'>();
export type UserName = z.infer<typeof userName>;

/** callId16 of SPEC 4 as 32 lower-case hex digits. */
export const callId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'CallId'>();
export type CallId = z.infer<typeof callId>;

/** The registry's 16 random bytes (SPEC 3) as 32 hex digits. */
export const registryId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'RegistryId'>();
export type RegistryId = z.infer<typeof registryId>;

/** SHA-256 over an identity's public keys (SPEC 2) as 64 hex digits. */
export const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Fingerprint'>();
export type Fingerprint = z.infer<typeof fingerprint>;

/** Suite 1, 2, 3 = X25519 with ML-KEM-512, -768, -1024 (SPEC 1). */
export const suiteId = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type SuiteId = z.infer<typeof suiteId>;

export const SUITE_NAMES: Record<SuiteId, string> = {
  1: 'Kyber512 + X25519',
  2: 'Kyber768 + X25519',
  3: 'Kyber1024 + X25519',
};

/** The name under which every daemon reaches its own echo contact; never registered anywhere. */
export const ECHO_NAME = 'echo' as UserName;
