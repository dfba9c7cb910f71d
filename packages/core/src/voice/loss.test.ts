import { describe, expect, it } from 'vitest';
import { InterarrivalJitter, LossWindow } from './loss.js';

describe('interarrival jitter (RFC 3550 section 6.4.1)', () => {
  it('is zero while every frame takes as long as the one before', () => {
    const jitter = new InterarrivalJitter();
    for (let i = 0; i < 100; i++) jitter.note(1e6 + 20 * i, 20 * i);
    expect(jitter.jitterMs).toBe(0);
  });

  it('moves by a sixteenth of each difference', () => {
    const jitter = new InterarrivalJitter();
    jitter.note(0, 0);
    jitter.note(36, 20);
    expect(jitter.jitterMs).toBe(1);
    jitter.note(40, 40);
    expect(jitter.jitterMs).toBe(1 + 15 / 16);
  });

  it('settles at the mean difference', () => {
    const jitter = new InterarrivalJitter();
    for (let i = 0; i < 1000; i++) jitter.note(20 * i + (i % 2) * 10, 20 * i);
    expect(jitter.jitterMs).toBeCloseTo(10, 6);
  });

  it('does not take a new timeline for a late frame', () => {
    const jitter = new InterarrivalJitter();
    jitter.note(0, 0);
    jitter.restart();
    jitter.note(20, 1e9);
    expect(jitter.jitterMs).toBe(0);
  });
});

describe('the loss ratio', () => {
  it('is nothing before the first turn, then the share of missing ones', () => {
    const loss = new LossWindow(250);
    expect(loss.ratio).toBe(0);
    for (let i = 0; i < 100; i++) loss.note(i % 4 === 0);
    expect(loss.ratio).toBe(0.25);
  });

  it('forgets what is older than its window', () => {
    const loss = new LossWindow(250);
    for (let i = 0; i < 250; i++) loss.note(true);
    expect(loss.ratio).toBe(1);
    for (let i = 0; i < 125; i++) loss.note(false);
    expect(loss.ratio).toBe(0.5);
    for (let i = 0; i < 125; i++) loss.note(false);
    expect(loss.ratio).toBe(0);
  });
});
