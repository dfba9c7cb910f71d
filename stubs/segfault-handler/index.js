// naudiodon calls registerHandler once when it loads. The media engine is a child process that
// the daemon restarts (ARCHITECTURE.md), so a crash needs no handler inside it.
exports.registerHandler = () => undefined;
