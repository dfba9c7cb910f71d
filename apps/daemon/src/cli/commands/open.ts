/** `kyberline open`: the one-time link with which a browser is paired to the panel. */
import type { Command } from 'commander';
import { z } from 'zod';
import { readClientConfig } from '../../config.js';
import { Problem } from '../../problem.js';
import { readToken } from '../../store/token.js';
import { JSON_OPTION, json } from '../command.js';
import { requireOwnListener } from '../listener.js';
import type { Terminal } from '../terminal.js';

const ASK_MS = 5_000;
const reply = z.object({ url: z.url() });

interface OpenOptions {
  home?: string;
  panelPort?: string;
  json?: boolean;
}

export function addOpen(program: Command, terminal: Terminal): void {
  program
    .command('open')
    .summary('print a link that pairs a browser')
    .description(
      'Print a link to the panel. It works once and for a short time, and lets the browser that opens it use your Kyberline.',
    )
    .option('--home <folder>', 'data folder (KYBERLINE_HOME)')
    .option('--panel-port <number>', 'port of the panel (KYBERLINE_PANEL_PORT, 3000)')
    .option(...JSON_OPTION)
    .action(async (options: OpenOptions) => {
      const { home, panelPort } = readClientConfig(options, terminal.env);
      const token = readToken(home);
      requireOwnListener(home, panelPort);
      const url = await pairingLink(panelPort, token);
      terminal.out(options.json ? json({ url }) : url);
    });
}

/** @throws Problem `panel-not-running`, `panel-refused` */
async function pairingLink(port: number, token: string): Promise<string> {
  const response = await ask(port, token);
  if (response.status === 401) {
    throw new Problem(
      'panel-refused',
      `The panel on port ${port} belongs to another data folder. Name that folder with --home, or the right port with --panel-port.`,
    );
  }
  const body = reply.safeParse(await response.json().catch(() => undefined));
  if (response.ok && body.success) return body.data.url;
  throw new Problem(
    'panel-refused',
    `What answers on port ${port} is not the Kyberline panel. Name its port with --panel-port.`,
  );
}

async function ask(port: number, token: string): Promise<Response> {
  try {
    return await fetch(`http://127.0.0.1:${port}/api/pair/link`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(ASK_MS),
    });
  } catch (cause) {
    throw new Problem(
      'panel-not-running',
      `The panel does not answer on port ${port} of this machine. Start it with "npm start", or name its port with --panel-port.`,
      { cause },
    );
  }
}
