/** Tells the route handlers who is there; written from the socket, never taken from outside. */
export const REMOTE_ADDRESS_HEADER = 'x-kyberline-remote';
