/**
 * Loaded into a supervised program before its own code (`node --import`). The supervisor holds the
 * other end of a pipe; when that closes, whatever happened to the supervisor, the program is asked
 * to stop as by SIGTERM, and made to after five seconds. So nothing is left behind, not even by
 * kill -9, and Windows, which has no SIGTERM, gets an orderly end too.
 */
import { Socket } from 'node:net';

const FD = Number(process.env.KYBERLINE_SUPERVISOR_FD);
const GRACE_MS = 5000;

// Programs that this one starts inherit --import, but not the pipe.
delete process.env.KYBERLINE_SUPERVISOR_FD;

if (Number.isInteger(FD) && FD > 2) {
  const pipe = new Socket({ fd: FD, readable: true, writable: false });
  let told = false;
  const stop = () => {
    if (told) return;
    told = true;
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
    setTimeout(() => process.exit(1), GRACE_MS).unref();
  };
  pipe.on('end', stop);
  pipe.on('error', stop);
  pipe.on('close', stop);
  pipe.resume();
  pipe.unref();
}
