import type { ControlMessage } from '@kyberline/core/call/control';
import { describe, expect, it } from 'vitest';
import { ControlStream, type Mode, type Report } from './control-stream.js';

const MODE: Mode = {
  codec: 1,
  frameMs: 20,
  muted: false,
  held: false,
  epoch: 0,
  counter: 0,
  timestamp: 0,
};
const REPORT: Report = {
  received: 10,
  lost: 1,
  concealed: 2,
  jitterMicros: 2_000,
  lossRatio: 0,
  longestBurst: 0,
  queueMs: 0,
  delayTrend: 0,
  driftPpm: 0,
};
const TICK_MS = 50;

function stream(firstSequence = 7, isUrgent = () => false) {
  const said: { at: number; message: ControlMessage }[] = [];
  let now = 0;
  const control = new ControlStream(
    (message) => said.push({ at: now, message }),
    () => REPORT,
    isUrgent,
    () => undefined,
    firstSequence,
  );
  return {
    control,
    said: (kind: ControlMessage['kind']) => said.filter(({ message }) => message.kind === kind),
    now: () => now,
    run(ms: number) {
      for (const until = now + ms; now < until; ) {
        now += TICK_MS;
        control.tick(now);
      }
    },
  };
}

const timesOf = (said: { at: number }[]) => said.map(({ at }) => at);

describe("the engine's own talk", () => {
  it('does not begin before there is audio to tell of', () => {
    const { said, run } = stream();
    run(2_000);
    for (const kind of ['PING', 'REPORT', 'MODE'] as const) expect(said(kind)).toEqual([]);
  });

  it('says MODE every 250 ms until a REPORT names its number', () => {
    const { control, said, run } = stream();
    control.announce(MODE, 0);
    run(600);
    expect(timesOf(said('MODE'))).toEqual([0, 250, 500]);
    const report = { kind: 'REPORT', ...REPORT } as const;
    control.reported({ ...report, modeSequence: 6 });
    run(250);
    expect(said('MODE')).toHaveLength(4);
    control.reported({ ...report, modeSequence: 7 });
    run(2_000);
    expect(said('MODE')).toHaveLength(4);
  });

  it('reports once a second, and sooner while that cannot wait', () => {
    let urgent = false;
    const { control, said, run } = stream(7, () => urgent);
    control.announce(MODE, 0);
    run(3_000);
    expect(timesOf(said('REPORT'))).toEqual([50, 1_050, 2_050]);
    urgent = true;
    run(1_000);
    expect(timesOf(said('REPORT')).slice(3)).toEqual([3_050, 3_450, 3_850]);
    urgent = false;
    run(2_000);
    expect(timesOf(said('REPORT')).slice(6)).toEqual([4_850, 5_850]);
  });

  it('numbers its MODEs from 1 to 255 and never 0', () => {
    const { control, said } = stream(254);
    for (let n = 0; n < 3; n++) control.announce(MODE, 0);
    expect(said('MODE').map(({ message }) => message)).toMatchObject([
      { sequence: 254 },
      { sequence: 255 },
      { sequence: 1 },
    ]);
  });

  it('reports every second, and a new MODE of the peer at once', () => {
    const { control, said, run, now } = stream();
    control.announce(MODE, 0);
    run(1_500);
    expect(timesOf(said('REPORT'))).toEqual([50, 1_050]);
    expect(control.mode(3, 0, 5, now())).toBe(true);
    expect(control.mode(3, 0, 6, now())).toBe(true);
    expect(said('REPORT').slice(2)).toMatchObject([
      { at: 1_500, message: { modeSequence: 3, received: 10, lost: 1, jitterMicros: 2_000 } },
    ]);
  });

  it('takes no MODE that a newer one overtook', () => {
    const { control, now } = stream();
    expect(control.mode(3, 1, 5, now())).toBe(true);
    expect(control.mode(2, 1, 4, now())).toBe(false);
    expect(control.mode(1, 0, 900, now())).toBe(false);
    expect(control.mode(4, 2, 0, now())).toBe(true);
  });

  it('takes the least of its round trips, and a PONG for each PING once', () => {
    const { control, said, run } = stream();
    control.announce(MODE, 0);
    run(2_050);
    const ids = said('PING').map(({ message }) => (message.kind === 'PING' ? message.id : -1));
    expect(ids).toEqual([1, 2, 3]);
    const pong = { kind: 'PONG', sentMicros: 0, answeredMicros: 0 } as const;
    control.pong({ ...pong, id: 99 }, 2_060);
    expect(control.roundTripMs).toBeUndefined();
    control.pong({ ...pong, id: 2 }, 1_090);
    control.pong({ ...pong, id: 3 }, 2_080);
    control.pong({ ...pong, id: 3 }, 2_051);
    expect(control.roundTripMs).toBe(30);
  });

  it('answers a PING with its own clock', () => {
    const { control, said } = stream();
    control.ping({ kind: 'PING', id: 5, sentMicros: 77 }, 12.5);
    expect(said('PONG').map(({ message }) => message)).toEqual([
      { kind: 'PONG', id: 5, sentMicros: 77, answeredMicros: 12_500 },
    ]);
  });
});

describe('the goodbye', () => {
  it('is said five times in 1.5 s while nobody answers, then lingers for 2 s', () => {
    const { control, said, run } = stream();
    control.close('hung-up', 0);
    run(1_450);
    expect(timesOf(said('BYE'))).toEqual([0, 300, 600, 900, 1_200]);
    expect([control.isSayingBye, control.isGone]).toEqual([true, false]);
    run(50);
    expect([control.isSayingBye, control.isGone]).toEqual([false, false]);
    run(2_000);
    expect(control.isGone).toBe(true);
    expect(said('BYE')).toHaveLength(5);
  });

  it('ends with the answer', () => {
    const { control, said, run, now } = stream();
    control.close('hung-up', 0);
    expect(control.bye(now())).toBe(false);
    run(1_500);
    expect(said('BYE')).toHaveLength(1);
    expect([control.isSayingBye, control.isEnding]).toEqual([false, true]);
  });

  it('of the peer is news once, and is answered a few times more', () => {
    const { control, said } = stream();
    const news = Array.from({ length: 20 }, () => control.bye(0));
    expect(news.filter((isNews) => isNews)).toHaveLength(1);
    expect(said('BYE')).toHaveLength(1 + 5);
  });

  it('is not said where there is no reason for one', () => {
    const { control, said } = stream();
    control.close(undefined, 0);
    expect(control.isGone).toBe(true);
    expect(control.bye(0)).toBe(false);
    expect(said('BYE')).toEqual([]);
  });

  it('ends all other talk', () => {
    const { control, said, run, now } = stream();
    control.announce(MODE, 0);
    control.close('hung-up', 0);
    control.ping({ kind: 'PING', id: 1, sentMicros: 0 }, 0);
    control.mode(9, 0, 0, now());
    run(3_000);
    expect([...said('PING'), ...said('PONG'), ...said('REPORT')]).toEqual([]);
    expect(said('MODE')).toHaveLength(1);
  });
});
