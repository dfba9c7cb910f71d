'use client';
/** What is known about one person's key; the plain alarm and the reset when it changed. */
import type { PersonView } from '@kyberline/shared/snapshot';
import { Phone } from 'lucide-react';
import { trustSentence } from '../../words/call-words';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog } from '../ui/dialog';
import { Fingerprint } from './fingerprint';

type Props = {
  person: PersonView;
  open: boolean;
  onClose: () => void;
  onCall: () => void;
  onReset: () => void;
};

export function PersonDialog({ person, open, onClose, onCall, onReset }: Props) {
  const { name, trust } = person;
  if (trust === 'changed') {
    return (
      <Dialog title={`${name}'s key has changed`} open={open} onClose={onClose}>
        <div className="mt-4 grid gap-5">
          <Callout tone="alarm" role="alert">
            <p>
              Either {name} set Kyberline up anew, or somebody is posing as {name}. Calls in both
              directions are blocked until you decide.
            </p>
          </Callout>
          <Fingerprint label="The key that was pinned here" fingerprint={person.fingerprint} />
          <Fingerprint
            label="The key that is offered now"
            fingerprint={person.newFingerprint}
            danger
          />
          <p className="text-soft">
            Ask {name} some other way, in person or by phone, to read the fingerprint in their own
            settings to you. Only if it is the second one, reset the contact.
          </p>
        </div>
        <div className="mt-7 flex flex-wrap gap-3">
          <Button look="danger" onClick={onReset}>
            Reset contact {name}
          </Button>
          <Button onClick={onClose}>Keep it blocked</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={name} description={trustSentence(trust, name)} open={open} onClose={onClose}>
      <div className="mt-5">
        <Fingerprint label={`Fingerprint of ${name}'s key`} fingerprint={person.fingerprint} />
      </div>
      <div className="mt-7">
        <Button look="accent" onClick={onCall}>
          <Phone aria-hidden />
          Call {name}
        </Button>
      </div>
    </Dialog>
  );
}
