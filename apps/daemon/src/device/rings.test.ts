import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from './clock-virtual.js';
import { FRAME_SAMPLES } from './device.js';
import { Cards } from './native.js';
import { RingInput, RingOutput } from './rings.js';
import { CARD, Card } from './testing/ring-card.js';

let clock: VirtualClock;
let card: Card;
let cards: Cards;
const choice = () => ({
  ...{ cards, clock, choice: 'default', first: CARD },
  find: () => [CARD] as [typeof CARD],
});
const settle = async () => {
  for (let n = 0; n < 10; n++) await Promise.resolve();
};
const ramp = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);

/** Finds the card as it is now. */
const look = async () => {
  cards = new Cards(card, clock);
  await cards.look();
};

beforeEach(async () => {
  clock = new VirtualClock();
  card = new Card();
  await look();
});

describe('a microphone over a ring', () => {
  let frames: number[][];
  const start = () => {
    const input = new RingInput(choice());
    frames = [];
    input.start((frame) => frames.push([...frame]));
    return input;
  };

  it('gives frames of 10 ms as they are full, every sample once', () => {
    const input = start();
    for (let n = 0; n < 12; n++) card.last.capture(ramp(120, n * 120));
    expect(frames).toEqual([0, 480, 960].map((from) => ramp(480, from)));
    expect(input.inUse.state).toBe('running');
  });

  it('hands over all that waited after a block', () => {
    start();
    card.last.held = ramp(FRAME_SAMPLES * 5);
    card.last.options.onWake();
    expect(frames.flat()).toEqual(ramp(FRAME_SAMPLES * 5));
  });

  it('counts what did not fit into the ring, over restarts too', async () => {
    const input = start();
    card.last.missedFrames = FRAME_SAMPLES + 1;
    const before = frames.length;
    card.last.held = ramp(FRAME_SAMPLES);
    card.last.options.onWake();
    expect(frames).toHaveLength(before + 1);
    expect(input.overruns).toBe(2);
    await input.stop();
    expect(input.overruns).toBe(2);
  });

  it('takes the middle of two channels where there is no single one', () => {
    card.takes = ({ channels }) => channels === 2;
    start();
    card.last.capture(ramp(FRAME_SAMPLES).flatMap((value) => [value + 100, value - 100]));
    expect(frames).toEqual([ramp(FRAME_SAMPLES)]);
  });

  it('takes the device’s own rate where ours is refused', async () => {
    card.defaultSampleRate = 44_100;
    await look();
    card.takes = ({ sampleRate }) => sampleRate === 44_100;
    start();
    for (let n = 0; n < 100; n++) card.last.capture(new Array(441).fill(1000));
    expect(frames.length).toBeGreaterThanOrEqual(98);
    expect(frames.length).toBeLessThanOrEqual(100);
    expect(frames.at(-1)!.every((value) => Math.abs(value - 1000) <= 2)).toBe(true);
  });

  it('takes as many channels as a device insists on', async () => {
    card.inputs = 8;
    await look();
    card.takes = ({ channels }) => channels === 8;
    start();
    card.last.capture(new Array(FRAME_SAMPLES * 8).fill(7));
    expect(frames).toEqual([new Array(FRAME_SAMPLES).fill(7)]);
  });

  it('knows how old a frame’s last sample is', () => {
    const input = start();
    expect(input.latencyMs).toBe(0);
    card.last.deviceLatency = 0.004;
    for (let n = 0; n < 4; n++) card.last.capture(ramp(120));
    // 4 ms for the last 2.5 ms, and the 7.5 ms before them, less the 10 ms that a frame is long.
    expect(input.latencyMs).toBeCloseTo(1.5);
  });

  it('asks for what a device names for itself where the sound system is not ALSA', async () => {
    start();
    expect(card.last.options.suggestedLatency).toBeLessThan(0.04);
    card.api = 'MME';
    await look();
    start();
    expect(card.last.options.suggestedLatency).toBe(0.04);
  });
});

const TURN_SAMPLES = FRAME_SAMPLES / 2;

