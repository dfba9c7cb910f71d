/** A fingerprint to be compared by eye or read out: sixteen groups of four digits. */
import { fingerprintGroups } from '../../words/call-words';
import { cn } from '../ui/class-names';

type Props = { label: string; fingerprint: string | undefined; danger?: boolean };

export function Fingerprint({ label, fingerprint, danger = false }: Props) {
  return (
    <figure>
      <figcaption className="text-sm text-soft">{label}</figcaption>
      {fingerprint === undefined ? (
        <p className="mt-1.5">Not known here yet.</p>
      ) : (
        <p
          className={cn(
            'mt-1.5 grid grid-cols-4 gap-x-3 gap-y-1 rounded-xl bg-sunken px-4 py-3 font-mono text-[0.9375rem] sm:grid-cols-8 sm:text-sm',
            danger && 'bg-danger-tint text-danger',
          )}
        >
          {fingerprintGroups(fingerprint).map((group, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sixteen places that never move
            <span key={i}>{group}</span>
          ))}
        </p>
      )}
    </figure>
  );
}
