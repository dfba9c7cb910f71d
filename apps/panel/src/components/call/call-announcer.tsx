/** Reads every change of a call's stage out to whoever cannot see it. */
import type { CallView } from '@kyberline/shared/snapshot';
import { stageSentence } from '../../words/call-words';

export function CallAnnouncer({ calls }: { calls: readonly CallView[] }) {
  return (
    <div aria-live="assertive" className="sr-only">
      {calls.map((call) => (
        <p key={call.callId}>{stageSentence(call)}</p>
      ))}
    </div>
  );
}
