/** The list without people: says how they get here. */
type Props = {
  /** The registry as other machines reach it, if they can. */
  address: string | undefined;
  /** The registry does not answer now. */
  away: boolean;
};

export function NobodyYet({ address, away }: Props) {
  return (
    <div className="grid grid-cols-1 justify-items-center gap-6 rounded-3xl border border-dashed border-strong-line/60 px-6 py-14 text-center">
      <TwoEnds />
      <div className="max-w-md">
        <h2 className="font-display text-2xl">
          {away ? 'The list will be back' : 'Nobody else is here yet'}
        </h2>
        <p className="mt-3 text-soft">{sentence(address, away)}</p>
        {!away && address !== undefined && (
          <p className="mt-4">
            <code className="rounded-lg bg-sunken px-3 py-1.5 font-mono text-sm [overflow-wrap:anywhere]">
              {address}
            </code>
          </p>
        )}
      </div>
    </div>
  );
}

function sentence(address: string | undefined, away: boolean): string {
  if (away) return 'People appear here by themselves as soon as the registry answers again.';
  if (address === undefined) {
    return 'People appear here by themselves once they have taken a name at the same registry.';
  }
  return 'Start Kyberline on another computer and write this as the registry address in its settings. Whoever takes a name there appears here by themselves:';
}

/**
 * What to write on another machine: the registry's address, unless it means "this machine";
 * then the first of this machine's own addresses.
 */
export function registryForOthers(
  url: string,
  ownAddresses: readonly string[],
): string | undefined {
  const isHere = /^https?:\/\/(localhost|127\.[0-9.]+|\[::1\])(:|\/|$)/i.test(url);
  return isHere ? ownAddresses[0] : url;
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
