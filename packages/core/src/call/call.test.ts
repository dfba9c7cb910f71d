import { END_REASONS, type EndReason } from '@kyberline/shared/endings';
import { describe, expect, it } from 'vitest';
import { placeCall, receiveCall, stepCall } from './call.js';
import { CALL_TIMES, type CallEffect, type CallEvent, type CallState } from './call-state.js';
import { callDeadline } from './deadline.js';
import { glareKeeps } from './reasons.js';

/** Drives one call; time moves only through `wait`. */
class Call {
  now = 1_000;
  state: CallState;
  effects: CallEffect[];

  constructor(direction: 'outgoing' | 'incoming', autoAnswer = false) {
    const step =
      direction === 'outgoing'
        ? placeCall(this.now, CALL_TIMES)
        : receiveCall(this.now, CALL_TIMES, autoAnswer);
    this.state = step.state;
    this.effects = step.effects;
  }

  on(...events: CallEvent[]): this {
    for (const event of events) {
      const step = stepCall(this.state, event, this.now);
      this.state = step.state;
      this.effects.push(...step.effects);
    }
    return this;
  }

  /** Lets `ms` pass, waking the call at each of its deadlines. */
  wait(ms: number): this {
    const until = this.now + ms;
    for (;;) {
      const at = callDeadline(this.state);
      if (at > until) break;
      this.now = Math.max(at, this.now);
      this.on({ type: 'tick' });
    }
    this.now = until;
    return this;
  }

  get at() {
    return this.state.phase.at;
  }

  get reason(): EndReason | undefined {
    return this.state.phase.at === 'ended' ? this.state.phase.reason : undefined;
  }

  did(type: CallEffect['type']): number {
    return this.effects.filter((effect) => effect.type === type).length;
  }

  records(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'record' ? [effect.what] : []));
  }
}

const answered: CallEvent = { type: 'registry', call: { status: 'active', answer: 'AAAA' } };
const ringingOut = () => new Call('outgoing').on({ type: 'looked-up' }, { type: 'offer-placed' });
const ringingIn = () => new Call('incoming').on({ type: 'offer-checked' });
const connectingOut = () => ringingOut().on(answered, { type: 'answer-opened' });
const connectingIn = () => ringingIn().on({ type: 'accept' }, { type: 'answer-placed' });
const activeOut = () => connectingOut().on({ type: 'confirm-verified' });
const activeIn = () =>
  connectingIn().on({ type: 'confirm-verified' }, { type: 'epoch-heard', epoch: 0 });

