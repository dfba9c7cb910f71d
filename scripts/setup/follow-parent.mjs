/**
 * Loaded into a supervised program before its own code (`node --import`). When the channel to the
 * supervisor closes, whatever happened to the supervisor, the program is asked to stop as by
 * SIGTERM, and made to after five seconds. So nothing is left behind, not even by kill -9, and
 * Windows, which has no SIGTERM, gets an orderly end too.
 */

const GRACE_MS = 5000;
const { KYBERLINE_SUPERVISED } = process.env;

// Programs that this one starts inherit --import and may have channels of their own (the media
// engine has one to its daemon, and says goodbye over UDP when it closes): none of our business.
delete process.env.KYBERLINE_SUPERVISED;

if (KYBERLINE_SUPERVISED !== undefined && process.channel !== undefined) {
  process.once('disconnect', () => {
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
    setTimeout(() => process.exit(1), GRACE_MS).unref();
  });
  // The listener alone must not keep a program alive that has nothing left to do.
  process.channel.unref();
}
