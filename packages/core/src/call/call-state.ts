/** What a call is at each moment, what can happen to it and what it then asks for: types only, and its times. */
import type { EndReason } from '@kyberline/shared/endings';
import type { CallRecord, HangupReason, RejectReason } from '@kyberline/shared/registry';
import type { ByeReason } from './control.js';
import {
  REKEY_TIMES,
  type RekeyEffect,
  type RekeyEvent,
  type RekeyState,
  type RekeyTimes,
} from './rekey-state.js';

/** Specification times (SPEC 4, 6, 9), ms. */
export interface CallTimes {
  /** How long a caller lets it ring. */
  ringMs: number;
  /** Looking up and offering may take this long. */
  lookUpMs: number;
  /** SPEC 6: A waits this long for B's confirm after the answer, B for A's after its answer. */
  confirmAMs: number;
  confirmBMs: number;
  /** Confirms and probes are sent at this interval. */
  confirmEveryMs: number;
  /** SPEC 9: connection lost this long after the last packet (it counts from `quiet`). */
  lostMs: number;
  rekey: RekeyTimes;
}

export const CALL_TIMES: CallTimes = {
  ringMs: 45_000,
  lookUpMs: 15_000,
  confirmAMs: 5_000,
  confirmBMs: 10_000,
  confirmEveryMs: 100,
  lostMs: 57_000,
  rekey: REKEY_TIMES,
};

export type Phase =
  | { at: 'looking-up'; until: number }
  | { at: 'offering'; until: number }
  | { at: 'ringing-there'; until: number }
  /** An answer is being verified; it rings on until that is done. */
  | { at: 'opening'; until: number }
  | { at: 'checking'; until: number; autoAnswer: boolean }
  | { at: 'ringing-here'; until: number }
  | { at: 'answering'; until: number }
  | { at: 'connecting'; until: number; resendAt: number; confirmed: boolean }
  | { at: 'active'; rekey: RekeyState }
  | { at: 'reconnecting'; until: number; rekey: RekeyState }
  | { at: 'ended'; reason: EndReason; endedAt: number };

export interface CallState {
  direction: 'outgoing' | 'incoming';
  times: CallTimes;
  phase: Phase;
  startedAt: number;
  connectedAt?: number;
  /** A stale bundle is looked up once more, once. */
  attempt: 1 | 2;
  muted: boolean;
  peerMuted: boolean;
}

export type CallEvent =
  | { type: 'tick' }
  // the person
  | { type: 'accept' }
  | { type: 'reject' }
  | { type: 'hang-up' }
  | { type: 'mute'; muted: boolean }
  | { type: 'words-differ' }
  // what the shell found out
  | { type: 'looked-up' }
  | { type: 'offer-placed' }
  /** `sentence`: the registry's own words, where they say more than the reason does. */
  | { type: 'attempt-failed'; reason: EndReason; sentence?: string }
  /** `answer`: without ringing, whatever was set when it came; the person is calling them too. */
  | { type: 'offer-checked'; answer?: boolean }
  | { type: 'offer-refused'; reason: EndReason; tell: RejectReason }
  | { type: 'answer-placed' }
  | { type: 'answer-opened' }
  | { type: 'answer-invalid' }
  | { type: 'glare-lost' }
  | { type: 'registry'; call: Pick<CallRecord, 'status' | 'reason' | 'answer'> }
  // the media engine
  | { type: 'confirm-verified' }
  | { type: 'quiet' }
  | { type: 'heard' }
  | { type: 'bye'; reason: ByeReason }
  | { type: 'peer-mode'; muted: boolean }
  | { type: 'engine-restarted' }
  | { type: 'engine-failed' }
  | { type: 'program-stopping' }
  | RekeyEvent;

export type CallEffect =
  | { type: 'look-up' }
  | { type: 'place-offer' }
  | { type: 'check-offer' }
  | { type: 'ring'; on: boolean }
  | { type: 'place-answer' }
  | { type: 'open-answer'; answer: string }
  /** Keys, candidates and the socket for confirm: the media session of this call. */
  | { type: 'open-media' }
  | { type: 'send-confirm' }
  | { type: 'send-probe' }
  /** Both confirms are good: install epoch 0 both ways, erase the handshake. */
  | { type: 'prepare-voice' }
  /** The peer has epoch 0 too: send on it, let voice flow. */
  | { type: 'start-voice' }
  | { type: 'tell-registry'; what: 'hangup'; reason?: HangupReason }
  | { type: 'tell-registry'; what: 'reject'; reason: RejectReason }
  | { type: 'set-mute'; muted: boolean }
  | { type: 'reopen-media' }
  | { type: 'close-media'; bye?: ByeReason }
  | { type: 'erase' }
  | { type: 'record'; what: 'started' | 'connected' | 'ended' | 'forget' }
  | { type: 'rekey'; effect: RekeyEffect };

export interface CallStep {
  state: CallState;
  effects: CallEffect[];
}
