/** The list without people: says how they get here. */
type Props = {
  /** The registry as other machines may reach it; empty if they cannot. */
  addresses: readonly string[];
  /** The registry does not answer now. */
  away: boolean;
};

export function NobodyYet({ addresses, away }: Props) {
  return (
    <div className="grid grid-cols-1 justify-items-center gap-6 rounded-3xl border border-dashed border-strong-line/60 px-6 py-14 text-center">
      <TwoEnds />
      <div className="max-w-md">
        <h2 className="font-display text-2xl">
          {away ? 'The list will be back' : 'Nobody else is here yet'}
        </h2>
        <p className="mt-3 text-soft">{sentence(addresses, away)}</p>
        {!away &&
          addresses.map((address) => (
            <p key={address} className="mt-4">
              <code className="rounded-lg bg-sunken px-3 py-1.5 font-mono text-sm [overflow-wrap:anywhere]">
                {address}
              </code>
            </p>
          ))}
      </div>
    </div>
  );
}

function sentence({ length }: readonly string[], away: boolean): string {
  if (away) return 'People appear here by themselves as soon as the registry answers again.';
  if (length === 0) {
    return 'People appear here by themselves once they have taken a name at the same registry.';
  }
  // Only the other computer can tell which of this one's networks it is in.
  const which = length === 1 ? 'this' : 'the one of these that it can reach';
  return `Start Kyberline on another computer and write ${which} as the registry address in its settings. Whoever takes a name there appears here by themselves:`;
}

/**
 * What to write on another machine: the registry's address, unless it means "this machine";
 * then all of this machine's own addresses, since one of them may be of a network in the machine.
 */
export function registryForOthers(url: string, ownAddresses: readonly string[]): readonly string[] {
  const isHere = /^https?:\/\/(localhost|127\.[0-9.]+|\[::1\])(:|\/|$)/i.test(url);
  return isHere ? ownAddresses : [url];
}

/** Two ends with a line that waits for a voice. */
function TwoEnds() {
  return (
    <svg viewBox="0 0 220 48" className="h-12 w-56" fill="none" aria-hidden="true">
      <circle cx="24" cy="24" r="17" className="fill-accent-tint stroke-accent" strokeWidth="2" />
      <circle
        cx="196"
        cy="24"
        r="17"
        className="stroke-strong-line"
        strokeWidth="2"
        strokeDasharray="4 5"
      />
      <path
        d="M54 24h14M78 19v10M88 15v18M98 20v8M108 24h.01M120 24h.01M132 24h.01M144 24h.01M156 24h.01M166 24h.01"
        className="stroke-strong-line"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
      <path
        d="M17 24h2M24 19v10M30 22v4"
        className="stroke-accent"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
    </svg>
  );
}
