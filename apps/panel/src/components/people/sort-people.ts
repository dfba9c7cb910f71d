/** The people of the snapshot, in the order in which the page shows them. */
import type { PersonView } from '@kyberline/shared/snapshot';

export type SortedPeople = {
  echo: PersonView | undefined;
  online: PersonView[];
  away: PersonView[];
};

/** Those whose name contains what was typed; the echo contact apart, the others by name. */
export function sortPeople(people: readonly PersonView[], typed: string): SortedPeople {
  const wanted = typed.trim().toLowerCase();
  const found = people
    .filter((person) => person.name.includes(wanted))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const others = found.filter((person) => !person.isEcho);
  return {
    echo: found.find((person) => person.isEcho),
    online: others.filter((person) => person.online),
    away: others.filter((person) => !person.online),
  };
}
