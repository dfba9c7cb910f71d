/**
 * The exchange inside a daemon, through which its own echo contact gets offers. It has the
 * registry's rules in small: a record per call, each change told to both parties, never in the
 * caller's own turn of the event loop.
 */
import type { CallId, UserName } from '@kyberline/shared/ids';
import type { CallRecord } from '@kyberline/shared/registry';
import { Problem } from '../problem.js';
import type { CallListener, Exchange } from './exchange.js';

export interface LocalParty {
  /** A function, because a person chooses their name while the daemon runs. */
  name: () => UserName;
  /** The bundle under which this party can be called now. */
  bundle: () => Promise<Uint8Array>;
  onCall: CallListener;
}

export class LocalExchange {
  readonly #parties: LocalParty[] = [];
  readonly #calls = new Map<CallId, CallRecord>();

  /** @param registryId 16 bytes that no registry on the network has */
  constructor(
    readonly registryId: Uint8Array,
    private readonly now: () => number,
  ) {}

  /** Makes `party` reachable and gives its end of the exchange. */
  join(party: LocalParty): Exchange {
    this.#parties.push(party);
    return {
      registryId: this.registryId,
      clockOffsetMs: undefined,
      lookUp: async (name) => ({ bundle: await this.#find(name).bundle(), online: true }),
      initiate: async ({ callId, from, to, offer }) => {
        this.#find(to);
        this.#put({
          call_id: callId,
          caller_username: from,
          callee_username: to,
          status: 'ringing',
          offer: Buffer.from(offer).toString('base64'),
          created_at: this.now(),
        });
      },
      accept: async (callId, answer) =>
        this.#change(callId, (call) => ({
          ...call,
          status: 'active',
          answer: Buffer.from(answer).toString('base64'),
        })),
      reject: async (callId, reason) =>
        this.#change(callId, (call) => ({ ...call, status: 'rejected', reason })),
      hangUp: async (callId, reason) => {
        const rang = reason === 'no-answer' ? 'missed' : 'cancelled';
        this.#change(callId, (call) => ({
          ...call,
          status: call.status === 'ringing' ? rang : 'ended',
        }));
        this.#calls.delete(callId);
      },
      follow: () => undefined,
      unfollow: () => undefined,
    };
  }

  #find(name: UserName): LocalParty {
    const party = this.#parties.find((each) => each.name() === name);
    if (!party) throw new Problem('unknown-name', `Nobody here is called ${name}.`);
    return party;
  }

  #change(callId: CallId, change: (call: CallRecord) => CallRecord): void {
    const call = this.#calls.get(callId);
    if (call) this.#put(change(call));
  }

  #put(call: CallRecord): void {
    this.#calls.set(call.call_id, call);
    for (const party of this.#parties) {
      if (party.name() !== call.caller_username && party.name() !== call.callee_username) continue;
      setImmediate(() => party.onCall(call));
    }
  }
}
