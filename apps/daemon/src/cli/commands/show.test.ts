/** What each command shows, for people and as JSON. */
import type { HistoryEntry } from '@kyberline/shared/history';
import type { CallId, UserName } from '@kyberline/shared/ids';
import { USUAL_PROCESSING } from '@kyberline/shared/voice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CALL_ID,
  callCounters,
  callView,
  type FakeDaemon,
  startFakeDaemon,
} from '../testing/fake-daemon.js';
import { kyberline } from '../testing/kyberline.js';

let fake: FakeDaemon;
beforeEach(async () => {
  fake = await startFakeDaemon();
});
afterEach(() => fake.remove());

describe('commands that show something', () => {
  it('status, for people', async () => {
    fake.state.calls = [
      callView({ connectedAt: Date.now() - 65_000, muted: true }),
      callView({ phase: 'ended', endSentence: 'carol hung up.' }),
    ];
    const { code, out } = await kyberline(fake, 'status');
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
    const { out } = await kyberline(fake, 'status');
    expect(out).toMatch(/^Name +none yet: take one with "kyberline register NAME"$/m);
    expect(out).toMatch(/^Registry +http:\/\/x:1, not reachable$/m);
    expect(out).toMatch(/\nP\.$/);
  });

  it('status with how long a voice takes in the call', async () => {
    fake.state.calls = [callView({ connectedAt: Date.now() - 65_000 })];
    const calls = [callCounters({ mouthToEarMs: 41.4 })];
    const counting = setInterval(
      () => fake.watchers.counters({ calls, strayDatagrams: 0, leaseWaits: 0 }),
      50,
    );
    const { out } = await kyberline(fake, 'status');
    clearInterval(counting);
    expect(out).toMatch(/^Call +Talking with bob, 1:0[56], mouth to ear 41 ms, call (ab){16}$/m);
  });

  it('status with what is wrong with the microphone', async () => {
    expect((await kyberline(fake, 'status')).out).not.toContain('microphone is too loud');
    fake.state.warnings = ['clipping'];
    expect((await kyberline(fake, 'status')).out).toMatch(/\nYour microphone is too loud[^\n]+\.$/);
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
    const { code, out } = await kyberline(fake, line);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(expected());
  });

  it('people, with the new key of one whose key changed', async () => {
    const { out } = await kyberline(fake, 'people');
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
    expect((await kyberline(fake, 'history')).out).toBe('There were no calls yet.');
    fake.history = [
      row({ connectedAt: 1, endedAt: 61_001, durationSeconds: 61, endSentence: 'You hung up.' }),
      row({ direction: 'incoming', endedAt: 2, endSentence: 'You missed a call from bob.' }),
      row({}),
    ];
    expect((await kyberline(fake, 'history')).out.split('\n')).toEqual([
      '2026-01-02 03:04  to    bob  1:01  You hung up.',
      '2026-01-02 03:04  from  bob  -     You missed a call from bob.',
      '2026-01-02 03:04  to    bob  -     Going on.',
    ]);
  });

  it('devices and how to choose one', async () => {
    const { out } = await kyberline(fake, 'devices');
    expect(out).toContain('portaudio:0  USB headset  microphone, loudspeaker, the default');
    expect(out).toContain('kyberline settings input portaudio:NAME');
    fake.state.devices = [];
    expect((await kyberline(fake, 'devices')).out).toContain('No sound card and no sound server');
  });

  it('one setting, or all of them', async () => {
    expect((await kyberline(fake, 'settings suite')).out).toBe('1 (Kyber512 + X25519)');
    fake.state.settings.codec = 'pcm48';
    fake.state.settings.processing = { ...USUAL_PROCESSING, autoGain: false };
    expect((await kyberline(fake, 'settings codec')).out).toBe('pcm48');
    expect((await kyberline(fake, 'settings auto-gain')).out).toBe('off');
    expect((await kyberline(fake, 'settings high-pass')).out).toBe('on');
    const { out } = await kyberline(fake, 'settings');
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'registry',
      'suite',
      'input',
      'output',
      'codec',
      'high-pass',
      'echo-cancellation',
      'noise-suppression',
      'auto-gain',
      'disguise',
      'auto-answer',
      'ringtone',
      'ring',
    ]);
  });

  it('the version, and help', async () => {
    expect(await kyberline(fake, '--version')).toMatchObject({ code: 0, out: '0.1.0' });
    expect((await kyberline(fake, '--help')).out).toContain('Usage: kyberline');
    expect(await kyberline(fake, '')).toMatchObject({ code: 2, out: '' });
  });
});