describe('the life of a call', () => {
  it('goes from dialling to voice on the caller side', () => {
    const call = activeOut();
    expect(call.at).toBe('active');
    expect(call.did('start-voice')).toBe(1);
    expect(call.records()).toEqual(['started', 'connected']);
  });

  it('goes from the offer to voice on the callee side, which probes until the caller proves itself', () => {
    const call = connectingIn().wait(1_000);
    expect(call.did('send-probe')).toBeGreaterThanOrEqual(9);
    expect(call.did('prepare-voice')).toBe(0);
    call.on({ type: 'confirm-verified' });
    expect(call.did('prepare-voice')).toBe(1);
    expect(call.at).toBe('connecting');
    call.on({ type: 'epoch-heard', epoch: 0 });
    expect(call.at).toBe('active');
    expect(call.records()).toEqual(['started', 'connected']);
  });

  it('lets the callee speak only once the caller is known to have the key for it', () => {
    const call = connectingIn().on({ type: 'confirm-verified' });
    expect(call.did('start-voice')).toBe(0);
    call.on({ type: 'epoch-heard', epoch: 0 });
    expect(call.did('start-voice')).toBe(1);
  });

  it('answers by itself when told to, without ringing', () => {
    const call = new Call('incoming', true).on({ type: 'offer-checked' });
    expect(call.at).toBe('answering');
    expect(call.did('ring')).toBe(0);
    expect(new Call('incoming').on({ type: 'offer-checked', answer: true }).at).toBe('answering');
  });

  it('records nothing of an offer before it has passed its checks', () => {
    expect(new Call('incoming').records()).toEqual([]);
    const forged = new Call('incoming').on({
      type: 'offer-refused',
      reason: 'refused',
      tell: 'refused',
    });
    expect(forged.records()).toEqual(['forget']);
    expect(forged.did('tell-registry')).toBe(1);
  });

  it('leaves no row of an offer that could not be checked, and tells the caller', () => {
    for (const event of [
      { type: 'attempt-failed', reason: 'registry-refused' },
      { type: 'engine-failed' },
      { type: 'program-stopping' },
    ] as const) {
      const call = new Call('incoming').on(event);
      expect(call.records(), event.type).toEqual(['forget']);
      expect(call.did('tell-registry'), event.type).toBe(1);
    }
  });

  it('rings on when an answer does not verify', () => {
    const call = ringingOut().on(answered, { type: 'answer-invalid' });
    expect(call.at).toBe('ringing-there');
    call.on(answered, { type: 'answer-opened' });
    expect(call.at).toBe('connecting');
  });

  it('takes an answer that overtakes the reply to its offer', () => {
    const call = new Call('outgoing').on({ type: 'looked-up' }, answered);
    expect(call.at).toBe('opening');
    call.on({ type: 'offer-placed' }, { type: 'answer-opened' });
    expect(call.at).toBe('connecting');
    expect(call.did('open-answer')).toBe(1);
  });

  it('looks up once more when its bundle was stale, and only once', () => {
    const stale: CallEvent = {
      type: 'registry',
      call: { status: 'rejected', reason: 'stale-bundle' },
    };
    const call = ringingOut().on(stale);
    expect(call.at).toBe('looking-up');
    expect(call.did('look-up')).toBe(2);
    call.on({ type: 'looked-up' }, { type: 'offer-placed' }, stale);
    expect(call.reason).toBe('refused');
  });

  it('begins again only while there is no answer, whatever the registry says', () => {
    const stale: CallEvent = {
      type: 'registry',
      call: { status: 'rejected', reason: 'stale-bundle' },
    };
    const call = connectingOut().on(stale);
    expect(call.reason).toBe('refused');
    expect(call.did('look-up')).toBe(1);
  });

  it('gives the registry no say once both confirms have verified', () => {
    for (const status of ['ended', 'rejected', 'cancelled', 'busy', 'missed'] as const) {
      expect(activeOut().on({ type: 'registry', call: { status } }).at).toBe('active');
      expect(activeIn().on({ type: 'registry', call: { status } }).at).toBe('active');
    }
  });

  it('reconnects after silence, and goes on when packets return', () => {
    const call = activeOut().on({ type: 'quiet' });
    expect(call.at).toBe('reconnecting');
    call.wait(10_000).on({ type: 'heard' });
    expect(call.at).toBe('active');
  });

  it('goes on when an engine that was started again in the silence hears the first packet', () => {
    // That engine has said no `quiet`, so it will not say `heard`.
    const call = activeOut().on({ type: 'quiet' }).wait(10_000);
    call.on({ type: 'engine-restarted' }, { type: 'epoch-heard', epoch: 0 });
    expect(call.at).toBe('active');
    expect(call.wait(60_000).at).toBe('active');
  });

  it('opens the media again and rekeys at once when the engine was restarted', () => {
    const caller = activeOut().on({ type: 'engine-restarted' });
    expect(caller.did('reopen-media')).toBe(1);
    expect(caller.effects).toContainEqual({
      type: 'rekey',
      effect: { type: 'make-request', epoch: 1 },
    });
    const callee = activeIn().on({ type: 'engine-restarted' });
    expect(callee.effects).toContainEqual({
      type: 'rekey',
      effect: { type: 'send', epoch: 0, message: { kind: 'ASK' } },
    });
  });

  it('leaves no trace of a call that lost to glare', () => {
    const call = ringingOut().on({ type: 'glare-lost' });
    expect(call.records()).toEqual(['started', 'forget']);
    expect(glareKeeps('00', '01')).toBe('mine');
    expect(glareKeeps('01', '00')).toBe('theirs');
  });

  it('erases its secrets at every end', () => {
    for (const call of [ringingOut(), ringingIn(), connectingOut(), connectingIn(), activeOut()]) {
      call.on({ type: 'hang-up' });
      expect(call.at).toBe('ended');
      expect(call.did('erase')).toBe(1);
      expect(call.did('close-media')).toBe(1);
    }
  });

  it('does nothing any more once it has ended', () => {
    const call = activeOut().on({ type: 'hang-up' });
    const before = call.effects.length;
    call.on({ type: 'heard' }, { type: 'accept' }, answered, { type: 'bye', reason: 'hung-up' });
    expect(call.effects.length).toBe(before);
    expect(callDeadline(call.state)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('every ending is told apart', () => {
  const refusedOut = (reason: 'declined' | 'busy' | 'clock-wrong' | 'key-changed' | 'refused') =>
    ringingOut().on({ type: 'registry', call: { status: 'rejected', reason } });
  const failed = (reason: EndReason) => new Call('outgoing').on({ type: 'attempt-failed', reason });
  const endings: Record<EndReason, () => Call> = {
    'hung-up-by-me': () => activeOut().on({ type: 'hang-up' }),
    'hung-up-by-them': () => activeIn().on({ type: 'bye', reason: 'hung-up' }),
    'rejected-by-me': () => ringingIn().on({ type: 'reject' }),
    'rejected-by-them': () => refusedOut('declined'),
    'busy-here': () =>
      new Call('incoming').on({ type: 'offer-refused', reason: 'busy-here', tell: 'busy' }),
    'busy-there': () => ringingOut().on({ type: 'registry', call: { status: 'busy' } }),
    'no-answer': () => ringingOut().wait(45_000),
    missed: () => ringingIn().wait(60_000),
    'cancelled-by-me': () => ringingOut().on({ type: 'hang-up' }),
    'cancelled-by-them': () => ringingIn().on({ type: 'registry', call: { status: 'cancelled' } }),
    unreachable: () => failed('unreachable'),
    'unknown-name': () => failed('unknown-name'),
    'registry-unreachable': () => new Call('outgoing').wait(15_000),
    'not-confirmed': () => connectingOut().wait(5_000),
    'key-changed': () => failed('key-changed'),
    'key-expired': () => activeIn().wait(180_000),
    'clock-wrong': () => refusedOut('clock-wrong'),
    refused: () => refusedOut('refused'),
    'media-lost': () => activeOut().on({ type: 'quiet' }).wait(57_000),
    'program-stopped-there': () => activeOut().on({ type: 'bye', reason: 'program-stopped' }),
    'program-stopped-here': () => activeOut().on({ type: 'program-stopping' }),
    'engine-failed': () => activeOut().on({ type: 'engine-failed' }),
    'engine-failed-there': () => activeOut().on({ type: 'bye', reason: 'media-failed' }),
    'suite-lowered': () => failed('suite-lowered'),
    'registry-refused': () => failed('registry-refused'),
    'words-differ': () => activeOut().on({ type: 'words-differ' }),
  };
  it.each(END_REASONS.map((reason) => [reason] as const))('%s', (reason) => {
    const call = endings[reason]();
    expect(call.reason).toBe(reason);
    expect(call.records().at(-1)).toBe('ended');
  });

  it('a callee waits ten seconds for the confirm, a caller five', () => {
    expect(connectingIn().wait(9_900).at).toBe('connecting');
    expect(connectingIn().wait(10_000).reason).toBe('not-confirmed');
    expect(connectingOut().wait(4_900).at).toBe('connecting');
  });

  it('a peer that hangs up before it was confirmed ends the call too', () => {
    expect(connectingOut().on({ type: 'bye', reason: 'hung-up' }).reason).toBe('hung-up-by-them');
  });
});
