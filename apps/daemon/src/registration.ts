/**
 * This person at their registry: finding it, holding a name there, publishing a fresh bundle every
 * day, knowing who is there. It recovers by itself; what stands in the way is a sentence in `view`.
 */
import type { Bundle } from '@kyberline/core/crypto/bundle';
import type { Identity } from '@kyberline/core/crypto/identity';
import type { SuiteId, UserName } from '@kyberline/shared/ids';
import type { CallRecord, Person } from '@kyberline/shared/registry';
import type { RegistryView } from '@kyberline/shared/snapshot';
import type { Bundles } from './bundles.js';
import { RegistryClient } from './net/registry-client.js';
import type { Clocks } from './net/registry-http.js';
import { Problem } from './problem.js';

const RETRY_MS = 5_000;
const NO_WAIT = 0;
/** How often it is looked whether the bundle is due to be renewed. */
const LOOK_EVERY_MS = 60_000;
/** Refusals that only another person's doing could change, asked about now and then. */
const NOT_OURS: ReadonlySet<string> = new Set(['name-taken', 'name-reserved']);
const NOT_OURS_RETRY_MS = 60_000;
/** More than a registry takes (SPEC 12), so that one which means harm fills no memory. */
const MAX_PEOPLE = 5_000;

/** `replaced`: another machine of this person has the name, until the person takes it back. */
type Standing = 'free' | 'held' | 'replaced';

export interface RegistrationParts {
  identity: Identity;
  machineId: string;
  bundles: Bundles;
  clocks: Clocks;
  random: (bytes: number) => Uint8Array;
  /** The name that is held, or is to be taken as soon as the registry answers. */
  name(): UserName | undefined;
  keepName(name: UserName | undefined): void;
  suite(): SuiteId;
  onCall(call: CallRecord): void;
  changed(): void;
}

export class Registration {
  #client: RegistryClient;
  #url: string;
  #standing: Standing = 'free';
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #online = new Map<UserName, boolean>();

  constructor(
    private readonly parts: RegistrationParts,
    url: string,
  ) {
    this.#url = url;
    this.#client = this.#newClient(url);
  }

  get exchange(): RegistryClient {
    return this.#client;
  }

  /** Whether calls for the name come to this machine. */
  get isRegistered(): boolean {
    return this.#standing === 'held';
  }

