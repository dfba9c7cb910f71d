/**
 * Time as everything in the media engine takes it: handed in, monotonic, in ms. Tests hand in one
 * that they advance by themselves (clock-virtual.ts).
 */

export type Cancel = () => void;

export interface Clock {
  /** Monotonic, ms; its zero means nothing. */
  now(): number;
  /** Runs `task` once, `ms` from now. */
  after(ms: number, task: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

/** A pacer that fell behind makes up for at most the greater of these; the rest never happened. */
const CATCH_UP_TURNS = 5;
const CATCH_UP_MS = 100;

/**
 * Calls `turn` every `periodMs` from now on, measured from the start and not from turn to turn,
 * so it neither drifts nor loses turns behind a short block (`setInterval` is 1 % slow). After a
 * long one, a machine's sleep for instance, it begins anew.
 */
export function pace(clock: Clock, periodMs: number, turn: () => void): Cancel {
  const mostTurns = Math.max(CATCH_UP_TURNS, Math.floor(CATCH_UP_MS / periodMs));
  let due = clock.now() + periodMs;
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const wake = () => {
    for (let turns = 0; !stopped && due <= clock.now(); turns++) {
      if (turns === mostTurns) {
        due = clock.now() + periodMs;
        break;
      }
      due += periodMs;
      turn();
    }
    if (!stopped) cancel = clock.after(due - clock.now(), wake);
  };
  cancel = clock.after(periodMs, wake);
  return () => {
    stopped = true;
    cancel();
  };
}
