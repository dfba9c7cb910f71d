/**
 * The call history. A row is written when a call starts and completed when it ends, each in one
 * statement, so that kill -9 at any moment leaves a row that tells the truth so far; the next
 * start closes what was left open.
 *
 *   started ── identified ── connected ── alive, alive, … ── ended          (or forgotten)
 */
import { durationSeconds, reasonForUnfinished } from '@kyberline/core/call/history';
import { type EndReason, endingSentence, endReason } from '@kyberline/shared/endings';
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallId, Fingerprint, RegistryId, SuiteId, UserName } from '@kyberline/shared/ids';
import type { Db } from './database.js';

/** What is known of a call from its first moment on. */
export interface CallStart {
  readonly callId: CallId;
  readonly registryId: RegistryId;
  readonly peer: UserName;
  readonly direction: 'outgoing' | 'incoming';
  /** Unix ms, as are all times here. */
  readonly startedAt: number;
}

export interface HistoryStore {
  /** Again for the same call changes nothing. */
  started(call: CallStart): void;
  /** Who it is and under which suite, once the handshake has shown it. */
  identified(callId: CallId, peer: { peerFingerprint: Fingerprint; suite: SuiteId }): void;
  connected(callId: CallId, at: number): void;
  /**
   * The call is going on. Called every few seconds, it bounds how wrong the length of a call is
   * during which the program was killed.
   */
  alive(callId: CallId, at: number): void;
  /** The first ending stands. Writes the row if the call never started (a busy callee's). */
  ended(call: CallStart, reason: EndReason, at: number): void;
  /** Takes the call out without a trace: the loser of glare (SPEC 4). */
  forget(callId: CallId): void;
  /** Newest first. */
  list(limit: number): HistoryEntry[];
  /** Ends, as of when they were last alive, the rows of a program that was killed. Returns how many. */
  closeUnfinished(now: number): number;
}

interface Row {
  call_id: string;
  registry_id: string;
  peer: string;
  peer_fingerprint: string | null;
  direction: 'outgoing' | 'incoming';
  suite: number | null;
  started_at: number;
  connected_at: number | null;
  alive_at: number;
  ended_at: number | null;
  end_reason: string | null;
}

export function openHistory(db: Db): HistoryStore {
  const start = db.prepare<[CallStart]>(
    `INSERT INTO history (call_id, registry_id, peer, direction, started_at, alive_at)
     VALUES (@callId, @registryId, @peer, @direction, @startedAt, @startedAt)
     ON CONFLICT (call_id) DO NOTHING`,
  );
  const identify = db.prepare<[string, number, string]>(
    'UPDATE history SET peer_fingerprint = ?, suite = ? WHERE call_id = ?',
  );
  const connect = db.prepare<[number, number, string]>(
    `UPDATE history SET connected_at = ?, alive_at = max(alive_at, ?)
     WHERE call_id = ? AND connected_at IS NULL AND ended_at IS NULL`,
  );
  const touch = db.prepare<[number, string]>(
    'UPDATE history SET alive_at = max(alive_at, ?) WHERE call_id = ? AND ended_at IS NULL',
  );
  const end = db.prepare<[CallStart & { at: number; reason: EndReason }]>(
    `INSERT INTO history (call_id, registry_id, peer, direction, started_at, alive_at, ended_at, end_reason)
     VALUES (@callId, @registryId, @peer, @direction, @startedAt, @at, @at, @reason)
     ON CONFLICT (call_id) DO UPDATE
     SET alive_at = @at, ended_at = @at, end_reason = @reason WHERE ended_at IS NULL`,
  );
  const remove = db.prepare<[string]>('DELETE FROM history WHERE call_id = ?');
  const newest = db.prepare<[number], Row>(
    'SELECT * FROM history ORDER BY started_at DESC, rowid DESC LIMIT ?',
  );
  const open = db.prepare<[], Row>('SELECT * FROM history WHERE ended_at IS NULL');
  const close = db.prepare<[number, string, string]>(
    'UPDATE history SET ended_at = ?, end_reason = ? WHERE call_id = ?',
  );

  const closeUnfinished = (now: number): number => {
    const rows = open.all();
    for (const row of rows) {
      const connectedAt = row.connected_at ?? undefined;
      const reason = reasonForUnfinished({
        direction: row.direction,
        ...(connectedAt !== undefined && { connectedAt }),
      });
      close.run(Math.min(now, row.alive_at), reason, row.call_id);
    }
    return rows.length;
  };

  return {
    started: (call) => void start.run(call),
    identified: (callId, { peerFingerprint, suite }) =>
      void identify.run(peerFingerprint, suite, callId),
    connected: (callId, at) => void connect.run(at, at, callId),
    alive: (callId, at) => void touch.run(at, callId),
    ended: (call, reason, at) => void end.run({ ...call, reason, at }),
    forget: (callId) => void remove.run(callId),
    list: (limit) => newest.all(limit).map(toEntry),
    closeUnfinished: db.transaction(closeUnfinished).immediate,
  };
}

function toEntry(row: Row): HistoryEntry {
  const connectedAt = row.connected_at ?? undefined;
  const endedAt = row.ended_at ?? undefined;
  // A reason that only a newer version knows is shown as an end without a sentence.
  const reason = endReason.safeParse(row.end_reason).data;
  const peer = row.peer as UserName;
  return {
    callId: row.call_id as CallId,
    peer,
    ...(row.peer_fingerprint !== null && { peerFingerprint: row.peer_fingerprint as Fingerprint }),
    direction: row.direction,
    startedAt: row.started_at,
    ...(connectedAt !== undefined && { connectedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(reason && { endReason: reason, endSentence: endingSentence(reason, peer) }),
    ...(row.suite !== null && { suite: row.suite as SuiteId }),
    durationSeconds: durationSeconds(connectedAt, endedAt),
  };
}
