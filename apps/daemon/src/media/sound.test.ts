import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../device/clock-virtual.js';
import type { Standing } from '../device/device.js';
import { Paced } from '../device/paced.js';
import { SilentInput, SilentOutput } from '../device/silence.js';
import type { EngineToDaemon } from './messages.js';
import { type ChosenDevices, Sound } from './sound.js';

const HEADSET: SoundDevice = {
  id: '0',
  name: 'Headset',
  inputChannels: 1,
  outputChannels: 2,
  isDefault: true,
};

/** Both ends of a headset at once, which hears and plays ones. */
class Headset extends Paced {
  overruns = 0;
  readonly latencyMs = 0;
  readonly underruns = 0;
  /** How long it takes to close. */
  closes: Promise<void> | undefined;

  constructor(clock: VirtualClock, choice: string) {
    super(clock, { choice, kind: 'portaudio', name: 'Headset', why: 'It is there.' });
  }

  get itsStanding(): Standing {
    return this.standing;
  }

  start(turn: (frame: Int16Array) => void): void {
    this.run(() => turn(this.frame.fill(1)));
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.closes;
  }
}

describe("the engine's sound", () => {
  let clock: VirtualClock;
  let sound: Sound;
  /** What is plugged in. */
  let has: { input: boolean; output: boolean };
  let chosen: { input: string; output: string }[];
  let devices: Headset[];
  let told: Extract<EngineToDaemon, { type: 'device-state' }>[];
  let captured: number[];
  let missed: number;
  let opened: number;
  let scouted: number;
  /** What another program finds. */
  let there: SoundDevice[];
  let played: number;

  const choose = async (input: string, output: string): Promise<ChosenDevices> => {
    chosen.push({ input, output });
    const make = () => {
      const device = new Headset(clock, 'default');
      devices.push(device);
      return device;
    };
    const none = 'There is no sound system.';
    return {
      input:
        input !== 'silence' && has.input
          ? make()
          : new SilentInput(clock, input, input === 'silence' ? 'Chosen.' : none),
      output:
        output !== 'silence' && has.output
          ? make()
          : new SilentOutput(clock, output, output === 'silence' ? 'Chosen.' : none),
      devices: has.input || has.output ? [HEADSET] : [],
    };
  };
  const open = async (input = 'default', output = 'default') => {
    sound = await Sound.open(
      {
        choose,
        clock,
        capture: (frame) => captured.push(frame[0]!),
        missed: (frames) => {
          missed += frames;
        },
        play: () => played++,
        outputOpened: () => opened++,
        scout: async () => {
          scouted++;
          return there;
        },
        emit: (message) => {
          if (message.type === 'device-state') told.push(message);
        },
      },
      input,
      output,
    );
  };
  const settled = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 10) {
      clock.advance(10);
      await settled();
    }
  };
  const kinds = (): DeviceInUse['kind'][] => [sound.state.input.kind, sound.state.output.kind];

  beforeEach(() => {
    clock = new VirtualClock();
    has = { input: true, output: true };
    there = [HEADSET];
    [chosen, devices, told, captured] = [[], [], [], []];
    [missed, opened, played, scouted] = [0, 0, 0, 0];
  });
  afterEach(() => sound.close());

  it('is looked for every 10 s where there was none at the start, and is there by itself', async () => {
    has = { input: false, output: false };
    await open();
    await pass(25_000);
    expect(chosen).toHaveLength(3);
    // Nothing new, so nothing is said.
    expect(told).toEqual([]);
    has = { input: true, output: true };
    await pass(10_000);
    expect(kinds()).toEqual(['portaudio', 'portaudio']);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ devices: [HEADSET], input: { kind: 'portaudio' } });
    await pass(60_000);
    expect(chosen).toHaveLength(4);
  });

  it('is looked for when it is needed, without waiting for the 10 s', async () => {
    has = { input: false, output: false };
    await open();
    has = { input: true, output: true };
    sound.need({ input: true, output: true });
    await pass(200);
    expect(kinds()).toEqual(['portaudio', 'portaudio']);
    expect(captured).toContain(1);
    expect(played).toBeGreaterThan(10);
  });

  it('is looked for in a call in which nothing is heard anyway', async () => {
    has = { input: false, output: false };
    await open();
    sound.need({ input: true, output: true });
    await pass(5_000);
    expect(new Set(captured)).toEqual(new Set([0]));
    has = { input: true, output: true };
    await pass(10_000);
    expect(kinds()).toEqual(['portaudio', 'portaudio']);
    expect(captured.at(-1)).toBe(1);
  });

  it('is looked for elsewhere in a call in which something is heard, and opened once it is there', async () => {
    has = { input: false, output: true };
    await open();
    sound.need({ input: true, output: true });
    await pass(100);
    const before = chosen.length;
    await pass(20_000);
    // What is known here already is none.
    expect(scouted).toBe(4);
    expect(chosen).toHaveLength(before);
    expect(kinds()).toEqual(['silence', 'portaudio']);
    has = { input: true, output: true };
    there = [{ ...HEADSET, name: 'Another headset' }];
    await pass(5_500);
    expect(chosen).toHaveLength(before + 1);
    expect(kinds()).toEqual(['portaudio', 'portaudio']);
    expect(captured.at(-1)).toBe(1);
    await pass(120_000);
    expect([scouted, chosen.length]).toEqual([5, before + 1]);
  });

  it('is not tried more than once a minute where it does not open after all', async () => {
    has = { input: false, output: true };
    there = [{ ...HEADSET, name: 'Another headset' }];
    await open();
    sound.need({ input: true, output: true });
    await pass(100);
    const before = chosen.length;
    await pass(60_000);
    expect(chosen).toHaveLength(before + 1);
  });

  it('keeps count of time where a device stops in mid-call', async () => {
    await open();
    sound.need({ input: true, output: true });
    await pass(1_000);
    expect(missed).toBe(0);
    expect(opened).toBe(1);
    for (const device of devices) await device.stop();
    await pass(2_000);
    expect(missed).toBe(14);
    expect(Math.abs(captured.length + missed - 300)).toBeLessThan(3);
    // What nobody asked for in time is taken at once: it must not wait behind what comes next.
    expect(Math.abs(played - 300)).toBeLessThan(3);
  });

  it('passes over what a microphone has lost', async () => {
    await open();
    sound.need({ input: true, output: true });
    await pass(500);
    devices[0]!.overruns += 18;
    await pass(500);
    expect(missed).toBe(18);
    expect(sound.missed.overruns).toBe(18);
  });

  it('is not looked for where silence was chosen, or all is there', async () => {
    await open('silence', 'default');
    sound.need({ input: true, output: true });
    await pass(60_000);
    sound.need({ input: false, output: false });
    await pass(60_000);
    expect(chosen).toHaveLength(1);
  });

  it('tells of a device that is plugged in though it is not the one that was chosen', async () => {
    has = { input: false, output: false };
    await open('default', 'silence');
    has = { input: false, output: true };
    await pass(10_000);
    expect(told.at(-1)).toMatchObject({ devices: [HEADSET], input: { kind: 'silence' } });
  });

  it('keeps the rhythm of a call while devices are exchanged, however long the old ones close', async () => {
    await open();
    sound.need({ input: true, output: true });
    await pass(1000);
    let closed: () => void = () => undefined;
    devices[0]!.closes = new Promise((resolve) => {
      closed = resolve;
    });
    const [before, playedBefore] = [captured.length, played];
    sound.use('default', 'default');
    await pass(1000);
    closed();
    await pass(1000);
    // Of 200 turns those of the 150 ms are lost after which a device counts as absent.
    expect(captured.length - before).toBeGreaterThanOrEqual(180);
    expect(captured.length - before).toBeLessThanOrEqual(201);
    expect(played - playedBefore).toBeGreaterThanOrEqual(180);
    expect(captured.at(-1)).toBe(1);
  });

  it('opens what is needed, closes what is not, and says so', async () => {
    await open();
    sound.need({ input: true, output: false });
    await pass(100);
    expect([sound.state.input.state, sound.state.output.state]).toEqual(['running', 'closed']);
    expect(played).toBe(0);
    sound.need({ input: false, output: false });
    await pass(100);
    expect(told.map(({ input }) => input.state)).toEqual(['running', 'closed']);
    const before = captured.length;
    await pass(1000);
    expect(captured).toHaveLength(before);
  });

  it('has no more to say of a device that was exchanged', async () => {
    await open();
    const [old] = devices;
    sound.use('silence', 'silence');
    await settled();
    const before = told.length;
    old!.itsStanding.enter('failed', 'It was unplugged.');
    expect(told).toHaveLength(before);
    expect(kinds()).toEqual(['silence', 'silence']);
  });

  it('is over once it is closed', async () => {
    has = { input: false, output: false };
    await open();
    sound.need({ input: true, output: true });
    await pass(1000);
    await sound.close();
    const before = [captured.length, played, chosen.length];
    await pass(30_000);
    expect([captured.length, played, chosen.length]).toEqual(before);
  });
});
