import { describe, expect, it } from 'vitest';
import type { Address, Role } from './messages.js';
import { PATH_PACKET_BYTES, Path } from './path.js';

const at = (address: string): Address => ({ address, port: 1000 });
const [home, office, cafe, thief] = [at('192.0.2.1'), at('192.0.2.2'), at('192.0.2.3'), at('x')];
let counter = 0;
const random = (bytes: number) => new Uint8Array(bytes).fill(++counter);
const path = (role: Role = 'B') => new Path([home, office], random, role);

describe("a call's path", () => {
  it('is every candidate until the peer was heard, then where it was heard from', () => {
    const p = path();
    expect(p.targets).toEqual([home, office]);
    expect(p.heard(office, 41, true, 0)).toBeUndefined();
    expect(p.targets).toEqual([office]);
  });

  it('is not fixed by an address that nobody named before that has proved itself', () => {
    for (const role of ['A', 'B'] as const) {
      const p = path(role);
      const challenge = p.heard(cafe, 97, true, 0);
      expect(challenge?.length).toBe(8);
      expect(p.targets).toEqual([home, office]);
      expect(p.isKnown(cafe)).toBe(true);
      expect(p.isKnown(thief)).toBe(false);
      expect(p.answered(challenge!, cafe)).toBe(true);
      expect(p.targets).toEqual([cafe]);
    }
  });

  it('takes a candidate at once although another address came first', () => {
    const p = path('A');
    const challenge = p.heard(thief, 97, true, 0);
    p.heard(home, 33, true, 10);
    expect(p.targets).toEqual([home]);
    expect(p.answered(challenge!, thief)).toBe(false);
  });

  it('lets one of two addresses that nobody named gather what a challenge needs', () => {
    const p = path('A');
    const heard = [cafe, thief, cafe, thief].map((from, n) => p.heard(from, 33, true, 100 * n));
    expect(heard.filter((challenge) => challenge !== undefined)).toHaveLength(1);
  });

  it('moves after the new address has echoed a challenge, and not before', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    const challenge = p.heard(cafe, 672, true, 10);
    expect(challenge?.length).toBe(8);
    expect(p.targets).toEqual([home]);
    expect(p.answered(challenge!, cafe)).toBe(true);
    expect(p.targets).toEqual([cafe]);
  });

  it('does not move for a wrong echo, nor for one from elsewhere', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    const challenge = p.heard(cafe, 672, true, 10);
    expect(p.answered(new Uint8Array(8), cafe)).toBe(false);
    expect(p.answered(challenge!, thief)).toBe(false);
    expect(p.targets).toEqual([home]);
  });

  it('is not called into question by a packet that others have overtaken', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    expect(p.heard(cafe, 672, false, 10)).toBeUndefined();
    expect(p.isKnown(cafe)).toBe(false);
  });

  it('never sends a new address more bytes than came from it', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    let bytesIn = 0;
    let bytesOut = 0;
    for (let i = 0; i < 200; i++) {
      bytesIn += 15;
      if (p.heard(cafe, 15, true, i * 150)) bytesOut += PATH_PACKET_BYTES;
      expect(bytesOut).toBeLessThanOrEqual(bytesIn);
    }
    expect(bytesOut).toBeGreaterThan(0);
  });

  it('counts the answers to its own challenges among the bytes that it is sent', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    let [bytesIn, bytesOut, answers] = [0, 0, 0];
    for (let i = 0; i < 20; i++) {
      bytesIn += PATH_PACKET_BYTES;
      if (p.heard(cafe, PATH_PACKET_BYTES, true, i * 100)) bytesOut += PATH_PACKET_BYTES;
      if (p.mayAnswer(cafe)) {
        answers++;
        bytesOut += PATH_PACKET_BYTES;
      }
      expect(bytesOut).toBeLessThanOrEqual(bytesIn);
    }
    expect(answers).toBeGreaterThan(0);
    expect(p.mayAnswer(home)).toBe(true);
  });

  it('challenges at most ten times a second, with the same challenge', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    const challenges = Array.from({ length: 50 }, (_, i) => p.heard(cafe, 672, true, 20 * i));
    const sent = challenges.filter((challenge) => challenge !== undefined);
    expect(sent.length).toBe(10);
    expect(new Set(sent.map(String)).size).toBe(1);
  });

  it('forgets an address that never answers', () => {
    const p = path();
    p.heard(home, 672, true, 0);
    const first = p.heard(cafe, 672, true, 0);
    const second = p.heard(cafe, 672, true, 6_000);
    expect(second).not.toEqual(first);
    expect(p.answered(first!, cafe)).toBe(false);
  });

  it('of the caller: stays at its own choice while the peer is heard there', () => {
    const p = path('A');
    p.heard(home, 672, true, 0);
    for (let now = 20; now < 5_000; now += 20) {
      expect(p.heard(office, 672, true, now)).toBeUndefined();
      p.heard(home, 672, true, now);
    }
    expect(p.targets).toEqual([home]);
  });

  it('of the caller: follows a callee that went on to another of its own addresses', () => {
    const p = path('A');
    p.heard(home, 672, true, 0);
    expect(p.heard(office, 672, true, 980)).toBeUndefined();
    const challenge = p.heard(office, 672, true, 1_000);
    expect(p.targets).toEqual([home]);
    expect(p.answered(challenge!, office)).toBe(true);
    expect(p.targets).toEqual([office]);
    expect(p.heard(home, 672, true, 1_500)).toBeUndefined();
  });

  it('of the caller: comes back to a candidate from an address that went silent', () => {
    const p = path('A');
    p.answered(p.heard(cafe, 97, true, 0)!, cafe);
    expect(p.heard(home, 672, true, 500)).toBeUndefined();
    const challenge = p.heard(home, 672, true, 1_000);
    expect(p.answered(challenge!, home)).toBe(true);
    expect(p.targets).toEqual([home]);
  });
});
