/** What happens, as it happens: events and levels. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callView, type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.js';
import { kyberline, until } from '../testing/kyberline.js';
import { paper } from '../testing/paper.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('watch', () => {
  it('prints one JSON line an event until Ctrl-C', async () => {
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'watch --json', on);
    await until(() => on.stdout() !== '');
    const levels = { input: -20, output: -100, calls: [] };
    fake.watchers.levels(levels);
    await until(() => on.stdout().split('\n').length === 2);
    on.interrupt();
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => JSON.parse(line))).toEqual([
      { type: 'state', state: fake.state },
      { type: 'levels', levels },
    ]);
  });

  it('tells people each change once', async () => {
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'watch', on);
    await until(() => on.stdout().includes('loudspeaker'));
    const before = on.stdout();
    fake.show({ historyRevision: 1 });
    fake.show({ calls: [callView({ phase: 'ringing-here', direction: 'incoming' })] });
    await until(() => on.stdout() !== before);
    fake.show({ warnings: ['speaking-while-muted'] });
    await until(() => on.stdout().includes('muted'));
    on.interrupt();
    expect((await running).out).toBe(
      `${before}\nbob is calling you.\nYou are muted, and you seem to speak. Unmute to be heard.`,
    );
    expect(before).toBe(
      [
        'You are alice.',
        'The registry at http://127.0.0.1:9 is connected.',
        'The sound engine is running.',
        'The microphone, USB headset, is not in use now.',
        'The loudspeaker, USB headset, is not in use now.',
      ].join('\n'),
    );
  });
});

describe('microphone', () => {
  it('shows levels, and switches the meter off again', async () => {
    const speaking = setInterval(
      () => fake.watchers.levels({ input: -18, output: -100, calls: [] }),
      50,
    );
    const { code, out } = await kyberline(fake, 'microphone --seconds 1.2');
    clearInterval(speaking);
    expect(code).toBe(0);
    expect(out).toMatch(/^Speak into USB headset\.\n( -18 dB {2}#+\n?)+$/);
    expect(fake.asked).toEqual([
      ['testMicrophone', true],
      ['testMicrophone', false],
    ]);
  });

  it('fails when nothing is heard, also when interrupted', async () => {
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'microphone --seconds 60 --json', on);
    await until(() => fake.asked.length === 1);
    on.interrupt();
    const { code, out, err } = await running;
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ device: 'USB headset', loudestDbfs: -100, heard: false });
    expect(err).toContain('Nothing was heard');
    expect(fake.asked.at(-1)).toEqual(['testMicrophone', false]);
  });
});
