import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

const PLACE_MS = 10;
const TICKS = 480;
const WORD = 2 ** 32;
/** When a frame of this place comes that was `lateMs` longer on its way than the quickest. */
const at = (place: number, lateMs = 0) => 5000 + place * PLACE_MS + lateMs;

describe("a call's timeline of bare frames", () => {
  it('goes on through a rekey as MODE says, whatever was lost around it', () => {
    const timeline = new Timeline();
    timeline.base(0, 0, 0);
    expect(timeline.indexOf(0, 2999, 0, at(5998))).toBe(5998);
    timeline.base(1, 0, 6010);
    expect(timeline.indexOf(1, 0, 6000, at(6010))).toBe(6010);
    expect(timeline.indexOf(0, 3004, 6012, at(6010, 5))).toBe(6008);
  });

  it('continues behind the newest frame while no MODE has come', () => {
    const timeline = new Timeline();
    expect(timeline.indexOf(7, 100, 0, at(200))).toBe(200);
    expect(timeline.indexOf(8, 0, 202, at(202, 3))).toBe(202);
    expect(timeline.indexOf(8, 1, 204, at(204))).toBe(204);
  });

  it('leaves room for what an epoch began with', () => {
    const timeline = new Timeline();
    timeline.indexOf(7, 100, 0, at(200));
    expect(timeline.indexOf(8, 3, 202, at(200, 2))).toBe(208);
  });

  it('leaves room for older frames that come after the first of an epoch, which no MODE told', () => {
    const timeline = new Timeline();
    timeline.base(7, 97, 194);
    for (const n of [97, 98, 99, 100]) timeline.indexOf(7, n, 2 * n, at(2 * n));
    // Two frames of the old epoch are still on their way.
    expect(timeline.indexOf(8, 0, 202, at(206, 4))).toBe(206);
    expect(timeline.indexOf(7, 101, 208, at(206, 6))).toBe(202);
    expect(timeline.indexOf(7, 102, 208, at(206, 8))).toBe(204);
    expect(timeline.indexOf(8, 1, 208, at(208))).toBe(208);
  });

  it('leaves room where MODE says that the microphone gave nothing, before frames to come alone', () => {
    const timeline = new Timeline();
    timeline.base(0, 0, 0);
    for (let n = 0; n < 50; n++) timeline.indexOf(0, n, 2 * n, at(2 * n));
    timeline.base(0, 50, 116);
    expect(timeline.indexOf(0, 50, 100, at(116))).toBe(116);
    expect(timeline.placeOfTicks(116 * TICKS)).toBe(116);
    expect(timeline.indexOf(0, 51, 118, at(118))).toBe(118);
    expect(timeline.indexOf(0, 49, 120, at(118))).toBe(114);
    timeline.base(0, 51, 218);
    expect(timeline.indexOf(0, 52, 120, at(120))).toBe(120);
  });

  it('takes a first frame that comes very late for no more than 200 ms of lost ones', () => {
    const timeline = new Timeline();
    timeline.indexOf(7, 100, 0, at(200));
    expect(timeline.indexOf(8, 0, 202, at(202, 900))).toBe(222);
  });

  it('learns when the sender paused, and when the way has become longer', () => {
    const paused = new Timeline();
    paused.indexOf(7, 100, 0, at(200));
    paused.indexOf(7, 101, 202, at(202, 60_000));
    expect(paused.indexOf(8, 0, 204, at(204, 60_000))).toBe(204);
    const longer = new Timeline();
    for (let n = 0; n < 10; n++) longer.indexOf(7, n, 2 * n, at(2 * n));
    for (let n = 10; n < 210; n++) longer.indexOf(7, n, 2 * n, at(2 * n, 100));
    expect(longer.indexOf(8, 0, 420, at(420, 100))).toBe(420);
  });

  it('is not moved by a MODE that comes after its frames, but later epochs are', () => {
    const timeline = new Timeline();
    timeline.indexOf(7, 100, 0, at(200));
    timeline.base(7, 100, 10_200);
    expect(timeline.indexOf(7, 101, 0, at(202))).toBe(202);
    timeline.base(8, 0, 10_220);
    expect(timeline.indexOf(8, 0, 0, at(220))).toBe(220);
  });

  it("goes on when the sender's program was started again and counts from another time", () => {
    const timeline = new Timeline();
    timeline.base(3, 0, 18_000);
    expect(timeline.indexOf(3, 50, 0, at(18_100))).toBe(18_100);
    timeline.base(3, 4096, 0);
    expect(timeline.indexOf(3, 4096, 0, at(18_200))).toBe(26_192);
    timeline.base(4, 0, 20);
    expect(timeline.indexOf(4, 0, 0, at(18_220))).toBe(26_212);
  });

  it('remembers a bounded number of epochs', () => {
    const timeline = new Timeline();
    for (let epoch = 0; epoch < 1000; epoch++) timeline.base(epoch, 0, epoch * 20);
    expect(timeline.indexOf(999, 5, 0, at(19_990))).toBe(19_990);
    expect(timeline.indexOf(0, 0, 77, at(19_990))).toBe(97);
  });
});

