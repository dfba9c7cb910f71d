import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { END_REASONS } from '@kyberline/shared/endings';
import { historyEntry } from '@kyberline/shared/history';
import type { CallId, Fingerprint, RegistryId, UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from './database.js';
import { type CallStart, type HistoryStore, openHistory } from './history.js';

let home: string;
let db: Db;
let history: HistoryStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kyberline-history-'));
  db = openDatabase(home);
  history = openHistory(db);
});
afterEach(() => {
  db.close();
  rmSync(home, { recursive: true, force: true });
});

const call = (of: number, over: Partial<CallStart> = {}): CallStart => ({
  callId: of.toString(16).padStart(32, '0') as CallId,
  registryId: 'aa'.repeat(16) as RegistryId,
  peer: 'bob' as UserName,
  direction: 'outgoing',
  startedAt: 1000 * of,
  ...over,
});
const FINGERPRINT = 'cd'.repeat(32) as Fingerprint;

describe('the history', () => {
  it('tells a whole call: who, when, under what, how long, how it ended', () => {
    const placed = call(1);
    history.started(placed);
    history.identified(placed.callId, { peerFingerprint: FINGERPRINT, suite: 2 });
    history.connected(placed.callId, 5000);
    history.ended(placed, 'hung-up-by-them', 65_400);
    expect(history.list(10)).toEqual([
      {
        callId: placed.callId,
        peer: 'bob',
        peerFingerprint: FINGERPRINT,
        direction: 'outgoing',
        startedAt: 1000,
        connectedAt: 5000,
        endedAt: 65_400,
        endReason: 'hung-up-by-them',
        endSentence: 'bob hung up.',
        suite: 2,
        durationSeconds: 60,
      },
    ]);
  });

  it('has a row from the first moment of a call', () => {
    history.started(call(1));
    const [entry] = history.list(10);
    expect(entry).toEqual({
      callId: call(1).callId,
      peer: 'bob',
      direction: 'outgoing',
      startedAt: 1000,
      durationSeconds: 0,
    });
  });

  it('gives what the shared schema calls an entry, for every ending', () => {
    for (const [of, reason] of END_REASONS.entries()) history.ended(call(of), reason, 9_000_000);
    const entries = history.list(1000);
    expect(entries).toHaveLength(END_REASONS.length);
    for (const entry of entries) expect(historyEntry.parse(entry)).toEqual(entry);
    expect(new Set(entries.map((entry) => entry.endReason))).toEqual(new Set(END_REASONS));
  });

  it('is newest first and no longer than asked', () => {
    for (const of of [2, 3, 1]) history.started(call(of));
    history.started(call(4, { startedAt: 3000 }));
    const ids = (limit: number) =>
      history.list(limit).map((entry) => Number.parseInt(entry.callId, 16));
    expect(ids(10)).toEqual([4, 3, 2, 1]);
    expect(ids(2)).toEqual([4, 3]);
  });

  it('records a call that ended before it started here', () => {
    history.ended(call(1, { direction: 'incoming' }), 'busy-here', 1500);
    expect(history.list(1)[0]).toMatchObject({
      endReason: 'busy-here',
      endedAt: 1500,
      startedAt: 1000,
    });
  });

  it('keeps the first ending and the first connection', () => {
    history.started(call(1));
    history.connected(call(1).callId, 2000);
    history.connected(call(1).callId, 9000);
    history.ended(call(1), 'hung-up-by-me', 12_000);
    history.ended(call(1), 'media-lost', 72_000);
    history.started(call(1, { startedAt: 99 }));
    expect(history.list(9)).toMatchObject([
      {
        startedAt: 1000,
        connectedAt: 2000,
        endedAt: 12_000,
        endReason: 'hung-up-by-me',
        durationSeconds: 10,
      },
    ]);
  });

  it('does not connect a call that is over', () => {
    history.ended(call(1), 'no-answer', 46_000);
    history.connected(call(1).callId, 47_000);
    expect(history.list(1)[0]).not.toHaveProperty('connectedAt');
  });

  it('forgets a call without a trace', () => {
    history.started(call(1));
    history.started(call(2));
    history.forget(call(1).callId);
    expect(history.list(9).map((entry) => entry.callId)).toEqual([call(2).callId]);
  });

  it('shows an ending that only a newer version knows without a sentence', () => {
    history.ended(call(1), 'busy-there', 2000);
    db.prepare('UPDATE history SET end_reason = ?').run('beamed-up');
    const [entry] = history.list(1);
    expect(entry).toMatchObject({ endedAt: 2000 });
    expect(entry).not.toHaveProperty('endSentence');
  });
});

describe('rows that a killed program left open', () => {
  it('are closed with the right reason, as of when they were last alive', () => {
    const ringing = call(1, { direction: 'incoming' });
    const answered = call(2, { direction: 'incoming' });
    const dialled = call(3);
    const talking = call(4);
    const over = call(5);
    for (const one of [ringing, answered, dialled, talking, over]) history.started(one);
    history.connected(answered.callId, 10_000);
    history.connected(talking.callId, 10_000);
    history.alive(talking.callId, 15_000);
    history.alive(talking.callId, 20_000);
    history.ended(over, 'rejected-by-them', 6000);

    expect(history.closeUnfinished(86_400_000)).toBe(4);
    const told = Object.fromEntries(
      history
        .list(9)
        .map((e) => [Number.parseInt(e.callId, 16), [e.endReason, e.endedAt, e.durationSeconds]]),
    );
    expect(told).toEqual({
      1: ['missed', 1000, 0],
      2: ['program-stopped-here', 10_000, 0],
      3: ['program-stopped-here', 3000, 0],
      4: ['program-stopped-here', 20_000, 10],
      5: ['rejected-by-them', 6000, 0],
    });
    expect(history.closeUnfinished(86_400_000)).toBe(0);
  });

  it('do not end in the future of a clock that was set back', () => {
    history.started(call(1));
    history.alive(call(1).callId, 50_000);
    history.closeUnfinished(40_000);
    expect(history.list(1)[0]?.endedAt).toBe(40_000);
  });
});
