/** Every command that talks to the daemon, run against the real API with nothing behind it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallId, UserName } from '@kyberline/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem.js';
import { run } from './run.js';
import {
  CALL_ID,
  callView,
  type FakeDaemon,
  FINGERPRINT,
  startFakeDaemon,
} from './testing/fake-daemon.js';
import { type Paper, paper } from './testing/paper.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

interface Ran {
  code: number;
  out: string;
  err: string;
}
async function kyberline(
  line: string,
  on: Paper = paper({ KYBERLINE_HOME: fake.home }),
): Promise<Ran> {
  const code = await run(line.split(' ').filter(Boolean), on);
  return { code, out: on.stdout(), err: on.stderr() };
}
const until = async (check: () => boolean) => {
  for (let i = 0; !check() && i < 400; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(check()).toBe(true);
};

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
  ])('"%s" asks for %j', async (line, asked) => {
    expect(await kyberline(line)).toMatchObject({ code: 0, err: '' });
    expect(fake.asked).toEqual([asked]);
  });

  it('fail with the daemon’s sentence on stderr and nothing on stdout', async () => {
    fake.react = () => {
      throw new Problem('no-call', 'There is no call that could be answered now.');
    };
    const sentence = 'There is no call that could be answered now.';
    expect(await kyberline('answer')).toEqual({ code: 1, out: '', err: sentence });
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
    ['settings input tape', 'input takes default, silence'],
    ['reset-contact bob 12', 'FINGERPRINT takes'],
    ['status --port 99999', '--port takes'],
    ['microphone --seconds 0', '--seconds takes'],
  ])('"%s" is wrong use: nothing is asked, exit code 2', async (line, sentence) => {
    const { code, err } = await kyberline(line);
    expect(err).toContain(sentence);
    expect(code).toBe(2);
    expect(fake.asked).toEqual([]);
  });

  it('find a daemon by --home and --port as well', async () => {
    const nowhere = paper({ KYBERLINE_HOME: '/nonexistent' });
    expect((await kyberline(`status --home ${fake.home} --port ${fake.port}`, nowhere)).code).toBe(
      0,
    );
    expect((await kyberline('status', paper({ KYBERLINE_HOME: '/nonexistent' }))).code).toBe(1);
  });
});

describe('commands that show something', () => {
  it('status, for people', async () => {
    fake.state.calls = [
      callView({ connectedAt: Date.now() - 65_000, muted: true }),
      callView({ phase: 'ended', endSentence: 'carol hung up.' }),
    ];
    const { code, out } = await kyberline('status');
    expect(code).toBe(0);
    expect(out).toMatch(/^Name +alice$/m);
    expect(out).toMatch(/^Registry +http:\/\/127\.0\.0\.1:9, connected$/m);
    expect(out).toMatch(/^Microphone +USB headset, not in use now: It is the default\.$/m);
    expect(out).toMatch(/^Call +Talking with bob, 1:0[56], you are muted, call (ab){16}$/m);
    expect(out).toMatch(/^Call +carol hung up\.$/m);
  });

  it('status with what is in the way', async () => {
    const { me: _, ...nobody } = fake.state;
    fake.state = {
      ...nobody,
      registry: { url: 'http://x:1', state: 'unreachable', problem: 'P.' },
    };
    const { out } = await kyberline('status');
    expect(out).toMatch(/^Name +none yet: take one with "kyberline register NAME"$/m);
    expect(out).toMatch(/^Registry +http:\/\/x:1, not reachable$/m);
    expect(out).toMatch(/\nP\.$/);
  });

  it.each([
    ['status --json', () => fake.state],
    ['people --json', () => fake.state.people],
    ['settings --json', () => fake.state.settings],
    ['register bob --json', () => fake.state.me],
    ['history --json', () => fake.history],
    ['call bob --json', () => ({ callId: CALL_ID })],
    [
      'devices --json',
      () => ({ devices: fake.state.devices, input: fake.state.input, output: fake.state.output }),
    ],
  ])('"%s" prints exactly the daemon’s JSON', async (line, expected) => {
    const { code, out } = await kyberline(line);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(expected());
  });

  it('people, with the new key of one whose key changed', async () => {
    const { out } = await kyberline('people');
    expect(out.split('\n')).toEqual([
      'NAME         KEY',
      'echo   here  built in: says back what it hears',
      'bob    here  verified by words',
      'carol  away  CHANGED: calls are refused; see "kyberline reset-contact --help"',
      `carol now shows: ${'cdcd '.repeat(16).trim()}`,
    ]);
  });

  it('history in columns', async () => {
    const row = (over: Partial<HistoryEntry>): HistoryEntry => ({
      callId: CALL_ID as CallId,
      peer: 'bob' as UserName,
      direction: 'outgoing',
      startedAt: new Date(2026, 0, 2, 3, 4).getTime(),
      durationSeconds: 0,
      ...over,
    });
    expect((await kyberline('history')).out).toBe('There were no calls yet.');
    fake.history = [
      row({ connectedAt: 1, endedAt: 61_001, durationSeconds: 61, endSentence: 'You hung up.' }),
      row({ direction: 'incoming', endedAt: 2, endSentence: 'You missed a call from bob.' }),
      row({}),
    ];
    expect((await kyberline('history')).out.split('\n')).toEqual([
      '2026-01-02 03:04  to    bob  1:01  You hung up.',
      '2026-01-02 03:04  from  bob  -     You missed a call from bob.',
      '2026-01-02 03:04  to    bob  -     Going on.',
    ]);
  });

  it('devices and how to choose one', async () => {
    const { out } = await kyberline('devices');
    expect(out).toContain('portaudio:0  USB headset  microphone, loudspeaker, the default');
    expect(out).toContain('kyberline settings input portaudio:NAME');
    fake.state.devices = [];
    expect((await kyberline('devices')).out).toContain('No sound card and no sound server');
  });

  it('one setting, or all of them', async () => {
    expect((await kyberline('settings suite')).out).toBe('1 (Kyber512 + X25519)');
    const { out } = await kyberline('settings');
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'registry',
      'suite',
      'input',
      'output',
      'auto-answer',
      'ringtone',
    ]);
  });

  it('the version, and help', async () => {
    expect(await kyberline('--version')).toMatchObject({ code: 0, out: '0.1.0' });
    expect((await kyberline('--help')).out).toContain('Usage: kyberline');
    expect(await kyberline('')).toMatchObject({ code: 2, out: '' });
  });
});

describe('the words of a call', () => {
  const WORDS = { words: ['a1', 'b2', 'c3', 'd4'], emoji: ['🍎', '🚲', '🎹', '🌵'] };

  it('are shown, and said to match or not', async () => {
    fake.state.calls = [callView(WORDS)];
    const { out } = await kyberline('words');
    expect(out).toContain('a1  🍎\nb2  🚲');
    expect(out).toContain('"kyberline verify"');
    expect((await kyberline('verify')).out).toBe('bob’s key is verified.');
    expect((await kyberline('verify --differ')).out).toContain('The call is ended');
    expect(fake.asked).toEqual([
      ['verifyWords', CALL_ID, true],
      ['verifyWords', CALL_ID, false],
    ]);
  });

  it('as JSON', async () => {
    fake.state.calls = [callView(WORDS)];
    expect(JSON.parse((await kyberline('words --json')).out)).toEqual({
      callId: CALL_ID,
      peer: 'bob',
      trust: 'seen',
      ...WORDS,
    });
  });

  it('are not there without a connected call, and need --call with two', async () => {
    expect(await kyberline('words')).toMatchObject({ code: 1 });
    fake.state.calls = [callView({ ...WORDS, phase: 'ended' }), callView({})];
    expect((await kyberline('verify')).err).toContain('No call is connected');
    const second = '12'.repeat(16) as CallId;
    fake.state.calls = [callView(WORDS), callView({ ...WORDS, callId: second })];
    expect((await kyberline('words')).err).toContain('--call');
    expect((await kyberline(`verify --call ${second}`)).code).toBe(0);
    expect(fake.asked).toEqual([['verifyWords', second, true]]);
  });
});

describe('call --wait', () => {
  const WORDS = ['a1', 'b2', 'c3', 'd4'];

  it('tells what happens and succeeds when the call that connected is over', async () => {
    fake.react = (command) => {
      if (command !== 'call') return;
      fake.show({ calls: [callView({ phase: 'ringing-there' })] });
    };
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline('call bob --wait', on);
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
    expect(await kyberline('call bob --wait')).toMatchObject({
      code: 1,
      err: 'bob did not answer.',
    });
    const { code, out } = await kyberline('call bob --wait --json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ callId: CALL_ID, endReason: 'no-answer' });
  });

  it('fails when the call vanishes without a trace', async () => {
    expect(await kyberline('call bob --wait')).toMatchObject({
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
    const running = kyberline('call bob --wait', on);
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
    const running = kyberline('call bob --wait', on);
    await until(() => on.stdout().includes('Ringing'));
    await fake.die();
    expect(await running).toMatchObject({
      code: 1,
      err: expect.stringContaining('daemon stopped'),
    });
  });
});

describe('watch', () => {
  it('prints one JSON line an event until Ctrl-C', async () => {
    const on = paper({ KYBERLINE_HOME: fake.home });
    const running = kyberline('watch --json', on);
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
    const running = kyberline('watch', on);
    await until(() => on.stdout().includes('loudspeaker'));
    const before = on.stdout();
    fake.show({ historyRevision: 1 });
    fake.show({ calls: [callView({ phase: 'ringing-here', direction: 'incoming' })] });
    await until(() => on.stdout() !== before);
    on.interrupt();
    expect((await running).out).toBe(`${before}\nbob is calling you.`);
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
    const { code, out } = await kyberline('microphone --seconds 1.2');
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
    const running = kyberline('microphone --seconds 60 --json', on);
    await until(() => fake.asked.length === 1);
    on.interrupt();
    const { code, out, err } = await running;
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ device: 'USB headset', loudestDbfs: -100, heard: false });
    expect(err).toContain('Nothing was heard');
    expect(fake.asked.at(-1)).toEqual(['testMicrophone', false]);
  });
});

describe('open', () => {
  const panel = async (answer: (authorization: string | undefined) => [number, unknown]) => {
    const server = createServer((request, response) => {
      const [status, body] = answer(request.headers.authorization);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    };
    return { port: (server.address() as AddressInfo).port, close };
  };

  it('prints the panel’s link, having shown the token', async () => {
    const shown: (string | undefined)[] = [];
    const { port, close } = await panel((authorization) => {
      shown.push(authorization);
      return [200, { url: 'http://localhost:3000/pair?code=xyz' }];
    });
    expect(await kyberline(`open --panel-port ${port}`)).toEqual({
      code: 0,
      out: 'http://localhost:3000/pair?code=xyz',
      err: '',
    });
    expect(shown).toEqual([`Bearer ${'07'.repeat(32)}`]);
    await close();
    expect((await kyberline(`open --panel-port ${port}`)).err).toContain('does not answer');
  });

  it.each([
    [401, { error: {} }, 'another data folder'],
    [200, { hello: 'there' }, 'is not the Kyberline panel'],
    [404, 'nothing here', 'is not the Kyberline panel'],
  ])('says what is wrong when the answer is %d %j', async (status, body, sentence) => {
    const { port, close } = await panel(() => [status, body]);
    const { code, err } = await kyberline(`open --panel-port ${port}`);
    await close();
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });
});
