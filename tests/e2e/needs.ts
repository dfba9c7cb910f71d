/** What these tests need that a machine may lack; `npm test` sees to all of it beforehand. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXECUTABLE } from '../rig/browser.js';
import { KYBERLINE } from '../rig/kyberline.js';
import { PANEL_SERVER } from '../rig/panel.js';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));

/** Why no browser test can run here, or undefined if they can. A reason is printed. */
export function whyNot(): string | undefined {
  const reason = missing();
  if (reason !== undefined) process.stderr.write(`skipped: the browser tests: ${reason}\n`);
  return reason;
}

function missing(): string | undefined {
  if (!existsSync(EXECUTABLE)) return `there is no ${EXECUTABLE} (apt-get install chromium)`;
  const built = [
    PANEL_SERVER,
    `${APPS}panel/.next/BUILD_ID`,
    KYBERLINE,
    `${APPS}daemon/dist/main.js`,
  ];
  const absent = built.find((file) => !existsSync(file));
  return absent === undefined ? undefined : `${absent} is not built (npm run build)`;
}
