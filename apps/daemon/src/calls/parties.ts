/** What the calls of one party share: the person's, or those of the echo contact. */
import type { CallTimes } from '@kyberline/core/call/call-state';
import type { RandomBytes } from '@kyberline/core/crypto/bytes';
import type { Identity } from '@kyberline/core/crypto/identity';
import type { SuiteId, UserName } from '@kyberline/shared/ids';
import type { CodecName } from '@kyberline/shared/voice';
import type { Bundles } from '../bundles.js';
import type { Address } from '../media/messages.js';
import type { ContactStore } from '../store/contacts.js';
import type { HistoryStore } from '../store/history.js';
import type { SendToEngine } from './call-media.js';

export type CallLog = Pick<
  HistoryStore,
  'started' | 'identified' | 'connected' | 'alive' | 'ended' | 'forget'
>;
export type Pins = Pick<ContactStore, 'find' | 'seen' | 'verify'>;

export interface Party {
  identity: Identity;
  bundles: Bundles;
  /** The name under which this party calls and is called at this registry. */
  nameAt(registryId: Uint8Array): UserName;
  suite(): SuiteId;
  /** What this party's voice is to leave in, where the other side understands it. */
  codec(): CodecName;
  pins: Pins;
  log: CallLog;
  engine: SendToEngine;
  /** Where this party's media socket can be reached now. */
  candidates(): Address[];
  random: RandomBytes;
  /** Monotonic ms, for deadlines. */
  monotonic(): number;
  /** Unix ms, for records and offers. */
  wall(): number;
  times: CallTimes;
  /** An error that should not be; never with anything secret in it. */
  warn(sentence: string): void;
}