describe("a call's timeline of frames with timestamps", () => {
  it('stands where the timestamps say, whatever is lost, reordered or of another epoch', () => {
    const timeline = new Timeline();
    expect(timeline.indexAt(0, 0, true, 0, at(0))).toBe(0);
    expect(timeline.indexAt(0, 50 * TICKS, true, 2, at(50))).toBe(50);
    expect(timeline.indexAt(0, 48 * TICKS, false, 52, at(50, 3))).toBe(48);
    expect(timeline.indexAt(1, 52 * TICKS, true, 52, at(52))).toBe(52);
  });

  it('goes on through a wrap of the 32 bits, and back over it for what comes out of order', () => {
    const timeline = new Timeline();
    const last = Math.floor((WORD - 1) / TICKS);
    expect(timeline.indexAt(0, last * TICKS, true, 0, at(last))).toBe(last);
    const wrapped = (place: number) => (place * TICKS) % WORD;
    expect(timeline.indexAt(0, wrapped(last + 4), true, last + 2, at(last + 4))).toBe(last + 4);
    expect(timeline.indexAt(0, wrapped(last - 2), false, last + 6, at(last + 5))).toBe(last - 2);
    expect(timeline.indexAt(0, wrapped(last + 6), true, last + 6, at(last + 6))).toBe(last + 6);
  });

  it('puts before the first that came, behind a wrap, what was sent before it', () => {
    const timeline = new Timeline();
    expect(timeline.indexAt(0, 2 * TICKS, true, 0, at(2))).toBe(2);
    expect(timeline.indexAt(0, WORD - 2 * TICKS, false, 4, at(2, 3))).toBe(-2);
    expect(timeline.indexAt(0, 4 * TICKS, true, 4, at(4))).toBe(4);
  });

  it('never forgets a round: any sender that counts on is followed for good', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 4_000_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_000_000 }), steps, (start, all) => {
        const timeline = new Timeline();
        let place = start;
        let following = 0;
        for (const each of [0, ...all]) {
          place += each;
          const index = timeline.indexAt(0, (place * TICKS) % WORD, true, following, at(place));
          expect(index).toBe(place);
          following = index + 2;
        }
      }),
    );
  });

  it("goes on behind what was heard when the sender's program was started again", () => {
    const timeline = new Timeline();
    timeline.indexAt(3, 90_000 * TICKS, true, 0, at(90_000));
    expect(timeline.indexAt(3, 0, true, 90_002, at(90_010))).toBe(90_010);
    expect(timeline.indexAt(3, 2 * TICKS, true, 90_012, at(90_012))).toBe(90_012);
    expect(timeline.takeAnew()).toBe(true);
    expect(timeline.takeAnew()).toBe(false);
    // What the sender says of bare frames from now on is meant by its new count.
    timeline.base(4, 0, 10);
    expect(timeline.indexOf(4, 0, 90_014, at(90_020))).toBe(90_020);
  });

  it('stands where it is due after a pause of seconds, and 10 s on after a longer one', () => {
    for (const [pauseMs, index] of [
      [4_000, 90_402],
      [60_000, 91_002],
    ] as const) {
      const timeline = new Timeline();
      timeline.indexAt(3, 90_000 * TICKS, true, 0, at(90_000));
      expect(timeline.indexAt(3, 0, true, 90_002, at(90_002, pauseMs))).toBe(index);
    }
  });

  it('lets a packet be late that is only old', () => {
    const timeline = new Timeline();
    timeline.indexAt(3, 90_000 * TICKS, true, 0, at(90_000));
    expect(timeline.indexAt(3, 80_000 * TICKS, false, 90_002, at(90_002))).toBe(80_000);
    expect(timeline.indexAt(3, 90_002 * TICKS, true, 90_002, at(90_002))).toBe(90_002);
  });
});

