import { beforeEach, describe, expect, it } from 'vitest';
import type { Candidates } from './candidates.js';
import { VirtualClock } from './clock-virtual.js';
import { Restarting } from './restarting.js';

const CHUNK_MS = 10;
const HEADSET = { deviceId: 4, name: 'Headset', why: 'The system’s own choice.' };
const CAMERA = { deviceId: 2, name: 'Camera', why: 'Used since “Headset” does not open.' };
const MISSING = 'The microphone is not there.';

/** A sound card whose streams do what the test says. */
class Card extends Restarting {
  /** When each stream was asked for, and of which device. */
  opened: { at: number; deviceId: number }[] = [];
  closed = 0;
  /** Ids that cannot be opened. */
  broken = new Set<number>();
  /** Chunks that go through in 10 ms. */
  speed = 1;
  closes: Promise<void> | undefined;
  #open = false;

  constructor(clock: VirtualClock, mayRace: boolean, find: () => Candidates | string) {
    super(clock, CHUNK_MS, mayRace, { choice: 'default', first: HEADSET, find });
  }

  start(): void {
    this.begin();
  }

  /** What a stream's own events do. */
  fail(): void {
    this.#open = false;
    this.trouble();
  }

  turn(): void {
    for (let n = 0; this.#open && n < this.speed; n++) this.alive();
  }

  protected open(deviceId: number): void {
    this.opened.push({ at: this.clock.now(), deviceId });
    if (this.broken.has(deviceId)) throw new Error('Format not supported');
    this.#open = true;
  }

  protected async close(): Promise<void> {
    this.#open = false;
    this.closed++;
    await this.closes;
  }
}

describe('a sound card in trouble', () => {
  let clock: VirtualClock;
  let found: Candidates | string;
  let card: Card;
  let told: string[];
  const make = (mayRace = true) => {
    card = new Card(clock, mayRace, () => found);
    told = [];
    card.onChange(() => told.push(card.inUse.state));
  };
  /** Time passes, with promises kept and chunks on their way. */
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += CHUNK_MS) {
      clock.advance(CHUNK_MS);
      card.turn();
      for (let n = 0; n < 5; n++) await Promise.resolve();
    }
  };
  const times = () => card.opened.map(({ at }) => at);

  beforeEach(() => {
    clock = new VirtualClock();
    found = [HEADSET];
    make();
  });

  it('is opened once and runs while nothing is wrong', async () => {
    card.start();
    await pass(60_000);
    expect(card.opened).toEqual([{ at: 0, deviceId: 4 }]);
    expect(told).toEqual(['running']);
  });

  it('that gives nothing for 2.5 s is closed and opened again', async () => {
    card.start();
    await pass(1000);
    card.speed = 0;
    await pass(2400);
    expect(card.inUse.state).toBe('running');
    await pass(500);
    card.speed = 1;
    expect(card.inUse).toMatchObject({
      state: 'restarting',
      name: 'Headset',
      why: expect.stringContaining('Headset stopped'),
    });
    expect(card.closed).toBe(1);
    await pass(100);
    expect(card.opened).toHaveLength(2);
    expect(card.inUse).toMatchObject({ state: 'running', why: HEADSET.why });
  });

  it('that never gives anything is taken for stalled too', async () => {
    card.speed = 0;
    card.start();
    await pass(3000);
    expect(card.opened).toHaveLength(2);
  });

  it('that plays ten times too fast is opened again', async () => {
    card.start();
    await pass(2000);
    card.speed = 10;
    for (let n = 0; n < 200 && card.opened.length === 1; n++) await pass(CHUNK_MS);
    // Seen within a second and a check, then the wait; a new stream has the right pace.
    expect(clock.now()).toBeLessThanOrEqual(2000 + 1000 + 2 * 200 + 250);
    card.speed = 1;
    await pass(10_000);
    expect(card.opened).toHaveLength(2);
    expect(card.inUse.state).toBe('running');
  });

