/** One person in the list: presence, what is known of their key, and the button to call. */
import type { PersonView, Trust } from '@kyberline/shared/snapshot';
import { BadgeCheck, Phone, ShieldAlert } from 'lucide-react';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';

/** What is worth saying about a key in a list. */
const KEY_NOTES: Record<Trust, string> = {
  new: ' · no call yet',
  seen: '',
  verified: ' · words compared',
  changed: '',
};

type Props = {
  person: PersonView;
  onCall: () => void;
  onAbout: () => void;
};

export function PersonRow({ person, onCall, onAbout }: Props) {
  const { name, online, trust } = person;
  const changed = trust === 'changed';
  return (
    <li className="flex items-center gap-4 py-3">
      <Avatar name={name} fingerprint={person.fingerprint} online={online} />
      <button
        type="button"
        onClick={onAbout}
        aria-label={`About ${name}`}
        className="min-w-0 flex-1 rounded-lg text-left"
      >
        <span className="flex items-center gap-1.5">
          <span className="truncate text-lg font-medium">{name}</span>
          {trust === 'verified' && (
            <BadgeCheck className="size-4.5 shrink-0 text-accent" aria-hidden />
          )}
          {changed && <ShieldAlert className="size-4.5 shrink-0 text-danger" aria-hidden />}
        </span>
        <span className={changed ? 'text-sm text-danger' : 'text-sm text-soft'}>
          {changed
            ? 'Key changed, calls are blocked'
            : `${online ? 'Online' : 'Away'}${KEY_NOTES[trust]}`}
        </span>
      </button>
      {changed ? (
        <Button look="warning" onClick={onAbout}>
          Compare keys
        </Button>
      ) : (
        <Button aria-label={`Call ${name}`} look={online ? 'accent' : 'plain'} onClick={onCall}>
          <Phone aria-hidden />
          Call
        </Button>
      )}
    </li>
  );
}
