/** Why a listener could not start, in a sentence that names the port and how to change it. */

export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(
    readonly code: 'port-busy' | 'port-forbidden' | 'address-unavailable' | 'listen-failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function listenError(
  cause: NodeJS.ErrnoException,
  host: string,
  port: number,
  portOption: string,
): ListenError {
  switch (cause.code) {
    case 'EADDRINUSE': {
      const sentence = `Port ${port} on ${host} is in use, perhaps by another Kyberline. Stop that program, or choose another port with ${portOption}.`;
      return new ListenError('port-busy', sentence, { cause });
    }
    case 'EACCES': {
      const sentence = `Port ${port} on ${host} may not be used by this user. Choose one above 1023 with ${portOption}.`;
      return new ListenError('port-forbidden', sentence, { cause });
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': {
      const sentence = `${host} is not an address of this machine. Use 0.0.0.0 for all of them, or one that it has.`;
      return new ListenError('address-unavailable', sentence, { cause });
    }
    default: {
      const sentence = `The registry cannot listen on ${host}, port ${port} (${cause.message}). Choose another port with ${portOption}.`;
      return new ListenError('listen-failed', sentence, { cause });
    }
  }
}
