import type { RingChoice } from '@kyberline/shared/devices';
import type { UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DaemonToEngine } from './media/messages.js';
import { Problem } from './problem.js';
import { SoundDesk } from './sound-desk.js';

describe('what the daemon wants of the sound devices', () => {
  let told: DaemonToEngine[];
  let listens: boolean;
  let peer: UserName | undefined;
  let rings: RingChoice | undefined;
  let desk: SoundDesk;

  beforeEach(() => {
    vi.useFakeTimers();
    [told, listens, peer, rings] = [[], true, undefined, undefined];
    desk = new SoundDesk({
      tell: (message) => {
        told.push(message);
        return listens;
      },
      inCallWith: () => peer,
      rings: () => rings,
    });
  });
  afterEach(() => vi.useRealTimers());

  const refusal = (test: 'recording' | 'speaker'): Problem => {
    try {
      desk.rehearse(test, true);
    } catch (error) {
      if (error instanceof Problem) return error;
    }
    throw new Error('it was not refused');
  };

  it('is a meter that a page which went away does not leave open', () => {
    desk.meter(true);
    vi.advanceTimersByTime(45_000);
    desk.meter(true);
    vi.advanceTimersByTime(59_000);
    expect(told).toEqual([
      { type: 'meter', on: true },
      { type: 'meter', on: true },
    ]);
    vi.advanceTimersByTime(1_000);
    expect(told.at(-1)).toEqual({ type: 'meter', on: false });
    desk.meter(true);
    desk.meter(false);
    const before = told.length;
    vi.advanceTimersByTime(120_000);
    expect(told).toHaveLength(before);
  });

  it.each(['recording', 'speaker'] as const)('is a test (%s), and its end', (test) => {
    desk.rehearse(test, true);
    desk.rehearse(test, false);
    expect(told).toEqual([{ type: 'sound-test', test }, { type: 'sound-test' }]);
  });

  it('is no test while there is a call or no engine, and says which it is', () => {
    peer = 'bob' as UserName;
    expect(refusal('recording')).toMatchObject({
      code: 'in-a-call',
      message: expect.stringContaining('a call with bob'),
    });
    expect(told).toEqual([]);
    peer = undefined;
    listens = false;
    expect(refusal('speaker')).toMatchObject({ code: 'no-engine' });
  });

  it('is to ring from the first to the last moment of it, where the person wants it', () => {
    desk.settle();
    rings = 'panel';
    desk.settle();
    expect(told).toEqual([]);
    rings = 'portaudio:Desk';
    desk.settle();
    desk.settle();
    rings = 'default';
    desk.settle();
    rings = undefined;
    desk.settle();
    desk.settle();
    expect(told).toEqual([
      { type: 'ring', output: 'portaudio:Desk' },
      { type: 'ring', output: 'default' },
      { type: 'ring' },
    ]);
  });
});
