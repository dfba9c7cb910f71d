/** The built-in contact that says back what it hears, always at the top. */
import { Phone } from 'lucide-react';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';

export function EchoCard({ name, onCall }: { name: string; onCall: () => void }) {
  return (
    <section
      aria-label="Echo contact"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-3xl bg-accent-tint px-5 py-4"
    >
      <span className="[&>span]:bg-surface">
        <Avatar name={name} isEcho />
      </span>
      <div className="min-w-48 flex-1">
        <p className="text-lg font-medium">{name}</p>
        <p className="text-sm text-soft">
          Says back what it hears, two seconds later. Lives in this program.
        </p>
      </div>
      <Button aria-label={`Call ${name}`} className="max-sm:w-full" onClick={onCall}>
        <Phone aria-hidden />
        Call
      </Button>
    </section>
  );
}
