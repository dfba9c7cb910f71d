/**
 * Which names this server answers to, and which pages may talk to it. Loopback alone is no
 * protection: a page from elsewhere can point its own host name at 127.0.0.1 (DNS rebinding),
 * and any page can send requests to localhost.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** The three ways to write this machine, with this port. */
export type Doors = { hosts: ReadonlySet<string>; origins: ReadonlySet<string> };

export function doors(port: number): Doors {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  const hosts = names.map((name) => `${name}:${port}`);
  // A browser leaves the scheme's own port out.
  if (port === 80) hosts.push(...names);
  return { hosts: new Set(hosts), origins: new Set(hosts.map((host) => `http://${host}`)) };
}

/** True for the Host headers of this machine only. */
export function hostAllowed(doors: Doors, host: string | undefined): boolean {
  return host !== undefined && doors.hosts.has(host.toLowerCase());
}

export type OriginVerdict = 'own-page' | 'no-browser' | 'foreign';

/**
 * Who sent this: a page of ours, something that is not a page, or a page from elsewhere.
 * A page on another port of this machine is foreign too, though browsers call it same-site
 * and send it our cookie.
 */
export function judgeOrigin(doors: Doors, headers: IncomingHttpHeaders): OriginVerdict {
  const { origin } = headers;
  if (origin !== undefined) return doors.origins.has(origin) ? 'own-page' : 'foreign';
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return 'own-page';
  if (site === 'cross-site' || site === 'same-site') {
    // A link on another page may be followed here; nothing else of theirs gets in.
    return isNavigation(headers) ? 'no-browser' : 'foreign';
  }
  return 'no-browser';
}

/** A person opens a page: a top-level document, not a frame, image, script or fetch. */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  if (headers['sec-fetch-mode'] !== undefined) {
    return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  }
  return headers.accept?.includes('text/html') ?? false;
}
