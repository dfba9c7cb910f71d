/**
 * Who can be called right now: a name is online while its event socket is open, or for 5 s after
 * it last asked for its pending calls. A socket that breaks off counts as asking at that moment,
 * so that a daemon which connects again does not flicker. In memory only, bounded by the users.
 */
import type { UserName } from '@kyberline/shared/ids';

/** How long a poll keeps a name online, ms; a daemon polls once a second. */
export const POLLED_MS = 5_000;

interface Seen {
  socketOpen: boolean;
  /** Unix ms until which polling alone keeps the name online. */
  until: number;
}

export class Presence {
  readonly #seen = new Map<UserName, Seen>();
  #revision = 0;

  /** @param changed is told when a name comes or goes. */
  constructor(readonly changed: (name: UserName, online: boolean) => void) {}

  /** Grows with every coming and going. */
  get revision(): number {
    return this.#revision;
  }

  isOnline(name: UserName, now: number): boolean {
    const seen = this.#seen.get(name);
    return seen !== undefined && isHere(seen, now);
  }

  opened(name: UserName): void {
    this.#put(name, { socketOpen: true, until: 0 });
  }

  /** @param said whether the other side closed it on purpose, and so is gone at once */
  closed(name: UserName, said: boolean, now: number): void {
    if (said) this.gone(name);
    else this.#put(name, { socketOpen: false, until: now + POLLED_MS });
  }

  polled(name: UserName, now: number): void {
    const socketOpen = this.#seen.get(name)?.socketOpen ?? false;
    this.#put(name, { socketOpen, until: now + POLLED_MS });
  }

  gone(name: UserName): void {
    if (this.#seen.delete(name)) this.#tell(name, false);
  }

  /** Let those go, and say so, who neither hold a socket nor asked in time. */
  sweep(now: number): void {
    for (const [name, seen] of this.#seen) {
      if (!isHere(seen, now)) this.gone(name);
    }
  }

  #put(name: UserName, seen: Seen): void {
    const wasOnline = this.#seen.has(name);
    this.#seen.set(name, seen);
    if (!wasOnline) this.#tell(name, true);
  }

  #tell(name: UserName, online: boolean): void {
    this.#revision++;
    this.changed(name, online);
  }
}

const isHere = ({ socketOpen, until }: Seen, now: number): boolean => socketOpen || now < until;
