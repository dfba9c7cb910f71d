/**
 * What a browser says on its console that nobody should see: exceptions of the page, and everything
 * that its Content-Security-Policy had to stop.
 */
import type { BrowserContext } from 'playwright-core';

/**
 * A server that is away, or goes away while a connection is made, makes the browser itself write one
 * of these; the page has a sentence for it.
 */
const SERVER_AWAY =
  /ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)|before receiving a handshake response|status of 503/;

/** Collects, from now on, what all pages of this context complain about. */
export function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() !== 'error' || SERVER_AWAY.test(message.text())) return;
    complaints.push(`${message.text()} (${message.location().url})`);
  });
  return complaints;
}
