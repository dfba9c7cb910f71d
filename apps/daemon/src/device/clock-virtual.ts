/** A clock for tests: time passes only when it is told to, and everything due happens in order. */
import type { Cancel, Clock } from './clock.js';

interface Task {
  at: number;
  /** Breaks ties: what was asked for first comes first. */
  order: number;
  run: () => void;
}

export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  /** Sorted by due time. */
  readonly #tasks: Task[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): Cancel {
    const entry: Task = { at: this.#now + Math.max(0, ms), order: this.#order++, run: task };
    let at = this.#tasks.length;
    while (at > 0 && this.#tasks[at - 1]!.at > entry.at) at--;
    this.#tasks.splice(at, 0, entry);
    return () => {
      const found = this.#tasks.indexOf(entry);
      if (found >= 0) this.#tasks.splice(found, 1);
    };
  }

  /** Lets `ms` pass, running what falls due on the way at exactly its time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#tasks[0];
      if (!next || next.at > until) break;
      this.#tasks.shift();
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }
}