  /** Who is registered, and who is there; nobody, while no registry says so. */
  get people(): ReadonlyMap<UserName, boolean> {
    const { state } = this.#client.view;
    if (state === 'push' || state === 'polling') return this.#online;
    return new Map([...this.#online.keys()].map((name) => [name, false]));
  }

  get view(): RegistryView {
    const { view } = this.#client;
    const problem = this.#problem ?? view.problem;
    return problem === undefined ? view : { ...view, problem };
  }

  start(): void {
    this.#client.start();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#client.close();
  }

  /** Another registry; the name is taken there as soon as it answers. */
  use(url: string): void {
    if (this.#closed || url === this.#url) return;
    clearTimeout(this.#timer);
    this.#client.close();
    this.#url = url;
    this.#standing = 'free';
    this.#problem = undefined;
    this.#online.clear();
    this.#client = this.#newClient(url);
    this.#client.start();
    this.parts.changed();
  }

  /** Takes a name now. @throws Problem with the registry's reason, e.g. that it is taken */
  async register(name: UserName): Promise<void> {
    const client = this.#client;
    const bundle = await this.#publish(client, name);
    if (!this.#isAt(client)) {
      throw new Problem(
        'registry-left',
        `The registry was changed while ${name} was being taken. Take the name again.`,
      );
    }
    const old = this.isRegistered ? this.parts.name() : undefined;
    this.#hold(name, bundle);
    if (!old || old === name) return;
    try {
      await client.unregister(old);
    } catch (cause) {
      const why = cause instanceof Problem ? cause.message : 'The registry did not take it back.';
      throw new Problem('name-kept', `You are ${name} now, but ${old} is still yours too: ${why}`, {
        cause,
      });
    }
  }

  async unregister(): Promise<void> {
    const client = this.#client;
    const name = this.parts.name();
    if (!name) throw new Problem('not-registered', 'There is no name that could be given up.');
    await client.unregister(name);
    if (!this.#isAt(client)) return;
    this.#standing = 'free';
    this.#problem = undefined;
    this.#online.clear();
    clearTimeout(this.#timer);
    this.parts.keepName(undefined);
    this.parts.changed();
  }

  /** A bundle of the present suite preference, now: the old one would lower calls to it. */
  republish(): void {
    if (this.isRegistered) this.#again(NO_WAIT);
  }

  #newClient(url: string): RegistryClient {
    const { identity, machineId, clocks, random, onCall, changed } = this.parts;
    return new RegistryClient(url, identity, machineId, clocks, random, {
      found: () => this.#again(NO_WAIT),
      changed: () => changed(),
      call: onCall,
      people: (people) => {
        this.#online.clear();
        for (const person of people) this.#note(person);
        changed();
      },
      presence: (person) => {
        this.#note(person);
        changed();
      },
      replaced: () => this.#replaced(),
    });
  }

  #note({ username, online }: Person): void {
    if (this.#online.size >= MAX_PEOPLE && !this.#online.has(username)) return;
    this.#online.set(username, online);
  }

  #replaced(): void {
    this.#standing = 'replaced';
    this.#problem =
      'This name was registered from another machine, which gets its calls now. Register it again to take it back.';
    clearTimeout(this.#timer);
    this.#client.stopListening();
    this.parts.changed();
  }

  /** Whether what was begun with `client` still matters: the registry can change meanwhile. */
  #isAt(client: RegistryClient): boolean {
    return !this.#closed && this.#client === client;
  }

  /** Publishes under the held name after `inMs`, and keeps trying. */
  #again(inMs: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#resume(), inMs);
  }

  async #resume(): Promise<void> {
    const client = this.#client;
    const name = this.parts.name();
    if (!name || this.#standing === 'replaced') return;
    // The person may have taken another name meanwhile, or given this one up.
    const isWanted = () => this.#isAt(client) && this.parts.name() === name;
    try {
      // To publish is to take the name, which is the person's to decide where it was taken from here.
      if (await client.isReplaced(name)) {
        if (isWanted()) this.#replaced();
        return;
      }
      const bundle = await this.#publish(client, name);
      if (isWanted()) this.#hold(name, bundle);
    } catch (cause) {
      if (isWanted()) this.#failed(name, cause);
    }
  }

  #failed(name: UserName, cause: unknown): void {
    const { code, message } =
      cause instanceof Problem
        ? cause
        : { code: '', message: `The name ${name} could not be registered.` };
    this.#problem = message;
    const isOurs = !NOT_OURS.has(code);
    if (!isOurs) {
      this.#standing = 'free';
      this.#client.stopListening();
    }
    this.#again(isOurs ? RETRY_MS : NOT_OURS_RETRY_MS);
    this.parts.changed();
  }

  async #publish(client: RegistryClient, name: UserName): Promise<Bundle> {
    if (!client.registryId) {
      throw new Problem(
        'registry-unreachable',
        client.view.problem ?? 'The registry has not answered yet. Try again in a moment.',
      );
    }
    const bundle = await this.parts.bundles.current(client.registryId, name, this.parts.suite());
    await client.publish(bundle);
    // From now on it is the one that a callee finds there, so offers may name it.
    this.parts.bundles.published(bundle);
    return bundle;
  }

  /** The name is held by `bundle`, which is renewed in time; only a new one is to be listened for. */
  #hold(name: UserName, bundle: Bundle): void {
    this.#problem = undefined;
    if (!this.isRegistered || this.parts.name() !== name) {
      this.parts.keepName(name);
      this.#standing = 'held';
      this.#client.listen(name);
    }
    this.#renew(bundle, RETRY_MS);
    this.parts.changed();
  }

  /** A timer does not count while the machine sleeps, so the day is measured on the wall clock. */
  #renew(bundle: Bundle, leastMs: number): void {
    if (this.#closed) return;
    const { bundles, clocks } = this.parts;
    const dueMs = Math.max(leastMs, bundles.renewalAt(bundle) - clocks.wall());
    if (dueMs <= LOOK_EVERY_MS) {
      this.#again(dueMs);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew(bundle, NO_WAIT), LOOK_EVERY_MS);
  }
}
