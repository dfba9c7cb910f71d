/** What each command asks of the daemon, and how wrong use is refused. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem.js';
import { CALL_ID, type FakeDaemon, FINGERPRINT, startFakeDaemon } from './testing/fake-daemon.js';
import { kyberline } from './testing/kyberline.js';
import { paper } from './testing/paper.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('commands that ask the daemon for something', () => {
  it.each<[string, unknown[]]>([
    ['register bob', ['register', 'bob']],
    ['unregister', ['unregister']],
    ['call bob', ['call', 'bob']],
    ['answer', ['answer', undefined]],
    [`answer --call ${CALL_ID}`, ['answer', CALL_ID]],
    ['reject', ['reject', undefined]],
    ['hangup', ['hangUp', undefined]],
    ['mute', ['mute', undefined, true]],
    ['unmute', ['mute', undefined, false]],
    ['reset-contact carol', ['resetContact', 'carol', undefined]],
    [`reset-contact carol ${FINGERPRINT}`, ['resetContact', 'carol', FINGERPRINT]],
    ['history --limit 7', ['history', 7]],
    ['history', ['history', 20]],
    ['settings suite 3', ['changeSettings', { suite: 3 }]],
    ['settings registry laptop', ['changeSettings', { registryUrl: 'http://laptop:5001' }]],
    ['settings input file:/tmp/a.wav', ['changeSettings', { input: 'file:/tmp/a.wav' }]],
    ['settings output silence', ['changeSettings', { output: 'silence' }]],
    ['settings auto-answer on', ['changeSettings', { autoAnswer: true }]],
    ['settings ringtone off', ['changeSettings', { ringtone: false }]],
    ['settings ring panel', ['changeSettings', { ringOutput: 'panel' }]],
    ['settings ring portaudio:Desk', ['changeSettings', { ringOutput: 'portaudio:Desk' }]],
    ['settings codec pcm16', ['changeSettings', { codec: 'pcm16' }]],
    ['settings high-pass on', ['changeSettings', { processing: { highPass: true } }]],
    [
      'settings echo-cancellation on',
      ['changeSettings', { processing: { echoCancellation: true } }],
    ],
    [
      'settings noise-suppression off',
      ['changeSettings', { processing: { noiseSuppression: false } }],
    ],
    ['settings auto-gain on', ['changeSettings', { processing: { autoGain: true } }]],
    ['settings disguise on', ['changeSettings', { processing: { disguise: true } }]],
  ])('"%s" asks for %j', async (line, asked) => {
    expect(await kyberline(fake, line)).toMatchObject({ code: 0, err: '' });
    expect(fake.asked).toEqual([asked]);
  });

  it('fail with the daemon’s sentence on stderr and nothing on stdout', async () => {
    fake.react = () => {
      throw new Problem('no-call', 'There is no call that could be answered now.');
    };
    const sentence = 'There is no call that could be answered now.';
    expect(await kyberline(fake, 'answer')).toEqual({ code: 1, out: '', err: sentence });
  });

  it.each([
    ['bogus', 'unknown command'],
    ['status --bogus', 'unknown option'],
    ['status surplus', 'too many arguments'],
    ['call', 'missing required argument'],
    ['call Bob', 'NAME takes 1 to 32 of a-z'],
    ['register al!ce', 'NAME takes'],
    ['answer --call 12', '--call takes'],
    ['history --limit 0', '--limit takes a whole number from 1 to 1000.'],
    ['history --limit 1001', '--limit'],
    ['settings suite 4', 'suite takes 1, 2 or 3.'],
    ['settings volume 11', 'Allowed choices are registry, suite'],
    ['settings auto-answer maybe', 'auto-answer takes on or off.'],
    ['settings codec mp3', 'codec takes one of opus, pcm48, pcm16.'],
    ['settings disguise thoroughly', 'disguise takes on or off.'],
    ['settings input tape', 'input takes default, silence'],
    ['reset-contact bob 12', 'FINGERPRINT takes'],
    ['status --port 99999', '--port takes'],
    ['microphone --seconds 0', '--seconds takes'],
    ['microphone --play --seconds 4', 'cannot be used with'],
    ['settings ring bell', 'ring takes panel, default, silence'],
  ])('"%s" is wrong use: nothing is asked, exit code 2', async (line, sentence) => {
    const { code, err } = await kyberline(fake, line);
    expect(err).toContain(sentence);
    expect(code).toBe(2);
    expect(fake.asked).toEqual([]);
  });

  it('find a daemon by --home and --port as well', async () => {
    const nowhere = paper({ KYBERLINE_HOME: '/nonexistent' });
    expect(
      (await kyberline(fake, `status --home ${fake.home} --port ${fake.port}`, nowhere)).code,
    ).toBe(0);
    expect((await kyberline(fake, 'status', paper({ KYBERLINE_HOME: '/nonexistent' }))).code).toBe(
      1,
    );
  });
});
