import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

const FRAME_MS = 20;
/** When a frame comes that was `lateMs` longer on its way than the quickest. */
const at = (frame: number, lateMs = 0) => 5000 + frame * FRAME_MS + lateMs;

describe("a call's timeline", () => {
  it('goes on through a rekey as MODE says, whatever was lost around it', () => {
    const timeline = new Timeline(FRAME_MS);
    timeline.base(0, 0, 0);
    expect(timeline.indexOf(0, 2999, 0, at(2999))).toBe(2999);
    timeline.base(1, 0, 3005);
    expect(timeline.indexOf(1, 0, 3000, at(3005))).toBe(3005);
    expect(timeline.indexOf(0, 3004, 3006, at(3005, 5))).toBe(3004);
  });

  it('continues behind the newest frame while no MODE has come', () => {
    const timeline = new Timeline(FRAME_MS);
    expect(timeline.indexOf(7, 100, 0, at(100))).toBe(100);
    expect(timeline.indexOf(8, 0, 101, at(101, 3))).toBe(101);
    expect(timeline.indexOf(8, 1, 102, at(102))).toBe(102);
  });

  it('leaves room for what an epoch began with', () => {
    const timeline = new Timeline(FRAME_MS);
    timeline.indexOf(7, 100, 0, at(100));
    expect(timeline.indexOf(8, 3, 101, at(100, 2))).toBe(104);
  });

  it('leaves room for older frames that come after the first of an epoch, which no MODE told', () => {
    const timeline = new Timeline(FRAME_MS);
    timeline.base(7, 97, 97);
    for (const n of [97, 98, 99, 100]) timeline.indexOf(7, n, n, at(n));
    // Two frames of the old epoch are still on their way.
    expect(timeline.indexOf(8, 0, 101, at(103, 4))).toBe(103);
    expect(timeline.indexOf(7, 101, 104, at(103, 6))).toBe(101);
    expect(timeline.indexOf(7, 102, 104, at(103, 8))).toBe(102);
    expect(timeline.indexOf(8, 1, 104, at(104))).toBe(104);
  });

  it('takes a first frame that comes very late for no more than 200 ms of lost ones', () => {
    const timeline = new Timeline(FRAME_MS);
    timeline.indexOf(7, 100, 0, at(100));
    expect(timeline.indexOf(8, 0, 101, at(101, 900))).toBe(111);
  });

  it('learns when the sender paused, and when the way has become longer', () => {
    const paused = new Timeline(FRAME_MS);
    paused.indexOf(7, 100, 0, at(100));
    paused.indexOf(7, 101, 101, at(101, 60_000));
    expect(paused.indexOf(8, 0, 102, at(102, 60_000))).toBe(102);
    const longer = new Timeline(FRAME_MS);
    for (let n = 0; n < 10; n++) longer.indexOf(7, n, n, at(n));
    for (let n = 10; n < 210; n++) longer.indexOf(7, n, n, at(n, 100));
    expect(longer.indexOf(8, 0, 210, at(210, 100))).toBe(210);
  });

  it('is not moved by a MODE that comes after its frames, but later epochs are', () => {
    const timeline = new Timeline(FRAME_MS);
    timeline.indexOf(7, 100, 0, at(100));
    timeline.base(7, 100, 5100);
    expect(timeline.indexOf(7, 101, 0, at(101))).toBe(101);
    timeline.base(8, 0, 5110);
    expect(timeline.indexOf(8, 0, 0, at(110))).toBe(110);
  });

  it("goes on when the sender's program was started again and counts from another time", () => {
    const timeline = new Timeline(FRAME_MS);
    timeline.base(3, 0, 9000);
    expect(timeline.indexOf(3, 50, 0, at(9050))).toBe(9050);
    timeline.base(3, 4096, 0);
    expect(timeline.indexOf(3, 4096, 0, at(9100))).toBe(13_096);
    timeline.base(4, 0, 10);
    expect(timeline.indexOf(4, 0, 0, at(9110))).toBe(13_106);
  });

  it('remembers a bounded number of epochs', () => {
    const timeline = new Timeline(FRAME_MS);
    for (let epoch = 0; epoch < 1000; epoch++) timeline.base(epoch, 0, epoch * 10);
    expect(timeline.indexOf(999, 5, 0, at(9995))).toBe(9995);
    expect(timeline.indexOf(0, 0, 77, at(9995))).toBe(87);
  });
});
