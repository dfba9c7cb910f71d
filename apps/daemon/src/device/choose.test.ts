import { beforeEach, describe, expect, it } from 'vitest';
import { type LoadedBinding, overNaudiodon } from './binding.js';
import { chooseDevices } from './choose.js';
import { VirtualClock } from './clock-virtual.js';
import { loadNaudiodon, type Naudiodon } from './naudiodon.js';

interface Card {
  name: string;
  inputs: number;
  outputs: number;
}

/** So many ways of opening a device are tried, one after another. */
const FORMATS = 4;
const SPEAKERS: Card = { name: 'Speakers', inputs: 0, outputs: 2 };
const CAMERA: Card = { name: 'Camera', inputs: 1, outputs: 0 };
const HEADSET: Card = { name: 'Headset', inputs: 1, outputs: 2 };

/** A machine with these devices, of which some are the system's own choice; nothing opens. */
class Machine {
  cards: Card[] = [];
  own = { input: '', output: '' };
  opened: number[] = [];
  looked = 0;

  constructor(private readonly clock: VirtualClock) {}

  readonly load = (): LoadedBinding => ({
    binding: overNaudiodon(this as unknown as Naudiodon, this.clock),
  });

  getDevices() {
    this.looked++;
    return this.cards.map(({ name, inputs, outputs }, id) => ({
      id,
      name,
      maxInputChannels: inputs,
      maxOutputChannels: outputs,
      defaultSampleRate: 48_000,
    }));
  }

  getHostAPIs() {
    const id = (wanted: string) => this.cards.findIndex(({ name }) => name === wanted);
    const { input, output } = this.own;
    return {
      defaultHostAPI: 0,
      HostAPIs: [{ defaultInput: id(input), defaultOutput: id(output) }],
    };
  }

  AudioIO(options: { inOptions?: { deviceId: number }; outOptions?: { deviceId: number } }) {
    this.opened.push((options.inOptions ?? options.outOptions)!.deviceId);
    throw new Error('Format not supported');
  }
}

