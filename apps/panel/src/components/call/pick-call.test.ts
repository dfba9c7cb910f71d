import type { EndReason } from '@kyberline/shared/endings';
import type { CallView } from '@kyberline/shared/snapshot';
import { describe, expect, it } from 'vitest';
import { scriptedCall, talking } from '../../testing/scripted-call';
import { callOnStage, notTakenHere, ringingHere } from './pick-call';

const NOBODY: ReadonlySet<string> = new Set();
const ended = (endReason: EndReason, more: Partial<CallView> = {}) =>
  scriptedCall('bob', { direction: 'incoming', phase: 'ended', endReason, ...more });

describe('a call goes', () => {
  it('to a sheet while it rings here, whatever else is on', () => {
    const on = scriptedCall('carol', talking());
    const ringing = scriptedCall('bob', { direction: 'incoming', phase: 'ringing-here' });
    expect(ringingHere([on, ringing])).toEqual([ringing]);
    expect(callOnStage([on, ringing], NOBODY)).toBe(on);
  });

  it('to a note when it came and nobody took it', () => {
    const reasons = ['missed', 'cancelled-by-them', 'rejected-by-me', 'busy-here'] as const;
    for (const reason of reasons) {
      const call = ended(reason);
      expect(callOnStage([call], NOBODY), reason).toBeUndefined();
      expect(notTakenHere([call]), reason).toEqual([call]);
    }
  });

  it('to the page when it ended after it was taken, or was placed here', () => {
    const calls = [
      ended('hung-up-by-them', { connectedAt: 1 }),
      ended('not-confirmed'),
      ended('key-changed', { direction: 'outgoing' }),
    ];
    for (const call of calls) {
      expect(callOnStage([call], NOBODY)).toBe(call);
      expect(callOnStage([call], new Set([call.callId]))).toBeUndefined();
    }
    expect(notTakenHere(calls)).toEqual([]);
  });
});
