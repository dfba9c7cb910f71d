/** One call followed to its end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALL_ID, callView, type FakeDaemon, startFakeDaemon } from './testing/fake-daemon.js';
import { kyberline, until } from './testing/kyberline.js';
import { paper } from './testing/paper.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('call --wait', () => {
  const WORDS = ['a1', 'b2', 'c3', 'd4'];

  it('tells what happens and succeeds when the call that connected is over', async () => {
    fake.react = (command) => {
      if (command !== 'call') return;
      fake.show({ calls: [callView({ phase: 'ringing-there' })] });
    };
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'call bob --wait', on);
    await until(() => on.stdout().includes('Ringing'));
    fake.show({ calls: [callView({ connectedAt: 5000, words: WORDS })] });
    await until(() => on.stdout().includes('Talking'));
    const ended = {
      phase: 'ended',
      endReason: 'hung-up-by-them',
      endSentence: 'bob hung up.',
    } as const;
    fake.show({ calls: [callView({ ...ended, connectedAt: 5000, endedAt: 70_000 })] });
    expect(await running).toEqual({
      code: 0,
      err: '',
      out: [
        'Ringing at bob.',
        'Talking with bob.',
        'The words, the same at both ends: a1  b2  c3  d4',
        'bob hung up. It lasted 1:05.',
      ].join('\n'),
    });
  });

  it('fails with the ending’s sentence when it never connected', async () => {
    const ended = {
      phase: 'ended',
      endReason: 'no-answer',
      endSentence: 'bob did not answer.',
    } as const;
    fake.react = () => fake.show({ calls: [callView({ ...ended, endedAt: 46_000 })] });
    expect(await kyberline(fake, 'call bob --wait')).toMatchObject({
      code: 1,
      err: 'bob did not answer.',
    });
    const { code, out } = await kyberline(fake, 'call bob --wait --json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ callId: CALL_ID, endReason: 'no-answer' });
  });

  it('fails when the call vanishes without a trace', async () => {
    expect(await kyberline(fake, 'call bob --wait')).toMatchObject({
      code: 1,
      err: 'The call to bob did not come about.',
    });
  });

  it('hangs up on Ctrl-C and waits for the goodbye', async () => {
    fake.react = (command) => {
      if (command === 'call') fake.show({ calls: [callView({ connectedAt: 5000 })] });
      if (command !== 'hangUp') return;
      fake.show({ calls: [callView({ phase: 'ended', connectedAt: 5000, endedAt: 6000 })] });
    };
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'call bob --wait', on);
    await until(() => on.stdout().includes('Talking'));
    on.interrupt();
    expect((await running).code).toBe(0);
    expect(fake.asked).toEqual([
      ['call', 'bob'],
      ['hangUp', CALL_ID],
    ]);
  });

  it('fails in words when the daemon goes', async () => {
    fake.react = () => fake.show({ calls: [callView({ phase: 'ringing-there' })] });
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline(fake, 'call bob --wait', on);
    await until(() => on.stdout().includes('Ringing'));
    await fake.die();
    expect(await running).toMatchObject({
      code: 1,
      err: expect.stringContaining('daemon stopped'),
    });
  });
});
