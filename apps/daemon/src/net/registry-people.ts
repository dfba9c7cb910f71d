/**
 * Who is registered and who is there: the whole list every now and then, and between two lists
 * whoever comes or goes, as the registry pushes it. A list says how things stood when it was made,
 * so what was heard since it was asked for counts more.
 */
import type { Person } from '@kyberline/shared/registry';

const RETRY_MS = 5_000;

export class RegistryPeople {
  #everyMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Heard since the list under way was asked for; undefined while none is. */
  #since: Map<string, Person> | undefined;

  constructor(
    private readonly ask: () => Promise<Person[]>,
    private readonly listed: (people: Person[]) => void,
  ) {}

  /** Asks now and then every `everyMs`; where that is its pace already, it goes on. */
  follow(everyMs: number): void {
    if (this.#everyMs === everyMs) return;
    this.#everyMs = everyMs;
    void this.#refresh(everyMs);
  }

  /** Until `follow`; a list that is under way is not told any more. */
  pause(): void {
    this.#everyMs = undefined;
    this.#since = undefined;
    clearTimeout(this.#timer);
  }

  heard(person: Person): void {
    this.#since?.set(person.username, person);
  }

  async #refresh(everyMs: number): Promise<void> {
    clearTimeout(this.#timer);
    const since = new Map<string, Person>();
    this.#since = since;
    const list = await this.ask().catch(() => undefined);
    if (this.#since !== since) return;
    this.#since = undefined;
    if (list) this.listed(update(list, since));
    this.#timer = setTimeout(() => void this.#refresh(everyMs), list ? everyMs : RETRY_MS);
  }
}

/** Whoever went and is not in the list has given the name up. */
function update(list: Person[], since: ReadonlyMap<string, Person>): Person[] {
  const known = new Set(list.map(({ username }) => username));
  const came = [...since.values()].filter(({ username, online }) => online && !known.has(username));
  return [...list.map((person) => since.get(person.username) ?? person), ...came];
}
