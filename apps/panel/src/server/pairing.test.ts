import { describe, expect, it } from 'vitest';
import { PairingCodes } from './pairing.js';

describe('a pairing code', () => {
  it('works once', () => {
    const codes = new PairingCodes(() => 0);
    const code = codes.issue();
    expect(codes.redeem(code)).toBe(true);
    expect(codes.redeem(code)).toBe(false);
  });

  it('works for ten minutes', () => {
    let now = 0;
    const codes = new PairingCodes(() => now);
    const early = codes.issue();
    const late = codes.issue();
    now = 10 * 60_000 - 1;
    expect(codes.redeem(early)).toBe(true);
    now += 1;
    expect(codes.redeem(late)).toBe(false);
  });

  it('cannot be guessed from another one', () => {
    const codes = new PairingCodes(() => 0);
    const code = codes.issue();
    expect(codes.redeem(`${code}x`)).toBe(false);
    expect(codes.redeem(code.slice(1))).toBe(false);
    expect(codes.redeem('')).toBe(false);
    expect(Buffer.from(code, 'base64url')).toHaveLength(16);
  });

  it('gives way when very many were asked for', () => {
    const codes = new PairingCodes(() => 0);
    const first = codes.issue();
    const others = Array.from({ length: 20 }, () => codes.issue());
    expect(codes.redeem(first)).toBe(false);
    expect(others.every((code) => codes.redeem(code))).toBe(true);
  });
});
