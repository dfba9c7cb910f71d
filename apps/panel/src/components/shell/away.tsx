/** The page while the daemon cannot be asked: one sentence, and it goes away by itself. */
import { KeyRound, LoaderCircle, Unplug } from 'lucide-react';
import type { Link } from '../../daemon/store';

export function Away({ link }: { link: Link }) {
  if (link.kind === 'connecting' || link.kind === 'live') {
    return (
      <div
        role="status"
        className="grid min-h-[60dvh] place-content-center justify-items-center gap-4 text-soft"
      >
        <LoaderCircle className="size-7 animate-spin text-accent" aria-hidden />
        Connecting to Kyberline on this machine…
      </div>
    );
  }
  const unpaired = link.kind === 'not-paired';
  const Icon = unpaired ? KeyRound : Unplug;
  return (
    <div
      role="alert"
      className="grid min-h-[60dvh] place-content-center justify-items-center gap-6 text-center"
    >
      <span className="grid size-20 place-items-center rounded-full bg-warn-tint text-warn">
        <Icon className="size-8" aria-hidden />
      </span>
      <div className="max-w-lg">
        <h1 className="font-display text-3xl">
          {unpaired ? 'This browser is not paired yet' : 'Kyberline is not running'}
        </h1>
        <p className="mt-4 text-lg text-soft">{link.sentence}</p>
      </div>
      {!unpaired && (
        <p className="flex items-center gap-2.5 text-sm text-soft">
          <span aria-hidden className="size-2 animate-breathe rounded-full bg-warn" />
          Trying again by itself
        </p>
      )}
    </div>
  );
}
