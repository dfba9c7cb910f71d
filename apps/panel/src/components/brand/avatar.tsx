/**
 * A person: the first letter of the name in a ring of short and long strokes that comes from
 * the key, so that another key looks different. Decoration only; names and words carry meaning.
 */
import { AudioLines } from 'lucide-react';
import { cn } from '../ui/class-names';

const STROKES = 32;
const SIZES = { small: 'size-11 text-lg', normal: 'size-13 text-xl', huge: 'size-36 text-6xl' };

type Props = {
  name: string;
  fingerprint?: string | undefined;
  isEcho?: boolean;
  size?: keyof typeof SIZES;
  /** Shown as a dot at the lower right; absent where presence means nothing. */
  online?: boolean | undefined;
};

export function Avatar({ name, fingerprint, isEcho = false, size = 'normal', online }: Props) {
  return (
    <span
      aria-hidden
      className={cn(
        'relative grid shrink-0 place-items-center rounded-full font-display',
        isEcho ? 'bg-accent-tint text-accent' : 'bg-sunken text-ink',
        SIZES[size],
      )}
    >
      {fingerprint !== undefined && <KeyRing fingerprint={fingerprint} />}
      {isEcho ? (
        <AudioLines className="size-[1.15em]" strokeWidth={1.75} />
      ) : (
        name.slice(0, 1).toUpperCase()
      )}
      {online !== undefined && (
        <span
          className={cn(
            'absolute right-0 bottom-0 size-[26%] max-h-5 max-w-5 rounded-full border-2 border-paper',
            online ? 'bg-accent' : 'bg-line',
          )}
        />
      )}
    </span>
  );
}

function KeyRing({ fingerprint }: { fingerprint: string }) {
  let path = '';
  for (let i = 0; i < STROKES; i++) {
    const nibble = Number.parseInt(fingerprint.charAt(i * 2), 16);
    const angle = (i / STROKES) * 2 * Math.PI;
    const inner = 46 - (nibble % 8) * 1.1;
    const [x, y] = [Math.sin(angle), -Math.cos(angle)];
    path += `M${(50 + x * inner).toFixed(2)} ${(50 + y * inner).toFixed(2)}L${(50 + x * 48).toFixed(2)} ${(50 + y * 48).toFixed(2)}`;
  }
  return (
    <svg viewBox="0 0 100 100" className="absolute inset-0 text-strong-line" aria-hidden="true">
      <path d={path} stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  );
}
