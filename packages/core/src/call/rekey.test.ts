import { describe, expect, it } from 'vitest';
import { HANDSHAKE_EPOCH } from '../crypto/schedule.js';
import { stepRekey } from './rekey.js';
import { REKEY_TIMES } from './rekey-state.js';
import { type Delivery, RekeyPair } from './testing/rekey-pair.js';

const times = { ...REKEY_TIMES, everyMs: 2_000 };
const promptly = () => [5];

describe('rekey', () => {
  it('moves both sides to the next epoch, with the same key, and loses no packet to it', () => {
    const pair = new RekeyPair(times, promptly);
    pair.runFor(11_000);
    expect(pair.ends.A.state.epoch).toBe(5);
    expect(pair.ends.B.state.epoch).toBe(5);
    expect(pair.ends.A.send).toEqual(pair.ends.B.send);
    expect(pair.unopened).toBe(0);
  });

  it('keeps only the receive keys of the last five seconds', () => {
    const pair = new RekeyPair(times, promptly);
    pair.runFor(21_500);
    expect(Math.min(...pair.ends.A.receive.keys())).toBeGreaterThanOrEqual(7);
    expect(Math.min(...pair.ends.B.receive.keys())).toBeGreaterThanOrEqual(7);
    expect([...pair.ends.A.send.keys()]).toEqual([10]);
  });

  it('survives the loss of any of its first ten messages, in every combination', () => {
    for (let lost = 0; lost < 1024; lost++) {
      const pair = new RekeyPair(times, ({ index }: Delivery) => ((lost >> index) & 1 ? [] : [5]));
      pair.runFor(6_500);
      expect(pair.ends.A.state.epoch, `lost ${lost.toString(2)}`).toBeGreaterThanOrEqual(1);
      expect(pair.ends.B.state.epoch).toBe(pair.ends.A.state.epoch);
      expect(pair.unopened, `lost ${lost.toString(2)}`).toBe(0);
    }
  });

  it('survives the same where nothing but FIN can carry the move, none of the caller having voice', () => {
    for (let lost = 0; lost < 1024; lost++) {
      const delays = ({ index }: Delivery) => ((lost >> index) & 1 ? [] : [5]);
      const pair = new RekeyPair(times, delays, { voiceLostOf: 'A' });
      pair.runFor(6_500);
      expect(pair.ends.B.state.epoch, `lost ${lost.toString(2)}`).toBeGreaterThanOrEqual(1);
      expect(pair.unopened, `lost ${lost.toString(2)}`).toBe(0);
    }
    const withoutFin = ({ message }: Delivery) => (message.kind === 'FIN' ? [] : [5]);
    const pair = new RekeyPair(times, withoutFin, { voiceLostOf: 'A' });
    pair.runFor(6_500);
    expect(pair.ends.A.state).toMatchObject({ epoch: 1, progress: { at: 'finishing' } });
    expect(pair.ends.B.state).toMatchObject({ epoch: 0, progress: { at: 'answered' } });
  });

  it('needs no FIN where a packet of the new epoch opens, so that a wrong proof stops nobody', () => {
    const pair = new RekeyPair(times, promptly, { finsForged: true });
    pair.runFor(11_000);
    expect(pair.ends.A.state.epoch).toBe(5);
    expect(pair.ends.B.state.epoch).toBe(5);
  });

  it('takes nothing from a FIN whose proof is wrong', () => {
    const withoutFin = ({ message }: Delivery) => (message.kind === 'FIN' ? [] : [5]);
    const pair = new RekeyPair(times, withoutFin, { voiceLostOf: 'A' });
    pair.runFor(2_500);
    const message = { kind: 'FIN', epoch: 1, proof: new Uint8Array(32) } as const;
    pair.step('B', { type: 'received', on: 0, message, finVerified: false });
    expect(pair.ends.B.state).toMatchObject({ epoch: 0, progress: { at: 'answered' } });
    pair.step('B', { type: 'received', on: 0, message, finVerified: true });
    expect(pair.ends.B.state).toMatchObject({ epoch: 1, progress: { at: 'steady' } });
  });

  it('survives duplicates and reordering of every message', () => {
    const pair = new RekeyPair(times, ({ index }) => [5 + ((index * 37) % 300), 5, 400]);
    pair.runFor(30_000);
    expect(pair.ends.A.state.epoch).toBeGreaterThanOrEqual(8);
    expect(Math.abs(pair.ends.A.state.epoch - pair.ends.B.state.epoch)).toBeLessThanOrEqual(1);
    expect(pair.unopened).toBe(0);
  });

  it('starts at once when the caller, or the callee by ASK, has a reason', () => {
    for (const side of ['A', 'B'] as const) {
      const pair = new RekeyPair(REKEY_TIMES, promptly);
      pair.runFor(100);
      pair.step(side, { type: 'rekey-now' });
      pair.runFor(100);
      expect(pair.ends.A.state.epoch).toBe(1);
      expect(pair.ends.B.state.epoch).toBe(1);
    }
  });

  it('starts again at once when an engine was started again while its epoch was being finished', () => {
    const pair = new RekeyPair(REKEY_TIMES, promptly, { voiceLostOf: 'B' });
    pair.step('A', { type: 'rekey-now' });
    pair.runFor(100);
    expect(pair.ends.A.state.progress.at).toBe('finishing');
    pair.step('A', { type: 'rekey-now' });
    pair.step('A', { type: 'epoch-heard', epoch: 1 });
    expect(pair.ends.A.state.progress.at).toBe('preparing');
    pair.runFor(100);
    expect(pair.ends.A.state.epoch).toBe(2);
  });

  it('does not start twice for an ASK that was sent again', () => {
    const pair = new RekeyPair(REKEY_TIMES, ({ message, index }) =>
      message.kind === 'ASK' ? [5, 200] : index > 50 ? [] : [5],
    );
    pair.step('B', { type: 'rekey-now' });
    pair.runFor(2_000);
    expect(pair.ends.A.state.epoch).toBe(1);
  });

  it('takes a different request for a pending epoch in place of the first', () => {
    const pair = new RekeyPair(REKEY_TIMES, ({ message }) => (message.kind === 'ACK' ? [] : [5]));
    pair.step('A', { type: 'rekey-now' });
    pair.runFor(50);
    expect(pair.ends.B.receive.get(1)).toBe('ack to req 1 #1');
    const req = new TextEncoder().encode('req 1 #2');
    pair.step('B', {
      type: 'received',
      on: 0,
      requestEpoch: 1,
      message: { kind: 'REQ', bytes: req },
    });
    pair.runFor(10);
    expect(pair.ends.B.receive.get(1)).toBe('ack to req 1 #2');
  });

  it('stands by its answer when a second request turns out to be worth none', () => {
    let isAckLost = true;
    const pair = new RekeyPair(REKEY_TIMES, ({ message }) =>
      message.kind === 'ACK' && isAckLost ? [] : [5],
    );
    pair.step('A', { type: 'rekey-now' });
    pair.runFor(50);
    const { state } = pair.ends.B;
    for (const bad of ['req 1 bad', 'req 1 worse']) {
      const req = new TextEncoder().encode(bad);
      const { state: answering, effects } = stepRekey(
        pair.ends.B.state,
        { type: 'received', on: 0, requestEpoch: 1, message: { kind: 'REQ', bytes: req } },
        pair.now,
      );
      expect(effects).toMatchObject([{ type: 'make-answer', epoch: 1 }]);
      pair.ends.B.state = answering;
    }
    pair.step('B', {
      type: 'answer-refused',
      epoch: 1,
      req: new TextEncoder().encode('req 1 worse'),
    });
    expect(pair.ends.B.state).toEqual(state);
    isAckLost = false;
    pair.runFor(400);
    expect([pair.ends.A.state.epoch, pair.ends.B.state.epoch]).toEqual([1, 1]);
  });

  it('takes REQ and ACK under the epoch that they are to replace alone', () => {
    const pair = new RekeyPair(REKEY_TIMES, ({ message }) => (message.kind === 'ASK' ? [5] : []));
    const bytes = new TextEncoder().encode('req 1 #1');
    pair.step('A', { type: 'rekey-now' });
    pair.runFor(50);
    for (const on of [HANDSHAKE_EPOCH, 1]) {
      pair.step('B', { type: 'received', on, requestEpoch: 1, message: { kind: 'REQ', bytes } });
      pair.step('A', { type: 'received', on, message: { kind: 'ACK', bytes } });
    }
    expect(pair.ends.B.state.progress.at).toBe('steady');
    expect(pair.ends.A.state.progress.at).toBe('requesting');
  });

  it('ends the call when no rekey succeeds for three minutes', () => {
    const pair = new RekeyPair(REKEY_TIMES, ({ message }) => (message.kind === 'REQ' ? [] : [5]));
    pair.runFor(179_000);
    expect(pair.ends.A.expired || pair.ends.B.expired).toBe(false);
    pair.runFor(2_000);
    expect(pair.ends.A.expired && pair.ends.B.expired).toBe(true);
  });
});
