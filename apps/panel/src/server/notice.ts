/**
 * Answers that do not need Next.js: refusals as JSON for programs, and as one calm sentence on
 * a page for people.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Notice = { status: number; code: string; title: string; sentence: string };

export const NOT_PAIRED: Notice = {
  status: 403,
  code: 'not-paired',
  title: 'This browser is not paired yet',
  sentence:
    'Open a terminal on this machine, as the person who runs Kyberline, type “npx kyberline open” in its folder, and open the link that it prints in this browser.',
};

export const CODE_SPENT: Notice = {
  status: 403,
  code: 'code-spent',
  title: 'This link has been used',
  sentence:
    "A pairing link works once and for ten minutes. Type “npx kyberline open” in Kyberline's folder to get a new one.",
};

export const FAILED: Notice = {
  status: 500,
  code: 'failed',
  title: 'That did not work',
  sentence:
    'Kyberline made a mistake here. Load the page again; if that does not help, stop Kyberline in its terminal and start it again with “npm start”.',
};

/** Writes the notice as a page if a person is looking, else as `{error: {code, message}}`. */
export function sendNotice(
  request: IncomingMessage,
  response: ServerResponse,
  notice: Notice,
  nonce: string,
): void {
  if (request.headers.accept?.includes('text/html')) {
    response.writeHead(notice.status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    response.end(page(notice, nonce));
    return;
  }
  sendJson(response, notice.status, { error: { code: notice.code, message: notice.sentence } });
}

/**
 * Answers a pairing link with a page that leads on to ours. A redirect would lose the pairing of a
 * link that was followed from elsewhere, a file or another site's page: the cookie is
 * SameSite=Strict, and a browser leaves it out of all that such a navigation is redirected to.
 */
export function sendPaired(response: ServerResponse, nonce: string): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    Refresh: '0; url=/',
  });
  response.end(page(PAIRED, nonce));
}

const PAIRED = {
  title: 'This browser is paired',
  sentence: 'Kyberline opens by itself. If it does not, <a href="/">open it here</a>.',
};

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

/** The notice's texts are ours alone: nothing that a request said is written into the page. */
function page({ title, sentence }: Pick<Notice, 'title' | 'sentence'>, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Kyberline</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<style nonce="${nonce}">
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 2rem; box-sizing: border-box;
  font: 1.0625rem/1.6 system-ui, sans-serif; background: #f8f6f1; color: #17211d; }
main { max-width: 34rem; }
h1 { font: 500 2rem/1.2 ui-serif, "Iowan Old Style", Charter, Georgia, serif; margin: 0 0 .75rem; }
p { margin: 0; color: #4c5a54; }
hr { width: 4rem; height: 3px; border: 0; border-radius: 2px; background: #0f7a5c; margin: 0 0 2rem; }
@media (prefers-color-scheme: dark) {
  body { background: #101614; color: #e9efec; } p { color: #a3b1ab; } hr { background: #3cc795; }
}
</style>
</head>
<body><main><hr><h1>${title}</h1><p>${sentence}</p></main></body>
</html>
`;
}
