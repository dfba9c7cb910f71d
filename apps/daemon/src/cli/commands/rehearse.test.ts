/** Tests of the sound devices at the command line: "microphone --play" and "speaker". */
import type { SoundTest } from '@kyberline/shared/snapshot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../problem.js';
import { type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.js';
import { kyberline, until } from '../testing/kyberline.js';
import { paper } from '../testing/paper.js';

let fake: FakeDaemon;
let speaking: NodeJS.Timeout;
/** How loud the microphone hears it. */
let dbfs: number;

beforeEach(async () => {
  fake = await startFakeDaemon();
  dbfs = -100;
  speaking = setInterval(() => fake.watchers.levels({ input: dbfs, output: -100, calls: [] }), 20);
});
afterEach(() => {
  clearInterval(speaking);
  return fake.remove();
});

const asked = (name: string) => fake.asked.some(([what]) => what === name);
const enter = async (soundTest: SoundTest, ms = 60) => {
  fake.show({ soundTest });
  await new Promise((resolve) => setTimeout(resolve, ms));
};

describe('microphone --play', () => {
  it('shows the levels of the recording alone, and says when it is played', async () => {
    const running = kyberline(fake, 'microphone --play');
    await until(() => asked('testRecording'));
    dbfs = -5;
    await enter('idle');
    dbfs = -18;
    await enter('recording', 700);
    dbfs = -3;
    await enter('playing');
    await enter('idle');
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Speak into USB headset\.\n( -18 dB {2}#+\n)+And this is what was heard\.$/,
    );
    expect(fake.asked).toEqual([['testRecording', true]]);
  });

  it('fails when nothing was heard, with the device and the level as JSON', async () => {
    const running = kyberline(fake, 'microphone --play --json');
    await until(() => asked('testRecording'));
    for (const state of ['recording', 'playing', 'idle'] as const) await enter(state);
    const { code, out, err } = await running;
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ device: 'USB headset', loudestDbfs: -100, heard: false });
    expect(err).toContain('Nothing was heard');
  });

  it('ends the test when it is interrupted', async () => {
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'microphone --play', on);
    await until(() => asked('testRecording'));
    on.interrupt();
    await running;
    expect(fake.asked.at(-1)).toEqual(['testRecording', false]);
  });
});

describe('speaker', () => {
  const play = async (line: string) => {
    const running = kyberline(fake, line);
    await until(() => asked('testSpeaker'));
    await enter('tone');
    await enter('idle');
    return running;
  };

  it('says where the chime was played', async () => {
    expect(await play('speaker')).toEqual({
      code: 0,
      out: 'A chime was played on USB headset.',
      err: '',
    });
    expect(JSON.parse((await play('speaker --json')).out)).toEqual({
      device: 'USB headset',
      played: true,
    });
  });

  it('fails where silence is in the place of a loudspeaker, and says why', async () => {
    fake.state.output = { ...fake.state.output, kind: 'silence', why: 'No sound card was found.' };
    const { code, err } = await play('speaker');
    expect(code).toBe(1);
    expect(err).toContain('No sound card was found.');
  });

  it('passes on why it cannot be tested now', async () => {
    fake.react = () => {
      throw new Problem('in-a-call', 'There is a call with bob.');
    };
    expect(await kyberline(fake, 'speaker')).toEqual({
      code: 1,
      out: '',
      err: 'There is a call with bob.',
    });
  });
});
