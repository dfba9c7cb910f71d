/**
 * This person at their registry: finding it, holding a name there, publishing a fresh bundle every
 * day, knowing who is there. It recovers by itself; what stands in the way is a sentence in `view`.
 */
import type { Identity } from '@kyberline/core/crypto/identity';
import type { SuiteId, UserName } from '@kyberline/shared/ids';
import type { CallRecord } from '@kyberline/shared/registry';
import type { RegistryView } from '@kyberline/shared/snapshot';
import type { Bundles } from './bundles.js';
import { RegistryClient } from './net/registry-client.js';
import type { Clocks } from './net/registry-http.js';
import { Problem } from './problem.js';

const RETRY_MS = 5_000;
const NO_WAIT = 0;

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

  get people(): ReadonlyMap<UserName, boolean> {
    return this.#online;
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
    clearTimeout(this.#timer);
    this.#client.close();
  }

  /** Another registry; the name is taken there as soon as it answers. */
  use(url: string): void {
    if (url === this.#url) return;
    this.close();
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
    const old = this.parts.name();
    await this.#publish(name);
    // The old name is given up only once the new one is held.
    if (old && old !== name && this.isRegistered) await this.#client.unregister();
    this.#hold(name);
  }

  async unregister(): Promise<void> {
    await this.#client.unregister();
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
        for (const { username, online } of people) this.#online.set(username, online);
        changed();
      },
      presence: ({ username, online }) => {
        this.#online.set(username, online);
        changed();
      },
      replaced: () => this.#replaced(),
    });
  }

  #replaced(): void {
    this.#standing = 'replaced';
    this.#problem =
      'This name was registered from another machine, which gets its calls now. Register it again to take it back.';
    clearTimeout(this.#timer);
    this.#client.stopListening();
    this.parts.changed();
  }

  /** Publishes under the held name after `inMs`, and keeps trying. */
  #again(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#resume(), inMs);
  }

  async #resume(): Promise<void> {
    const name = this.parts.name();
    if (!name || this.#standing === 'replaced') return;
    try {
      await this.#publish(name);
      if (this.isRegistered) this.#renewLater(name);
      else this.#hold(name);
    } catch (cause) {
      this.#problem =
        cause instanceof Problem ? cause.message : `The name ${name} could not be registered.`;
      this.parts.changed();
      this.#again(RETRY_MS);
    }
  }

  async #publish(name: UserName): Promise<void> {
    const client = this.#client;
    if (!client.registryId) {
      throw new Problem(
        'registry-unreachable',
        client.view.problem ?? 'The registry has not answered yet. Try again in a moment.',
      );
    }
    const bundle = await this.parts.bundles.current(client.registryId, name, this.parts.suite());
    await client.publish(bundle);
    this.#problem = undefined;
  }

  #hold(name: UserName): void {
    this.parts.keepName(name);
    this.#standing = 'held';
    this.#client.listen(name);
    this.#renewLater(name);
    this.parts.changed();
  }

  #renewLater(name: UserName): void {
    const { registryId } = this.#client;
    if (!registryId) return;
    const { bundles, suite, clocks } = this.parts;
    void bundles.current(registryId, name, suite()).then((bundle) => {
      if (this.isRegistered)
        this.#again(Math.max(RETRY_MS, bundles.renewalAt(bundle) - clocks.wall()));
    });
  }
}