describe('the choice', () => {
  let clock: VirtualClock;
  let machine: Machine;
  beforeEach(() => {
    clock = new VirtualClock();
    machine = new Machine(clock);
  });
  const choose = (input: string, output = input, load: () => LoadedBinding = machine.load) =>
    chooseDevices(input, output, clock, load);
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 50) {
      clock.advance(50);
      for (let n = 0; n < 5; n++) await Promise.resolve();
    }
  };

  it('“default” is the system’s own, of each end', async () => {
    // The default loudspeaker has a microphone too, and stands first: it is not the default one.
    machine.cards = [HEADSET, CAMERA, SPEAKERS];
    machine.own = { input: 'Camera', output: 'Headset' };
    const { input, output, devices } = await choose('default');
    expect(input.inUse).toMatchObject({
      ...{ kind: 'portaudio', name: 'Camera', why: 'The system’s own choice.', state: 'closed' },
    });
    expect(output.inUse).toMatchObject({ name: 'Headset', why: 'The system’s own choice.' });
    expect(devices).toEqual([
      { id: '0', name: 'Headset', inputChannels: 1, outputChannels: 2, isDefault: true },
      { id: '1', name: 'Camera', inputChannels: 1, outputChannels: 0, isDefault: true },
      { id: '2', name: 'Speakers', inputChannels: 0, outputChannels: 2, isDefault: false },
    ]);
  });

  it('“default” is the first that fits where the system has none', async () => {
    machine.cards = [SPEAKERS, CAMERA];
    const { input, output } = await choose('default');
    expect(input.inUse).toMatchObject({ name: 'Camera', why: 'The first microphone found.' });
    expect(output.inUse).toMatchObject({ name: 'Speakers', why: 'The first loudspeaker found.' });
  });

  it('“default” is silence where there is no sound system, and says so', async () => {
    const { input, output, devices } = await choose('default');
    expect(input.inUse).toMatchObject({
      kind: 'silence',
      choice: 'default',
      why: expect.stringMatching(/^There is no microphone on this machine, or no sound server/),
    });
    expect(output.inUse.why).toContain('no loudspeaker');
    expect(devices).toEqual([]);
  });

  it('never fails, also where PortAudio cannot be initialised', async () => {
    machine.getHostAPIs = () => {
      throw new Error('Could not initialize PortAudio');
    };
    expect((await choose('default')).input.inUse.kind).toBe('silence');
  });

  it('by name or number is that device', async () => {
    machine.cards = [CAMERA, HEADSET, HEADSET];
    expect((await choose('portaudio:Headset')).input.inUse).toMatchObject({
      ...{ choice: 'portaudio:Headset', name: 'Headset', why: 'Chosen in the settings.' },
    });
    const second = await choose('portaudio:2');
    second.input.start(() => undefined);
    expect(machine.opened).toEqual(Array(FORMATS).fill(2));
    await second.input.stop();
  });

  it('of a device that is not there is silence, not another device, and says its name', async () => {
    machine.cards = [CAMERA, SPEAKERS];
    const { input, devices } = await choose('portaudio:Headset', 'silence');
    expect(input.inUse).toMatchObject({
      kind: 'silence',
      why: expect.stringContaining('The microphone “Headset” is not there'),
    });
    expect(devices).toHaveLength(2);
  });

  it('is looked for by its name at each opening, wherever it is by then', async () => {
    machine.cards = [CAMERA, HEADSET];
    const { input } = await choose('portaudio:1');
    machine.cards = [SPEAKERS, CAMERA, HEADSET];
    await pass(600);
    input.start(() => undefined);
    expect(machine.opened).toEqual(Array(FORMATS).fill(2));
    // While it is away nothing is tried in its place.
    machine.cards = [SPEAKERS, CAMERA];
    await pass(5000);
    expect(new Set(machine.opened)).toEqual(new Set([2]));
    expect(input.inUse.why).toContain('“Headset” is not there');
    await input.stop();
  });

  it('“default” goes to the next device where the first does not open, and back', async () => {
    machine.cards = [HEADSET, SPEAKERS, CAMERA];
    machine.own = { input: 'Headset', output: 'Headset' };
    const { input } = await choose('default');
    input.start(() => undefined);
    await pass(6000);
    expect(machine.opened.filter((_, n) => n % FORMATS === 0)).toEqual([0, 0, 0, 2, 0, 2]);
    expect(input.inUse).toMatchObject({
      ...{ choice: 'default', name: 'Camera', state: 'failed' },
      why: expect.stringMatching(/^Camera stopped or cannot be opened/),
    });
    await input.stop();
  });

  it('asks PortAudio only where a sound card is wanted, and once for both ends', async () => {
    machine.cards = [HEADSET];
    await choose('silence');
    await choose('echo');
    expect(machine.looked).toBe(0);
    await choose('default');
    expect(machine.looked).toBe(1);
  });

  it('of a file that is not there is silence, and says so', async () => {
    const { input } = await choose('file:/nowhere/speech.wav', 'silence');
    expect(input.inUse).toMatchObject({
      kind: 'silence',
      choice: 'file:/nowhere/speech.wav',
      why: expect.stringContaining('/nowhere/speech.wav cannot be read'),
    });
  });
});

describe('a binding that does not load', () => {
  const failing = (message: string, code?: string) => () =>
    loadNaudiodon(() => {
      throw Object.assign(new Error(message), { code });
    }) as LoadedBinding;
  const whyOf = async (load: () => LoadedBinding) =>
    (await chooseDevices('default', 'default', new VirtualClock(), load)).input.inUse;

  it('for want of a library names the library, and no compiler', async () => {
    const cause = 'libasound.so.2: cannot open shared object file: No such file or directory';
    const inUse = await whyOf(failing(cause, 'ERR_DLOPEN_FAILED'));
    expect(inUse.kind).toBe('silence');
    expect(inUse.why).toContain(cause);
    expect(inUse.why).toContain('libasound2');
    expect(inUse.why).not.toContain('compiler');
  });

  it('since it was never built asks for a compiler, in one line', async () => {
    const cause = "Cannot find module 'naudiodon'\nRequire stack:\n- /home/ann/secret.js";
    const { why } = await whyOf(failing(cause, 'MODULE_NOT_FOUND'));
    expect(why).toContain("Cannot find module 'naudiodon'");
    expect(why).toContain('compiler');
    expect(why).not.toContain('secret');
  });
});
