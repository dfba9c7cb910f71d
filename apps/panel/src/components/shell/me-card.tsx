/** Who one is here, and whether others can reach that name. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { Avatar } from '../brand/avatar';
import { cn } from '../ui/class-names';

export function MeCard({ state }: { state: StateSnapshot }) {
  const { me, registry } = state;
  if (me === undefined) return null;
  const reachable = me.registered && (registry.state === 'push' || registry.state === 'polling');
  return (
    <div className="flex min-w-0 items-center gap-3">
      <span className="hidden lg:block">
        <Avatar name={me.name} fingerprint={me.fingerprint} size="small" />
      </span>
      <div className="min-w-0 max-lg:flex max-lg:items-center max-lg:gap-2">
        <p className="truncate font-medium">{me.name}</p>
        <p className="flex items-center gap-2 text-sm text-soft">
          <span
            aria-hidden
            className={cn('size-2 rounded-full', reachable ? 'bg-accent' : 'bg-warn')}
          />
          <span className="max-sm:sr-only">{reachable ? 'Can be called' : 'Cannot be called'}</span>
        </p>
      </div>
    </div>
  );
}
