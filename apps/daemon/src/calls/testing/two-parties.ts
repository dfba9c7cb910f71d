/**
 * Two people's calls in one process: real identities, bundles and handshakes, an exchange with the
 * registry's rules in small, and engines that hand control messages straight across.
 */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALL_TIMES, type CallTimes } from '@kyberline/core/call/call-state';
import { CALL_ID_BYTES } from '@kyberline/core/crypto/handshake';
import { identityFromSeeds } from '@kyberline/core/crypto/identity';
import type { SuiteId, UserName } from '@kyberline/shared/ids';
import type { CallRecord } from '@kyberline/shared/registry';
import type { CodecName } from '@kyberline/shared/voice';
import { Bundles } from '../../bundles.js';
import type { Address, DaemonToEngine } from '../../media/messages.js';
import type { Exchange } from '../../net/exchange.js';
import { LocalExchange } from '../../net/local-exchange.js';
import { openContacts } from '../../store/contacts.js';
import { type Db, openDatabase } from '../../store/database.js';
import { type HistoryStore, openHistory } from '../../store/history.js';
import { createIdentity } from '../../store/identity.js';
import { Calls } from '../calls.js';

export const REGISTRY_ID = new Uint8Array(16).fill(0x33);
/** Rekeys come within a test. */
export const QUICK: CallTimes = { ...CALL_TIMES, rekey: { ...CALL_TIMES.rekey, everyMs: 300 } };
const random = (bytes: number) => new Uint8Array(randomBytes(bytes));

export interface Person {
  name: UserName;
  calls: Calls;
  exchange: Exchange;
  db: Db;
  history: HistoryStore;
  contacts: ReturnType<typeof openContacts>;
  bundles: Bundles;
  /** The ids of the next calls that this person places; by chance when none is left. */
  callIds: Uint8Array[];
  /** What this person's daemon said to its engine. */
  told: DaemonToEngine[];
  /** What the exchange delivered to this person. */
  heard: CallRecord[];
  /** Errors that should not be; a test that expects one empties it. */
  warned: string[];
  suite: SuiteId;
  codec: CodecName;
  /** Where this person's engine can be reached; none while there is no engine. */
  candidates: Address[];
  autoAnswer: boolean;
  /** While set, the exchange hands out this bundle for this person. */
  bundleShown: Uint8Array | undefined;
  /** What the exchange delivers may be changed on its way, as a bad registry would. */
  tamper: (record: CallRecord) => CallRecord;
  clockAheadMs: number;
}

export class TwoParties {
  readonly #homes: string[] = [];
  readonly #closers: (() => void)[] = [];
  readonly #people: Person[] = [];
  readonly exchange = new LocalExchange(REGISTRY_ID, () => Date.now());

  constructor(private readonly times: CallTimes = QUICK) {}

  add(name: string): Person {
    const home = mkdtempSync(join(tmpdir(), `kyberline-${name}-`));
    this.#homes.push(home);
    const stored = createIdentity(home, random);
    const identity = identityFromSeeds(stored.seeds);
    const db = openDatabase(home);
    this.#closers.push(() => db.close());
    const wall = () => Date.now() + person.clockAheadMs;
    const bundles = new Bundles(home, 'identity.json', stored, identity, random, wall);
    const history = openHistory(db);
    const contacts = openContacts(db);
    const person: Person = {
      name: name as UserName,
      db,
      history,
      contacts,
      bundles,
      callIds: [],
      told: [],
      heard: [],
      warned: [],
      suite: 1,
      codec: 'opus',
      candidates: [{ address: '127.0.0.1', port: 9 }],
      autoAnswer: false,
      bundleShown: undefined,
      tamper: (record) => record,
      clockAheadMs: 0,
      calls: new Calls(
        {
          identity,
          bundles,
          nameAt: () => person.name,
          suite: () => person.suite,
          codec: () => person.codec,
          pins: contacts,
          log: history,
          engine: (message) => this.#carry(person, message),
          candidates: () => person.candidates,
          random: (bytes) => (bytes === CALL_ID_BYTES && person.callIds.shift()) || random(bytes),
          monotonic: () => performance.now(),
          wall,
          times: this.times,
          warn: (sentence) => person.warned.push(sentence),
        },
        () => undefined,
      ),
      exchange: undefined as unknown as Exchange,
    };
    person.exchange = this.exchange.join({
      name: () => person.name,
      bundle: async () =>
        person.bundleShown ?? (await bundles.current(REGISTRY_ID, person.name, person.suite)).bytes,
      onCall: (record) => {
        person.heard.push(record);
        person.calls.heard(person.tamper(record), person.exchange, person.autoAnswer);
      },
    });
    this.#people.push(person);
    return person;
  }

  async close(): Promise<void> {
    await Promise.all(this.#people.map(({ calls }) => calls.stop()));
    for (const close of this.#closers) close();
    for (const home of this.#homes) rmSync(home, { recursive: true, force: true });
    const warned = this.#people.flatMap((person) => person.warned);
    if (warned.length > 0) throw new Error(warned.join(' '));
  }

  /** Control messages arrive at once; an epoch is heard as soon as voice leaves under it. */
  #carry(from: Person, message: DaemonToEngine): void {
    from.told.push(message);
    const others = this.#people.filter((each) => each !== from);
    const deliver = (type: 'control' | 'epoch-heard', epoch: number, payload?: Uint8Array) => {
      if (!('callId' in message)) return;
      const { callId } = message;
      setImmediate(() => {
        for (const { calls } of others) {
          if (type === 'epoch-heard') calls.fromEngine({ type, callId, epoch });
          else if (payload) calls.fromEngine({ type, callId, epoch, payload });
        }
      });
    };
    if (message.type === 'send-control') deliver('control', message.epoch, message.payload);
    if (message.type === 'send-on') deliver('epoch-heard', message.epoch);
    if (message.type === 'close-call' && message.bye) {
      const { callId, bye } = message;
      setImmediate(() => {
        for (const { calls } of others) calls.fromEngine({ type: 'bye', callId, reason: bye });
      });
    }
  }
}

export const call = (from: Person, to: Person) => from.calls.place(to.name, from.exchange);

/** What comes to this person is not checked before it is let; the exchange is what they dial by. */
export function slowLookUp(person: Person): { open: () => void; exchange: Exchange } {
  const { exchange } = person;
  const { open, passed } = gate();
  const lookUp = async (name: UserName) => {
    await passed;
    return exchange.lookUp(name);
  };
  person.exchange = { ...exchange, lookUp };
  return { open, exchange };
}

/** The call id of this rank: glare goes to the lowest. */
export const callIdOf = (rank: number) => new Uint8Array(CALL_ID_BYTES).fill(rank);

/** Something that waits until it is let go. */
export function gate(): { open: () => void; passed: Promise<void> } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

/** Waits in real time until `predicate` holds; a test that waits longer has failed. */
export async function until(predicate: () => boolean, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!predicate()) {
    if (performance.now() > end) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const phaseOf = ({ calls }: Person) => calls.shown.at(-1)?.state.phase.at;
export const endingOf = ({ calls }: Person) => {
  const phase = calls.shown.at(-1)?.state.phase;
  return phase?.at === 'ended' ? phase.reason : undefined;
};
export const wireIds = ({ heard }: Person) => [...new Set(heard.map((each) => each.call_id))];
