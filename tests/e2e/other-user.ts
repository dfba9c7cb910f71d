/** A browser of another user of this machine, which only root can start. */
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { EXECUTABLE, FLAGS } from '../rig/browser.js';
import { PATIENCE_MS } from './visit.js';

/** `nobody` and `nogroup` of Debian. */
const STRANGER = 65534;

/** Why there can be no such browser here, printed; undefined if there can. */
export function whyNoStranger(): string | undefined {
  if (process.getuid?.() === 0) return undefined;
  const reason = 'only root can start a browser as another user';
  process.stderr.write(`skipped: the panel before another user: ${reason}\n`);
  return reason;
}

export interface Stranger {
  context: BrowserContext;
  stop(): Promise<void>;
}

export async function openAsStranger(): Promise<Stranger> {
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-stranger-'));
  const wrapper = join(folder, 'chromium');
  const become = `setpriv --reuid=${STRANGER} --regid=${STRANGER} --clear-groups`;
  writeFileSync(wrapper, `#!/bin/sh\nexec ${become} ${EXECUTABLE} "$@"\n`, { mode: 0o755 });
  chownSync(folder, STRANGER, STRANGER);
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: wrapper,
    args: FLAGS,
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    locale: 'en-GB',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return {
    context,
    stop: async () => {
      await context.close();
      // Its last processes may still be writing.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
