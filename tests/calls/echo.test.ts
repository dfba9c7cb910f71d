/** A newcomer alone: no registry, no name, nobody else. The echo contact hears them and says it back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, sleep } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { type Pulse, startPulse } from '../rig/pulse.js';
import { alignedCorrelation, cut, rmsDbfs, type Sound } from '../rig/sound.js';
import { speech } from '../rig/speech.js';
import { likeness, OTHER_VOICE, SAME_VOICE } from './conversation.js';
import { Started } from './started.js';

const SPEECH_MS = 8000;
const ECHO_MS = 2000;
/** Two jitter buffers and two sound devices stand between mouth and ear, on a busy machine. */
const MOST_ON_THE_WAY_MS = 1000;
const GREETING_MS = 15_000;
/** Quiet for so long after it has spoken, the greeting is over. */
const PAUSE_MS = 1500;
const QUIET_DBFS = -60;

describe('the echo contact', () => {
  const started = new Started();
  let pulse: Pulse;
  let daemon: Daemon;
  let said: Sound;
  let heard: Sound;
  /** How much later the ear's recording began than the mouth's, ms. */
  let apartMs: number;
  let greeted: Sound;

  beforeAll(async () => {
    pulse = await started.add(startPulse(['alice']));
    daemon = await started.add(
      startDaemon({
        ...{ input: 'default', output: 'default', env: pulse.env('alice') },
        processing: 'off',
      }),
    );
    said = cut(await speech('alice'), 0, SPEECH_MS);
    const greeting = await pulse.record('alice');
    await call();
    await talking();
    await eventually('the greeting is over', GREETING_MS, () => isOver(greeting.soFar()));
    greeted = await greeting.stop();
    const mouth = await pulse.record('alice', 'mic');
    const ear = await pulse.record('alice');
    await pulse.play('alice', said).done;
    await sleep(ECHO_MS + MOST_ON_THE_WAY_MS);
    apartMs = ear.startMs() - mouth.startMs();
    const spoken = await mouth.stop();
    heard = await ear.stop();
    // From here on, what really went into the microphone and when.
    said = spoken;
  }, 60_000);
  afterAll(() => started.stop());

  const call = () => daemon.client.command('call', { name: 'echo' });
  const talking = () => daemon.client.untilCall('echo answers', ({ phase }) => phase === 'active');

  it('answers a daemon that has no registry and no name', () => {
    const state = daemon.client.state();
    expect(state?.me).toBeUndefined();
    expect(state?.registry.state).toBe('unreachable');
    expect(state?.calls.map(({ peer, phase }) => [peer, phase])).toEqual([['echo', 'active']]);
  });

  it('greets', () => {
    expect(rmsDbfs(greeted.samples)).toBeGreaterThan(QUIET_DBFS);
  });

  it('gives back what it hears, 2 s later', async () => {
    expect(likeness(heard, said)).toBeGreaterThan(SAME_VOICE);
    const { firstLagMs, lastLagMs } = alignedCorrelation(heard, said);
    for (const lagMs of [firstLagMs, lastLagMs]) {
      expect(lagMs + apartMs).toBeGreaterThan(ECHO_MS);
      expect(lagMs + apartMs).toBeLessThan(ECHO_MS + MOST_ON_THE_WAY_MS);
    }
    expect(likeness(heard, cut(await speech('bob'), 0, SPEECH_MS))).toBeLessThan(OTHER_VOICE);
  });

  it('has words to compare, like anybody', () => {
    expect(daemon.client.state()?.calls[0]?.words).toHaveLength(4);
  });

  it('is never busy: called again in mid-call, it answers again', async () => {
    const first = daemon.client.state()?.calls[0]?.callId;
    await call();
    const second = await daemon.client.untilCall(
      'echo answers again',
      ({ callId, phase }) => callId !== first && phase === 'active',
    );
    expect(second.peer).toBe('echo');
    const old = daemon.client.state()?.calls.find(({ callId }) => callId === first);
    expect(old?.endReason).toBe('hung-up-by-me');
  });

  it('leaves its calls in the history', async () => {
    await daemon.client.command('hangup', {});
    const rows = await daemon.client.history();
    expect(rows.map(({ peer, endReason }) => [peer, endReason])).toEqual([
      ['echo', 'hung-up-by-me'],
      ['echo', 'hung-up-by-me'],
    ]);
  });
});

/** Something was said, and then nothing for a while. */
function isOver({ rateHz, samples }: Sound): boolean {
  const pause = (PAUSE_MS / 1000) * rateHz;
  const end = samples.length;
  return rmsDbfs(samples, 0, end - pause) > QUIET_DBFS && rmsDbfs(samples, end - pause) < -90;
}
