/**
 * Goodbyes of calls that ended while no engine listened: the next one, if it comes soon, opens the
 * call once more to say just that, since the other side would wait for a minute. Later than that
 * nobody is told, and the keys are erased.
 */
import { eraseInstalled } from './epochs.js';
import type { DaemonToEngine } from './messages.js';

type CloseCall = Extract<DaemonToEngine, { type: 'close-call' }>;

export const KEPT_MS = 2_000;

export class Goodbyes {
  readonly #kept = new Map<DaemonToEngine[], NodeJS.Timeout>();

  /** Copies what it keeps: the giver erases its own. */
  keep({ anew = [], ...close }: CloseCall): void {
    if (anew.length === 0) return;
    const messages = structuredClone([...anew, close]);
    const timer = setTimeout(() => this.#forget(messages), KEPT_MS);
    timer.unref();
    this.#kept.set(messages, timer);
  }

  /** All of them, to an engine that has just become ready. */
  say(tell: (message: DaemonToEngine) => void): void {
    for (const messages of [...this.#kept.keys()]) {
      for (const message of messages) tell(message);
      this.#forget(messages);
    }
  }

  forget(): void {
    for (const messages of [...this.#kept.keys()]) this.#forget(messages);
  }

  #forget(messages: DaemonToEngine[]): void {
    clearTimeout(this.#kept.get(messages));
    this.#kept.delete(messages);
    for (const message of messages) {
      if (message.type === 'install-epoch') eraseInstalled(message);
    }
  }
}
