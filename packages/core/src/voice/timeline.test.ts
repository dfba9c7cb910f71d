import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

describe("a call's timeline", () => {
  it('goes on through a rekey as MODE says, whatever was lost around it', () => {
    const timeline = new Timeline();
    timeline.base(0, 0, 0);
    expect(timeline.indexOf(0, 2999, 0)).toBe(2999);
    timeline.base(1, 0, 3005);
    expect(timeline.indexOf(1, 0, 3000)).toBe(3005);
    expect(timeline.indexOf(0, 3004, 3006)).toBe(3004);
  });

  it('continues behind the newest frame while no MODE has come', () => {
    const timeline = new Timeline();
    expect(timeline.indexOf(7, 100, 0)).toBe(100);
    expect(timeline.indexOf(8, 0, 101)).toBe(101);
    expect(timeline.indexOf(8, 1, 102)).toBe(102);
  });

  it('is not moved by a MODE that comes after its frames, but later epochs are', () => {
    const timeline = new Timeline();
    timeline.indexOf(7, 100, 0);
    timeline.base(7, 100, 5100);
    expect(timeline.indexOf(7, 101, 0)).toBe(101);
    timeline.base(8, 0, 5110);
    expect(timeline.indexOf(8, 0, 0)).toBe(110);
  });

  it("goes on when the sender's program was started again and counts from another time", () => {
    const timeline = new Timeline();
    timeline.base(3, 0, 9000);
    expect(timeline.indexOf(3, 50, 0)).toBe(9050);
    timeline.base(3, 4096, 0);
    expect(timeline.indexOf(3, 4096, 0)).toBe(13_096);
    timeline.base(4, 0, 10);
    expect(timeline.indexOf(4, 0, 0)).toBe(13_106);
  });

  it('remembers a bounded number of epochs', () => {
    const timeline = new Timeline();
    for (let epoch = 0; epoch < 1000; epoch++) timeline.base(epoch, 0, epoch * 10);
    expect(timeline.indexOf(999, 5, 0)).toBe(9995);
    expect(timeline.indexOf(0, 0, 77)).toBe(77);
  });
});
