/** Opening a listener, with a sentence when the port cannot be had. */
import type { Server } from 'node:http';
import { PanelError } from './panel-error.js';

/**
 * @param option the flag that changes the port, named in the sentence
 * @throws PanelError `port-busy` or `port-forbidden`; other errors as they are.
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  option: string,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw portProblem(error, port, option);
  }
}

/** Turns a system error about a port into the sentence that a person reads. */
export function portProblem(error: unknown, port: number, option: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new PanelError(
      'port-busy',
      `Port ${port} is in use by another program. Stop that one, or choose another port with ${option}.`,
      error,
    );
  }
  if (code === 'EACCES') {
    return new PanelError(
      'port-forbidden',
      `Port ${port} may not be opened by this user. Choose one above 1023 with ${option}.`,
      error,
    );
  }
  return error;
}

/** [::1] beside 127.0.0.1, where the machine has IPv6; true if it is now listening. */
export async function listenIfAvailable(
  server: Server,
  host: string,
  port: number,
): Promise<boolean> {
  try {
    await listen(server, host, port, '--port');
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return false;
    throw error;
  }
}
