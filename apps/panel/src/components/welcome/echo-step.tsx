/** First run, step three: the first call, to the contact that is always there. */
import { Phone } from 'lucide-react';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';

type Props = { name: string; onCall: () => void; onSkip: () => void };

export function EchoStep({ name, onCall, onSkip }: Props) {
  return (
    <div className="grid grid-cols-1 gap-8">
      <div>
        <h1 className="font-display text-4xl leading-tight sm:text-5xl sm:leading-tight">
          Hear yourself
        </h1>
        <p className="mt-4 max-w-xl text-lg text-soft">
          There is a contact called {name} inside Kyberline on this machine. It greets you and then
          says back what it hears, two seconds later. The call is encrypted like any other, so if
          you hear yourself, everything works.
        </p>
      </div>
      <div className="flex items-center gap-5 rounded-3xl bg-accent-tint p-6">
        <span className="[&>span]:bg-surface">
          <Avatar name={name} isEcho />
        </span>
        <p className="text-soft">With headphones you hear only what was sent and came back.</p>
      </div>
      <div className="flex flex-wrap gap-3">
        <Button look="accent" size="large" onClick={onCall}>
          <Phone aria-hidden />
          Call {name}
        </Button>
        <Button look="quiet" size="large" onClick={onSkip}>
          Later
        </Button>
      </div>
    </div>
  );
}
