/** One call from the placing to its end, told line by line: `kyberline call NAME --wait`. */
import type { CallId, UserName } from '@kyberline/shared/ids';
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import { Problem } from '../problem.js';
import type { DaemonConnection } from './client.js';
import { length } from './columns.js';
import { json } from './command.js';
import { phaseWords } from './state-words.js';
import type { Terminal } from './terminal.js';

/** The daemon takes this long at most to say goodbye to the other side, ms. */
const GOODBYE_MS = 5_000;

/**
 * Places the call and returns when it is over. Interrupted, it hangs up first.
 * @throws Problem with the ending's reason as its code if the call never connected
 */
export async function followCall(
  daemon: DaemonConnection,
  name: UserName,
  terminal: Terminal,
  asJson: boolean,
): Promise<void> {
  const interruption = terminal.interruption();
  const { callId } = await daemon.ask((api) => api.placeCall.mutate({ name }));
  const enough = new AbortController();
  const hangUp = () => {
    setTimeout(() => enough.abort(), GOODBYE_MS).unref();
    // It may be over by now, and then there is nothing to hang up.
    daemon.ask((api) => api.hangup.mutate({ callId })).catch(() => undefined);
  };
  interruption.addEventListener('abort', hangUp, { once: true });
  if (interruption.aborted) hangUp();
  let last: CallView | undefined;
  for await (const event of daemon.watch(enough.signal)) {
    if (event.type !== 'state') continue;
    const call = find(event.state, callId);
    if (call === undefined) break;
    if (!asJson && call.phase !== last?.phase) tell(call, terminal);
    last = call;
    if (call.phase === 'ended') break;
  }
  if (asJson && last) terminal.out(json(last));
  if (last?.connectedAt !== undefined) return;
  throw new Problem(
    last?.endReason ?? 'no-call',
    last?.endSentence ?? `The call to ${name} did not come about.`,
  );
}

function tell(call: CallView, terminal: Terminal): void {
  if (call.phase !== 'ended') terminal.out(`${phaseWords(call)}.`);
  if (call.phase === 'active' && call.words) {
    terminal.out(`The words, the same at both ends: ${call.words.join('  ')}`);
  }
  if (call.phase !== 'ended' || call.connectedAt === undefined) return;
  const seconds = ((call.endedAt ?? call.connectedAt) - call.connectedAt) / 1000;
  terminal.out(`${call.endSentence ?? 'The call is over.'} It lasted ${length(seconds)}.`);
}

function find(state: StateSnapshot, callId: CallId): CallView | undefined {
  return state.calls.find((call) => call.callId === callId);
}
