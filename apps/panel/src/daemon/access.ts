/** Asking the panel's server where the daemon is, with the token that only a paired browser gets. */
import { z } from 'zod';

const access = z.object({
  url: z.string(),
  token: z.string(),
  registryAddresses: z.array(z.string()),
});
const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export type DaemonAccess = z.infer<typeof access>;

/** Why there is no access: `not-paired` needs a person, everything else passes by itself. */
export class AccessRefused extends Error {
  constructor(
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
    this.name = 'AccessRefused';
  }
}

export const DAEMON_AWAY =
  "Kyberline's background program on this machine does not answer. If you stopped it, start it again with “npm start”; this page then goes on by itself.";
const PANEL_AWAY =
  'Kyberline has been stopped on this machine. Start it again with “npm start”; this page then goes on by itself.';

/**
 * The daemon's address and token. Asked for before every connection, because a restarted
 * daemon may have a new token.
 * @throws AccessRefused with the sentence to show.
 */
export async function fetchAccess(): Promise<DaemonAccess> {
  const response = await fetch('/api/daemon', { cache: 'no-store' }).catch(() => {
    throw new AccessRefused('panel-away', PANEL_AWAY);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) {
    const parsed = access.safeParse(body);
    if (parsed.success) return parsed.data;
  }
  const refused = refusal.safeParse(body);
  if (refused.success) throw new AccessRefused(refused.data.error.code, refused.data.error.message);
  throw new AccessRefused('panel-away', PANEL_AWAY);
}
