/** The four words at the command line. */
import type { CallId } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALL_ID, callView, type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.js';
import { kyberline } from '../testing/kyberline.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('the words of a call', () => {
  const WORDS = { words: ['a1', 'b2', 'c3', 'd4'], emoji: ['🍎', '🚲', '🎹', '🌵'] };

  it('are shown, and said to match or not', async () => {
    fake.state.calls = [callView(WORDS)];
    const { out } = await kyberline(fake, 'words');
    expect(out).toContain('a1  🍎\nb2  🚲');
    expect(out).toContain('"kyberline verify"');
    expect((await kyberline(fake, 'verify')).out).toBe('bob’s key is verified.');
    expect((await kyberline(fake, 'verify --differ')).out).toContain('The call is ended');
    expect(fake.asked).toEqual([
      ['verifyWords', CALL_ID, true],
      ['verifyWords', CALL_ID, false],
    ]);
  });

  it('as JSON', async () => {
    fake.state.calls = [callView(WORDS)];
    expect(JSON.parse((await kyberline(fake, 'words --json')).out)).toEqual({
      callId: CALL_ID,
      peer: 'bob',
      trust: 'seen',
      ...WORDS,
    });
  });

  it('are not there without a connected call, and need --call with two', async () => {
    expect(await kyberline(fake, 'words')).toMatchObject({ code: 1 });
    fake.state.calls = [callView({ ...WORDS, phase: 'ended' }), callView({})];
    expect((await kyberline(fake, 'verify')).err).toContain('No call is connected');
    const second = '12'.repeat(16) as CallId;
    fake.state.calls = [callView(WORDS), callView({ ...WORDS, callId: second })];
    expect((await kyberline(fake, 'words')).err).toContain('--call');
    expect((await kyberline(fake, `verify --call ${second}`)).code).toBe(0);
    expect(fake.asked).toEqual([['verifyWords', second, true]]);
  });
});
