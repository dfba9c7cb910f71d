/** What the doctor says of sound, shown each trouble. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNaudiodon } from '../../device/naudiodon.js';
import { type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.js';
import type { Finding } from './finding.js';
import { checkEngine, checkSound } from './sound.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

const wrong = (findings: Finding[]) =>
  findings.filter(({ status }) => status === 'wrong').map(({ sentence }) => sentence);

describe('the doctor on sound', () => {
  it('is content with a headset, and tells what was chosen', () => {
    expect(checkSound(fake.state, 'linux').map(({ status }) => status)).toEqual(['ok', 'ok']);
    fake.state.settings.input = 'file:/tmp/a.wav';
    expect(checkSound(fake.state, 'linux')[0]).toMatchObject({
      status: 'note',
      sentence: 'The microphone is file:/tmp/a.wav, as you chose.',
    });
  });

  it('finds that there is no sound server, unless none is needed', () => {
    fake.state.devices = [];
    expect(wrong(checkSound(fake.state, 'linux'))[0]).toContain('pulseaudio --start');
    expect(wrong(checkSound(fake.state, 'darwin'))[0]).not.toContain('pulseaudio');
    fake.state.settings.input = 'silence';
    fake.state.settings.output = 'file:/tmp/out.wav';
    expect(wrong(checkSound(fake.state, 'linux'))).toEqual([]);
  });

  it('finds that there is no microphone', () => {
    fake.state.devices[0]!.inputChannels = 0;
    expect(wrong(checkSound(fake.state, 'linux'))).toEqual([
      "There is no microphone. Plug one in, or switch it on in the system's settings.",
    ]);
  });

  it('says why there is silence in the place of what was chosen', () => {
    fake.state.input = {
      choice: 'portaudio:Headset',
      kind: 'silence',
      name: 'silence',
      why: 'The microphone “Headset” is not there.',
      state: 'closed',
    };
    fake.state.devices[0]!.inputChannels = 0;
    expect(wrong(checkSound(fake.state, 'linux'))).toEqual([
      expect.stringContaining('The microphone “Headset” is not there.'),
    ]);
  });

  it('says what keeps PortAudio from loading, and starts no sound server for it', () => {
    const { why } = loadNaudiodon(() => {
      throw Object.assign(new Error('libasound.so.2: cannot open shared object file'), {
        code: 'ERR_DLOPEN_FAILED',
      });
    });
    fake.state.devices = [];
    for (const end of ['input', 'output'] as const) {
      fake.state[end] = { ...fake.state[end], kind: 'silence', why: why! };
    }
    const [sentence, ...more] = wrong(checkSound(fake.state, 'linux'));
    expect(more).toEqual([]);
    expect(sentence).toContain('libasound.so.2');
    expect(sentence).toContain('apt-get install');
    expect(sentence).not.toContain('pulseaudio --start');
  });

  it('says why a device that is there cannot be used', () => {
    fake.state.output = { ...fake.state.output, state: 'failed', why: 'It was unplugged.' };
    expect(wrong(checkSound(fake.state, 'linux'))[0]).toContain('It was unplugged.');
  });

  it('leaves sound alone while the engine does not run, and says why that is', () => {
    fake.state.engine = {
      state: 'failed',
      udpPort: 0,
      restarts: 3,
      problem: 'UDP port 1 is taken.',
    };
    expect(checkSound(fake.state, 'linux')).toEqual([]);
    expect(wrong(checkEngine(fake.state))[0]).toContain('UDP port 1 is taken.');
  });
});
