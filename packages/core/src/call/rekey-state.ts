/** The states, events and effects of the rekey machine (rekey.ts), and its times (SPEC 8). */
import type { ControlMessage } from './control.js';

export interface RekeyTimes {
  /** The caller starts a rekey this long after the last one. */
  everyMs: number;
  /** REQ, ACK, FIN and ASK are sent again at this interval. */
  resendMs: number;
  /** Without a new epoch for this long the call ends. */
  expireMs: number;
  /** Receive keys of an old epoch live this much longer, for packets still on their way. */
  retireMs: number;
}

export const REKEY_TIMES: RekeyTimes = {
  everyMs: 60_000,
  resendMs: 250,
  expireMs: 180_000,
  retireMs: 5_000,
};

export type Progress =
  | { at: 'steady' }
  /** Callee only: ASK goes out until a REQ comes. */
  | { at: 'asking'; resendAt: number }
  /** Caller: the request is being computed. */
  | { at: 'preparing' }
  | { at: 'requesting'; req: Uint8Array; resendAt: number }
  /** Caller: the new root is being computed from this ACK. */
  | { at: 'completing'; req: Uint8Array; resendAt: number }
  | {
      at: 'finishing';
      old: number;
      fin: Uint8Array;
      resendAt: number;
      /** Another rekey is wanted as soon as this one is over. */
      again: boolean;
    }
  /** Callee: the answer to `req` is being computed; `before` holds on if there is none. */
  | { at: 'answering'; req: Uint8Array; before: Settled }
  | { at: 'answered'; req: Uint8Array; ack: Uint8Array; resendAt: number };

/** Callee: where a request that is worth no answer leaves it. */
export type Settled = Extract<Progress, { at: 'steady' | 'asking' | 'answered' }>;

export interface RekeyState {
  role: 'A' | 'B';
  times: RekeyTimes;
  /** The epoch that this side sends on. */
  epoch: number;
  progress: Progress;
  /** When the current epoch was agreed; due and expiry count from here. */
  agreedAt: number;
  /** Receive keys that are to be erased, oldest first. */
  retiring: { epoch: number; at: number }[];
}

export type RekeyEvent =
  | { type: 'tick' }
  /** A stream neared its packet limit, or the engine was started again. */
  | { type: 'rekey-now' }
  | { type: 'request-made'; epoch: number; req: Uint8Array }
  | { type: 'answer-made'; epoch: number; req: Uint8Array; ack: Uint8Array }
  | { type: 'answer-refused'; epoch: number; req: Uint8Array }
  | { type: 'finish-made'; epoch: number; fin: Uint8Array }
  | { type: 'finish-refused'; epoch: number }
  /** A control message that opened under epoch `on`; what only keys can tell comes with it. */
  | {
      type: 'received';
      on: number;
      message: ControlMessage;
      /** For REQ: the epoch that it asks for. */
      requestEpoch?: number;
      /** For FIN: whether its proof is right. */
      finVerified?: boolean;
    }
  | { type: 'epoch-heard'; epoch: number };

export type RekeyEffect =
  | { type: 'make-request'; epoch: number }
  /** Computes ACK and next epoch, installs its receive keys, then reports `answer-made`. */
  | { type: 'make-answer'; epoch: number; req: Uint8Array }
  /** Computes the next epoch from ACK, installs its keys both ways, then reports `finish-made`. */
  | { type: 'make-finish'; epoch: number; req: Uint8Array; ack: Uint8Array }
  | { type: 'send'; epoch: number; message: ControlMessage }
  /** Installs the send keys of this epoch and sends on it. */
  | { type: 'send-on'; epoch: number }
  /** Erase send keys and root of an old epoch. */
  | { type: 'drop-send'; epoch: number }
  | { type: 'drop-receive'; epoch: number }
  | { type: 'expired' };

export interface RekeyStep {
  state: RekeyState;
  effects: RekeyEffect[];
}
