/**
 * The rules: what the registry does for whom, once it is known who asks. No network and no clock
 * of its own; storage, push, time and chance are arguments.
 */
import { toBase64, toHex } from '@kyberline/core/crypto/bytes';
import type { CallId, RegistryId, UserName } from '@kyberline/shared/ids';
import type {
  AcceptRequest,
  BundleResponse,
  CallRecord,
  HangupRequest,
  InitiateRequest,
  Person,
  RegisterRequest,
  RegistryEvent,
  RejectRequest,
} from '@kyberline/shared/registry';
import { CallTable } from './calls.js';
import type { Push } from './events.js';
import { type Limits, SlidingWindows } from './limits.js';
import type { Presence } from './presence.js';
import { isRefusal, Refusal } from './refusal.js';
import { isRotated, isTakenOver, type Registered, takeRegistrations } from './register.js';
import type { Storage, StoredUser } from './storage.js';

/** How old the list of people may be where only time has passed, ms. */
const LIST_KEPT_MS = 1_000;

type Outcome<T> = Promise<T | Refusal>;

export interface Rules {
  readonly registryId: RegistryId;
  /** Everyone who is registered, by name, and whether they can be called now. */
  people(): Promise<Person[]>;
  lookUp(me: StoredUser, name: UserName): Outcome<BundleResponse>;
  register(request: RegisterRequest, address: string): Outcome<Registered>;
  /** Give a name up: free for anyone from then on, its calls forgotten. */
  unregister(me: StoredUser, name: UserName): Outcome<void>;
  initiate(me: StoredUser, request: InitiateRequest): Outcome<CallRecord>;
  accept(me: StoredUser, request: AcceptRequest): CallRecord | Refusal;
  reject(me: StoredUser, request: RejectRequest): CallRecord | Refusal;
  hangup(me: StoredUser, request: HangupRequest): CallRecord | Refusal;
  status(me: StoredUser, callId: CallId): CallRecord | Refusal;
  /** What rings at `name`, oldest first; counts as being online. */
  pending(me: StoredUser, name: UserName, machineId: string | undefined): CallRecord[] | Refusal;
  /** What an event socket of `me` hears first. */
  greeting(me: StoredUser): RegistryEvent[];
  /** Let time take effect: rings that nobody answered, people who went. Once a second. */
  tick(): void;
}

export function createRules(deps: {
  storage: Storage;
  push: Push;
  presence: Presence;
  now: () => number;
  random: (bytes: number) => Uint8Array;
  limits: Limits;
}): Rules {
  const { storage, push, presence, now, limits } = deps;
  const registryId = toHex(storage.registryId) as RegistryId;
  const registration = takeRegistrations(deps);
  const perMinute = (n: number) => new SlidingWindows(n, 60_000, limits.users);
  const initiations = perMinute(limits.initiationsPerMinute);
  const lookUps = perMinute(limits.lookUpsPerMinute);
  const calls = new CallTable(limits, (call) => {
    push.send(call.callee_username, { type: 'call', call });
    push.send(call.caller_username, { type: 'call', call });
  });

  /** Anyone may ask for the list, unsigned and often, and it can be long: made once a second. */
  let list: { people: Person[]; users: number; presence: number; at: number } | undefined;
  /** Counts changes to who is registered. */
  let users = 0;
  const isCurrent = (made: NonNullable<typeof list>) =>
    made.users === users &&
    made.presence === presence.revision &&
    Math.abs(now() - made.at) < LIST_KEPT_MS;

  return {
    registryId,

    async people() {
      if (list && isCurrent(list)) return list.people;
      const made = { users, presence: presence.revision, at: now() };
      const names = await storage.names();
      const people = names.map((username) => ({
        username,
        online: presence.isOnline(username, made.at),
      }));
      list = { ...made, people };
      return people;
    },

    async lookUp(me, name) {
      const wait = lookUps.take(toHex(me.fingerprint), now());
      if (wait !== undefined) return tooMany('too-many-look-ups', 'look-ups', wait);
      const user = await storage.user(name);
      if (!user) return unknownName(name);
      const online = presence.isOnline(name, now());
      return { username: name, online, bundle: toBase64(user.bundle) };
    },

    async register(request, address) {
      const outcome = await registration.register(request, address);
      if (isRefusal(outcome) || outcome.kind === 'challenge') return outcome;
      users++;
      if (isTakenOver(outcome)) push.drop(request.username, 'replaced', { type: 'replaced' });
      else if (isRotated(outcome)) push.drop(request.username, 'superseded');
      return outcome;
    },

    async unregister(me, name) {
      if (me.name !== name) return notYours(`give up ${name}`);
      // Since the signature was checked, the name may have gone to another identity.
      if (!(await storage.remove(name, me.fingerprint))) return notYours(`give up ${name}`);
      users++;
      calls.forget(name, now());
      push.drop(name, 'unregistered');
      presence.gone(name);
    },

    async initiate(me, request) {
      if (me.name !== request.caller_username) return notYours('call in the name of another');
      const repeated = calls.repeated(request, now());
      if (repeated) return repeated;
      const wait = initiations.take(toHex(me.fingerprint), now());
      if (wait !== undefined) return tooMany('too-many-calls', 'calls', wait);
      if (request.callee_username === me.name) return callToSelf();
      if (!(await storage.user(request.callee_username))) {
        return unknownName(request.callee_username);
      }
      // Somebody else's wait may have let the same request in meanwhile.
      const meanwhile = calls.repeated(request, now());
      return meanwhile ?? calls.initiate(request, toHex(me.fingerprint), now());
    },

    accept: (me, { call_id, answer }) =>
      calls.apply(call_id, { type: 'accept', by: me.name, answer }, now()),

    reject: (me, { call_id, reason }) =>
      calls.apply(call_id, { type: 'reject', by: me.name, reason }, now()),

    hangup: (me, { call_id, reason }) =>
      calls.apply(call_id, { type: 'hangup', by: me.name, reason }, now()),

    status: (me, callId) => calls.status(callId, me.name, now()),

    pending(me, name, machineId) {
      if (me.name !== name) return notYours(`see who calls ${name}`);
      if (machineId !== undefined && machineId !== me.machineId) return replaced(name);
      presence.polled(name, now());
      return calls.pending(name, now());
    },

    greeting: (me) => [
      { type: 'hello', registry_id: registryId, time: now() },
      ...calls.pending(me.name, now()).map((call) => ({ type: 'call' as const, call })),
    ],

    tick() {
      calls.sweep(now());
      presence.sweep(now());
    },
  };
}

const unknownName = (name: string): Refusal =>
  new Refusal('unknown-name', `Nobody is registered here as ${name}. Check the name.`);

const notYours = (what: string): Refusal =>
  new Refusal('not-yours', `You cannot ${what}. Sign as the person concerned.`);

const callToSelf = (): Refusal =>
  new Refusal('call-to-self', 'That is your own name. Call "echo" to hear yourself.');

const replaced = (name: string): Refusal =>
  new Refusal(
    'replaced',
    `${name} is registered from another machine, which gets its calls. Register here to take the name back.`,
  );

const tooMany = (
  code: 'too-many-calls' | 'too-many-look-ups',
  what: string,
  wait: number,
): Refusal =>
  new Refusal(code, `Too many ${what} in a minute. Wait ${wait} s and try again.`, {
    retryAfterSeconds: wait,
  });