describe("a call's timeline between the two", () => {
  it('is one, whichever came first', () => {
    const timeline = new Timeline();
    timeline.base(0, 0, 0);
    expect(timeline.indexOf(0, 9, 0, at(18))).toBe(18);
    expect(timeline.indexAt(0, 20 * TICKS, true, 20, at(20))).toBe(20);
    const other = new Timeline();
    expect(other.indexAt(0, 20 * TICKS, true, 0, at(20))).toBe(20);
    other.base(0, 11, 22);
    expect(other.indexOf(0, 11, 22, at(22))).toBe(22);
  });

  it('keeps its distance from a sender whose MODE came too late', () => {
    const timeline = new Timeline();
    timeline.indexOf(0, 0, 0, at(0));
    timeline.base(0, 1, 1002);
    expect(timeline.indexAt(0, 1004 * TICKS, true, 4, at(4))).toBe(4);
  });

  it('takes bare frames that come late, behind those with timestamps, to their old places', () => {
    const timeline = new Timeline();
    timeline.base(0, 0, 0);
    timeline.indexOf(0, 4998, 9996, at(9996));
    expect(timeline.indexAt(0, 10_000 * TICKS, true, 9998, at(10_000))).toBe(10_000);
    expect(timeline.indexOf(0, 4999, 10_002, at(10_000, 2))).toBe(9998);
  });

  it('puts bare frames behind shorter ones as MODE says, or by their arrival until it comes', () => {
    const told = new Timeline();
    const untold = new Timeline();
    for (const timeline of [told, untold]) {
      timeline.base(0, 0, 0);
      timeline.indexOf(0, 0, 0, at(0));
      // Frames of 10 ms, so that counters run at half the pace that bare frames mean.
      for (let n = 0; n < 1000; n++) {
        timeline.indexAt(0, (2 + n) * TICKS, true, 2 + n, at(2 + n));
      }
    }
    told.base(0, 1001, 1002);
    // It is by MODE and not by their arrival: three frames before it are still on their way.
    expect(told.indexOf(0, 1004, 1002, at(1002))).toBe(1008);
    expect(told.indexOf(0, 1001, 1010, at(1002))).toBe(1002);
    // Once they are being played, no other MODE moves them.
    told.base(0, 1001, 5000);
    expect(told.indexOf(0, 1005, 1010, at(1010))).toBe(1010);
    expect(untold.indexOf(0, 1001, 1002, at(1002))).toBe(1002);
    untold.base(0, 1001, 1002);
    expect(untold.indexOf(0, 1002, 1004, at(1004))).toBe(1004);
  });

  it('puts a bare frame of an epoch that no MODE told behind those with timestamps', () => {
    const timeline = new Timeline();
    for (let n = 0; n < 500; n++) timeline.indexAt(0, 2 * n * TICKS, true, 2 * n, at(2 * n));
    expect(timeline.indexOf(0, 500, 1000, at(1000))).toBe(1000);
  });
});
