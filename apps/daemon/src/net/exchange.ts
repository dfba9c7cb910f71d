/**
 * Where offers and answers change hands before two daemons speak over UDP: a registry on the
 * network, or, for the echo contact, an exchange inside this process. It is trusted with nothing.
 */
import type { CallId, UserName } from '@kyberline/shared/ids';
import type { CallRecord, HangupReason, RejectReason } from '@kyberline/shared/registry';

export interface LookUp {
  /** A whole bundle, still to be read and checked (SPEC 3). */
  bundle: Uint8Array;
  online: boolean;
}

export interface Exchange {
  /** 16 bytes; undefined until the registry has answered once. */
  readonly registryId: Uint8Array | undefined;
  /** Its clock minus ours, ms; undefined where it is ours or is not known yet. */
  readonly clockOffsetMs: number | undefined;
  /** @throws Problem `unknown-name`, `registry-unreachable` or the registry's own refusal. */
  lookUp(name: UserName): Promise<LookUp>;
  initiate(call: {
    callId: CallId;
    from: UserName;
    to: UserName;
    offer: Uint8Array;
  }): Promise<void>;
  accept(callId: CallId, answer: Uint8Array): Promise<void>;
  reject(callId: CallId, reason: RejectReason): Promise<void>;
  /** Ends or cancels; a call that the registry no longer knows is no error. */
  hangUp(callId: CallId, reason?: HangupReason): Promise<void>;
  /** Ask for this call's status while events are not pushed. */
  follow(callId: CallId): void;
  unfollow(callId: CallId): void;
}

/** Takes every call record that an exchange delivers; the same one may come twice. */
export type CallListener = (call: CallRecord) => void;