describe('a loudspeaker over a ring', () => {
  let asked: number;
  const start = () => {
    const output = new RingOutput(choice());
    asked = 0;
    output.start((frame) => frame.fill(++asked));
    return output;
  };

  /** A quarter of the device's buffer: what it takes at a time. */
  const TAKEN = 120;
  /** A device takes a buffer of silence as it starts. */
  const begin = () => [1, 2, 3, 4].flatMap(() => card.last.play(TAKEN));

  it('is asked for a turn of 5 ms whenever little is left, and never for more', () => {
    start();
    expect(begin()).toEqual(new Array(480).fill(0));
    // What is taken at a time, and 2.5 ms: exactly a turn, which is not enough.
    expect(asked).toBe(2);
    const played: number[] = [];
    for (let n = 0; n < 500; n++) {
      played.push(...card.last.play(TAKEN));
      expect(card.last.waiting).toBeGreaterThan(card.last.wakeAt);
      expect(card.last.waiting).toBeLessThanOrEqual(card.last.wakeAt + TURN_SAMPLES);
    }
    expect(card.last.misses).toBe(0);
    const [one, two] = [1, 2].map((n) => new Array(TURN_SAMPLES).fill(n));
    expect(played.slice(0, 2 * TURN_SAMPLES + 1)).toEqual([...one!, ...two!, 3]);
  });

  /** This thread has no turn for 50 ms. */
  const heldUp = () => {
    const { last } = card;
    clock.advance(50);
    last.wakes = false;
    for (let n = 0; n < 20; n++) last.play(TAKEN);
    last.wakes = true;
    last.play(TAKEN);
  };

  it('gets more in hand after it ran short, up to a limit, and gives it back unheard', () => {
    const output = start();
    begin();
    const least = card.last.wakeAt;
    heldUp();
    expect(output.underruns).toBe(1);
    expect(card.last.wakeAt).toBe(least + 120);
    for (let n = 0; n < 20; n++) heldUp();
    // What is taken at a time, and 20 ms.
    expect(card.last.wakeAt).toBe(TAKEN + 960);
    const misses = card.last.misses;
    for (let n = 0; n < 200 * 100; n++) {
      clock.advance(10);
      begin();
    }
    expect(card.last.misses).toBe(misses);
    expect(card.last.wakeAt).toBe(least);
  });

  it('gets a longer buffer when its device runs dry again and again', async () => {
    const output = start();
    begin();
    const dry = () => {
      clock.advance(1000);
      card.last.xruns++;
      begin();
      begin();
    };
    // Its first 3 s do not count: a sound server may take 2 s to wake.
    dry();
    dry();
    dry();
    dry();
    expect(card.rings).toHaveLength(1);
    dry();
    await settle();
    expect(card.rings.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    expect(card.rings.map(({ options }) => options.suggestedLatency)).toEqual([0.01, 0.02]);
    expect(output.inUse.state).toBe('running');
    expect(output.underruns).toBe(5);
  });

  it('keeps its buffer when its device runs dry now and then', async () => {
    start();
    begin();
    for (let second = 0; second < 120; second++) {
      clock.advance(1000);
      if (second % 6 === 0) card.last.xruns++;
      begin();
      begin();
    }
    await settle();
    expect(card.rings).toHaveLength(1);
  });

  it('plays on both front loudspeakers and on no other', () => {
    card.takes = ({ channels }) => channels === 2;
    start();
    begin();
    expect(card.last.play(2)).toEqual([1, 1, 1, 1]);
  });

  it('knows how long it takes until a frame is heard', () => {
    const output = start();
    card.last.deviceLatency = 0.006;
    card.last.callbackFrames = 120;
    begin();
    for (let n = 0; n < 4000; n++) card.last.play(TAKEN);
    // 6 ms for what was taken, its 2.5 ms, and the 5 ms that were left, or a little less.
    expect(output.latencyMs).toBeGreaterThan(11);
    expect(output.latencyMs).toBeLessThanOrEqual(13.6);
  });

  it('has its callback’s thread looked after while it is open', async () => {
    const output = start();
    clock.advance(1_000);
    expect(card.last.tamed).toBeGreaterThanOrEqual(4);
    await output.stop();
    const { tamed } = card.last;
    clock.advance(1_000);
    expect(card.last.tamed).toBe(tamed);
  });

  it('is closed and opened again when the stream ends by itself', async () => {
    const output = start();
    card.last.play(TAKEN);
    card.last.hasEnded = true;
    card.last.options.onWake();
    expect(output.inUse.state).toBe('restarting');
    clock.advance(250);
    await settle();
    expect(card.rings.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    begin();
    expect(output.inUse.state).toBe('running');
  });

  it('stops though its stream hangs', async () => {
    const output = start();
    card.last.hangs = true;
    let isStopped = false;
    void output.stop().then(() => {
      isStopped = true;
    });
    await settle();
    clock.advance(1000);
    await settle();
    expect(isStopped).toBe(true);
    const before = asked;
    card.last.play(TAKEN);
    expect(asked).toBe(before);
  });
});