  it('may hand over what it held back, where it is a microphone', async () => {
    make(false);
    card.start();
    await pass(2000);
    card.speed = 10;
    await pass(1500);
    expect(card.opened).toHaveLength(1);
  });

  it('says so by an error and is opened again, later each time', async () => {
    card.broken.add(4);
    card.start();
    await pass(12_000);
    // The waits are 0.25, 0.5, 1 and 2 s, and then 2 s for as long as it takes.
    expect(times()).toEqual([0, 250, 750, 1750, 3750, 5750, 7750, 9750, 11_750]);
    expect(told).toEqual(['restarting', 'failed']);
  });

  it('recovers, and is forgiven after a second of its right pace', async () => {
    card.broken.add(4);
    card.start();
    await pass(6000);
    expect(card.inUse.state).toBe('failed');
    card.broken.clear();
    await pass(2000);
    expect(card.inUse).toMatchObject({ state: 'running', why: HEADSET.why });
    await pass(2000);
    const before = times().length;
    card.fail();
    expect(card.inUse.state).toBe('restarting');
    await pass(300);
    expect(times()).toHaveLength(before + 1);
  });

  it('is not forgiven when it fails again at once', async () => {
    card.start();
    for (const wait of [250, 500, 1000, 2000, 2000]) {
      await pass(100);
      card.fail();
      const before = times().length;
      await pass(wait - 50);
      expect(times()).toHaveLength(before);
      await pass(50);
      expect(times()).toHaveLength(before + 1);
    }
  });

  it('is counted once for a stream that reports both an error and its end', async () => {
    card.start();
    await pass(100);
    card.fail();
    card.fail();
    await pass(250);
    expect(card.opened).toHaveLength(2);
  });

  it('is looked for each time, and not opened while it is not there', async () => {
    card.start();
    await pass(1000);
    found = MISSING;
    card.fail();
    await pass(5000);
    expect(card.opened).toHaveLength(1);
    expect(card.inUse).toMatchObject({ state: 'failed', why: MISSING });
    found = [{ ...HEADSET, deviceId: 7 }];
    await pass(2000);
    expect(card.opened.at(-1)?.deviceId).toBe(7);
    expect(card.inUse.state).toBe('running');
  });

  it('hands over to the next device after a few failures, and says which and why', async () => {
    found = [HEADSET, CAMERA];
    card.broken.add(4);
    card.start();
    await pass(3000);
    expect(card.opened.map(({ deviceId }) => deviceId)).toEqual([4, 4, 4, 2]);
    expect(card.inUse).toMatchObject({ state: 'running', name: 'Camera', why: CAMERA.why });
  });

  it('is tried in turns with the others while none of them opens', async () => {
    found = [HEADSET, CAMERA];
    card.broken = new Set([2, 4]);
    card.start();
    await pass(10_000);
    expect(card.opened.map(({ deviceId }) => deviceId)).toEqual([4, 4, 4, 2, 4, 2, 4, 2]);
  });

  it('is the first choice again when it is started again', async () => {
    found = [HEADSET, CAMERA];
    card.broken.add(4);
    card.start();
    await pass(3000);
    await card.stop();
    card.broken.clear();
    card.start();
    await pass(100);
    expect(card.inUse).toMatchObject({ state: 'running', name: 'Headset', why: HEADSET.why });
  });

  it('is left alone once it is stopped', async () => {
    card.start();
    await pass(100);
    card.fail();
    await card.stop();
    await pass(10_000);
    expect(card.opened).toHaveLength(1);
    expect(card.inUse.state).toBe('closed');
  });

  it('is opened once when it is stopped and started while an old stream closes', async () => {
    card.start();
    await pass(100);
    let closed: () => void = () => undefined;
    card.closes = new Promise((resolve) => {
      closed = resolve;
    });
    card.fail();
    await pass(300);
    card.closes = undefined;
    await card.stop();
    card.start();
    closed();
    await pass(500);
    expect(card.opened).toHaveLength(2);
  });
});
