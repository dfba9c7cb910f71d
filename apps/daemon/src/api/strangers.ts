/**
 * Connections that have not shown the token. Any user of the machine can open them, so they may
 * keep no place: each has two seconds, and where no place is left the oldest of them makes room.
 * One that shows the token does so with its first message, milliseconds after it connected.
 */
import type { WebSocket } from 'ws';

export const SHOW_TOKEN_MS = 2_000;

export class Strangers {
  /** In the order in which they came. */
  readonly #waiting = new Map<WebSocket, NodeJS.Timeout>();

  add(client: WebSocket): void {
    this.#waiting.set(
      client,
      // No handshake of closing: that is one more thing for which it would have time.
      setTimeout(() => client.terminate(), SHOW_TOKEN_MS),
    );
    client.once('close', () => this.forget(client));
  }

  /** It has shown the token, or is gone. */
  forget(client: WebSocket): void {
    clearTimeout(this.#waiting.get(client));
    this.#waiting.delete(client);
  }

  /** Ends the one that has waited longest; false where there is none. */
  makeRoom(): boolean {
    const [oldest] = this.#waiting.keys();
    if (oldest === undefined) return false;
    this.forget(oldest);
    oldest.terminate();
    return true;
  }
}
