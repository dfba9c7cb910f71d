/**
 * What a browser says on its console that nobody should see: exceptions of the page, and everything
 * that its Content-Security-Policy had to stop.
 */
import type { BrowserContext } from 'playwright-core';

/** A server that is away makes the browser itself write this; the page has a sentence for it. */
const SERVER_AWAY = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|status of 503/;

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
