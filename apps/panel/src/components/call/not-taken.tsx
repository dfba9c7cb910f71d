/** A call that came and was not taken: a note above the page, which stays as it was. */
import type { CallView } from '@kyberline/shared/snapshot';
import { Phone, X } from 'lucide-react';
import { stageSentence } from '../../words/call-words';
import { Avatar } from '../brand/avatar';
import { Button } from '../ui/button';
import { KeptFocus } from '../ui/kept-focus';

type Props = {
  call: CallView;
  /** Undefined while it cannot be called back. */
  onCallBack: (() => void) | undefined;
  onClose: () => void;
};

export function NotTaken({ call, onCallBack, onClose }: Props) {
  const { peer } = call;
  return (
    <KeptFocus
      role="region"
      aria-label={`Call from ${peer}`}
      className="pointer-events-auto flex w-full max-w-md animate-rise flex-wrap items-center gap-x-3 gap-y-2 rounded-3xl border border-line bg-surface py-3 pr-3 pl-5 shadow-lift"
    >
      <Avatar name={peer} size="small" fingerprint={call.peerFingerprint} />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">{peer}</p>
        <p className="text-sm text-soft">{stageSentence(call)}</p>
      </div>
      <span className="ml-auto flex items-center gap-1">
        {onCallBack !== undefined && (
          <Button size="small" aria-label={`Call ${peer} back`} onClick={onCallBack}>
            <Phone aria-hidden />
            Call back
          </Button>
        )}
        <Button size="icon" look="quiet" className="size-9" aria-label="Dismiss" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </span>
    </KeptFocus>
  );
}
