/** The numbers of a running call, each with what it means. */
import { SUITE_NAMES } from '@kyberline/shared/ids';
import type { CallCounters, CallView } from '@kyberline/shared/snapshot';
import { milliseconds, percent } from '../../words/call-words';
import { Tooltip } from '../ui/tooltip';

const NOT_YET = '–';

export function CallNumbers({
  call,
  counters,
}: {
  call: CallView;
  counters: CallCounters | undefined;
}) {
  const numbers = [
    {
      name: 'Loss',
      value: counters === undefined ? NOT_YET : percent(counters.lossRatio),
      meaning: 'How much of the last five seconds of voice did not arrive in time.',
    },
    {
      name: 'Jitter',
      value: counters === undefined ? NOT_YET : milliseconds(counters.jitterMs),
      meaning: 'How unevenly the packets arrive.',
    },
    {
      name: 'Round trip',
      value: counters?.roundTripMs === undefined ? NOT_YET : milliseconds(counters.roundTripMs),
      meaning: `How long a packet takes to ${call.peer} and back.`,
    },
    {
      name: 'Epoch',
      value: call.epoch === undefined ? NOT_YET : String(call.epoch),
      meaning: 'How often this call has changed its key. It does so every minute.',
    },
    {
      name: 'Suite',
      value: call.suite === undefined ? NOT_YET : SUITE_NAMES[call.suite],
      meaning:
        'How the key was agreed on: a lattice and a curve, and both would have to be broken.',
    },
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:flex sm:flex-wrap sm:justify-between">
      {numbers.map(({ name, value, meaning }) => (
        <div key={name} className="max-sm:last:col-span-2">
          <dt>
            <Tooltip text={meaning}>
              <button
                type="button"
                className="cursor-help rounded text-sm text-soft underline decoration-line decoration-dotted underline-offset-4"
              >
                {name}
              </button>
            </Tooltip>
          </dt>
          <dd className="mt-0.5 text-[1.0625rem] tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
