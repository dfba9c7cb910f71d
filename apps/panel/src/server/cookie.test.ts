import { describe, expect, it } from 'vitest';
import { cookieName, openCookie, sealCookie } from './cookie.js';

const secret = new Uint8Array(32).fill(7);
const sent = (setCookie: string) => setCookie.split(';', 1)[0] ?? '';

describe('the pairing cookie', () => {
  it('opens with the secret and the port that sealed it', () => {
    const cookie = sent(sealCookie(secret, 3000, { uid: 1000 }));
    expect(cookie.startsWith('kyberline_3000=v1.')).toBe(true);
    expect(openCookie(secret, 3000, `theme=dark; ${cookie}; x=y`)).toEqual({ uid: 1000 });
  });

  it('belongs to nobody in particular where the system does not tell users apart', () => {
    const cookie = sent(sealCookie(secret, 3000, { uid: undefined }));
    expect(openCookie(secret, 3000, cookie)).toEqual({ uid: undefined });
  });

  it('cannot be made to belong to another user', () => {
    const cookie = sent(sealCookie(secret, 3000, { uid: 1000 }));
    expect(openCookie(secret, 3000, cookie.replace('.1000.', '.1001.'))).toBeUndefined();
    expect(openCookie(secret, 3000, cookie.replace('.1000.', '.-.'))).toBeUndefined();
  });

  it('is out of reach for scripts and for other sites', () => {
    const header = sealCookie(secret, 3000, { uid: 1000 });
    expect(header).toMatch(/; HttpOnly/);
    expect(header).toMatch(/; SameSite=Strict/);
    expect(header).toMatch(/; Path=\//);
    expect(header).not.toMatch(/Domain/);
  });

  it('is a new one for each browser', () => {
    expect(sent(sealCookie(secret, 3000, { uid: 1000 }))).not.toBe(
      sent(sealCookie(secret, 3000, { uid: 1000 })),
    );
  });

  it('does not open with another secret', () => {
    const cookie = sent(sealCookie(new Uint8Array(32).fill(8), 3000, { uid: 1000 }));
    expect(openCookie(secret, 3000, cookie)).toBeUndefined();
  });

  it('does not open at another port, even when renamed', () => {
    const cookie = sent(sealCookie(secret, 3000, { uid: 1000 })).replace(
      'kyberline_3000',
      'kyberline_3001',
    );
    expect(openCookie(secret, 3001, cookie)).toBeUndefined();
  });

  it('does not open after any one character was changed', () => {
    const cookie = sent(sealCookie(secret, 3000, { uid: 1000 }));
    const start = cookieName(3000).length + 1;
    // The last character of a base64url value carries bits that no byte has.
    for (let at = start; at < cookie.length - 1; at++) {
      const other = cookie[at] === 'A' ? 'B' : 'A';
      const changed = cookie.slice(0, at) + other + cookie.slice(at + 1);
      expect(openCookie(secret, 3000, changed), changed).toBeUndefined();
    }
  });

  it.each([undefined, '', 'kyberline_3000', 'kyberline_3000=', 'kyberline_3000=v1...', 'a=b'])(
    'is not found in %j',
    (header) => {
      expect(openCookie(secret, 3000, header)).toBeUndefined();
    },
  );
});
