'use client';
/** The page between calls: everybody one can call. */
import type { UserName } from '@kyberline/shared/ids';
import type { PersonView, StateSnapshot } from '@kyberline/shared/snapshot';
import { Phone } from 'lucide-react';
import { useState } from 'react';
import { readName } from '../../words/names';
import { Button } from '../ui/button';
import { DialField } from './dial-field';
import { EchoCard } from './echo-card';
import { NobodyYet, registryForOthers } from './nobody-yet';
import { PersonDialog } from './person-dialog';
import { PersonRow } from './person-row';
import { sortPeople } from './sort-people';

type Props = {
  state: StateSnapshot;
  /** Where other machines find this machine's registry. */
  registryAddresses: readonly string[];
  onCall: (name: UserName) => void;
  onReset: (person: PersonView) => void;
};

export function PeoplePage({ state, registryAddresses, onCall, onReset }: Props) {
  const [typed, setTyped] = useState('');
  const [about, setAbout] = useState<string>();
  const { echo, online, away } = sortPeople(state.people, typed);
  const read = readName(typed);
  const known = state.people.some((person) => person.name === typed.trim().toLowerCase());
  const dialable = read.kind === 'name' && !known && read.name !== state.me?.name;
  const person = state.people.find((one) => one.name === about);
  const nobody = online.length + away.length === 0;

  const submit = () => {
    if (read.kind !== 'name') return;
    // Enter dials what was typed as a whole; half a name only narrows the list.
    const exact = state.people.find((one) => one.name === read.name);
    if (exact?.trust === 'changed') setAbout(exact.name);
    else if (exact !== undefined || nobody) onCall(read.name);
  };

  return (
    <div className="grid grid-cols-1 gap-8">
      <h1 className="font-display text-4xl leading-tight sm:text-5xl sm:leading-tight">
        Who would you like to call?
      </h1>
      <DialField
        value={typed}
        problem={read.kind === 'problem' ? read.sentence : undefined}
        onChange={setTyped}
        onSubmit={submit}
      />
      {dialable && (
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p className="min-w-0 text-soft [overflow-wrap:anywhere]">
            <span className="text-ink">{read.name}</span> is not in the list.
          </p>
          <Button look={nobody ? 'accent' : 'plain'} onClick={() => onCall(read.name)}>
            <Phone aria-hidden />
            Call {read.name}
          </Button>
        </div>
      )}
      {echo !== undefined && <EchoCard name={echo.name} onCall={() => onCall(echo.name)} />}
      <Group title="Online" people={online} onCall={onCall} onAbout={setAbout} />
      <Group title="Away" people={away} onCall={onCall} onAbout={setAbout} />
      {nobody && typed === '' && (
        <NobodyYet
          addresses={registryForOthers(state.registry.url, registryAddresses)}
          away={state.registry.state === 'unreachable' || state.registry.state === 'connecting'}
        />
      )}
      {person !== undefined && (
        <PersonDialog
          person={person}
          open
          onClose={() => setAbout(undefined)}
          onCall={() => {
            setAbout(undefined);
            onCall(person.name);
          }}
          onReset={() => {
            setAbout(undefined);
            onReset(person);
          }}
        />
      )}
    </div>
  );
}

type GroupProps = {
  title: string;
  people: readonly PersonView[];
  onCall: (name: UserName) => void;
  onAbout: (name: string) => void;
};

function Group({ title, people, onCall, onAbout }: GroupProps) {
  if (people.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="text-sm font-medium text-soft">
        {title} <span className="tabular-nums">· {people.length}</span>
      </h2>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari forgets lists without bullets */}
      <ul role="list" className="mt-1 divide-y divide-line">
        {people.map((person) => (
          <PersonRow
            key={person.name}
            person={person}
            onCall={() => onCall(person.name)}
            onAbout={() => onAbout(person.name)}
          />
        ))}
      </ul>
    </section>
  );
}
