/**
 * What a person can switch about their voice, switched while it leaves: the codec of a call with the
 * echo contact, and the rumble filter in front of a microphone that says nothing but rumble.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserName } from '@kyberline/shared/ids';
import { NO_PROCESSING } from '@kyberline/shared/voice';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../rig/child.js';
import { type Daemon, startDaemon } from '../rig/daemon.js';
import { writeWav } from '../rig/sound.js';
import { freshCounters } from './pair.js';
import { Started } from './started.js';

const RATE_HZ = 48_000;
/** Far below what a voice has. */
const RUMBLE_HZ = 25;
const SOON_MS = 10_000;

describe('the switches of a voice', () => {
  const started = new Started();
  const folder = mkdtempSync(join(tmpdir(), 'kyberline-switches-'));
  let daemon: Daemon;

  beforeAll(async () => {
    const rumble = Float32Array.from(
      { length: 4 * RATE_HZ },
      (_, i) => 0.3 * Math.sin((2 * Math.PI * RUMBLE_HZ * i) / RATE_HZ),
    );
    await writeWav(join(folder, 'rumble.wav'), { rateHz: RATE_HZ, samples: rumble });
    const wish = {
      input: `file:${join(folder, 'rumble.wav')}`,
      home: join(folder, 'home'),
      more: ['--codec', 'pcm48', '--processing', 'off'],
    };
    daemon = await started.add(startDaemon(wish));
  }, 60_000);
  afterAll(async () => {
    await started.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sends = (codec: string) =>
    eventually(`the call sends ${codec}`, SOON_MS, () => {
      const view = daemon.client.state()?.calls.at(-1);
      return view?.codec === codec && daemon.client.counters()[0]?.sending.codec === codec;
    });

  it('begin a call in the codec that was chosen and change it in the call', async () => {
    await daemon.client.command('call', { name: 'echo' as UserName });
    await daemon.client.untilCall('echo answers', ({ phase }) => phase === 'active');
    await sends('pcm48');
    await daemon.client.command('changeSettings', { codec: 'pcm16' });
    await sends('pcm16');
  });

  it('hold for the next engine as well', async () => {
    await daemon.killEngine9();
    await daemon.client.until('there is another engine', ({ engine }) => engine.restarts > 0);
    expect((await freshCounters(daemon)).sending.codec).toBe('pcm16');
  });

  it('take hold of what the microphone says at once', async () => {
    const level = () => daemon.client.levels()?.input ?? -100;
    await eventually('the rumble leaves as it is', SOON_MS, () => level() > -16);
    await daemon.client.command('changeSettings', { processing: { highPass: true } });
    await eventually('the rumble is taken out', SOON_MS, () => level() < -26);
    await daemon.client.command('changeSettings', { processing: { highPass: false } });
    await eventually('the rumble leaves again', SOON_MS, () => level() > -16);
  });

  it('are shown and kept, and leave those alone that were not turned', async () => {
    expect(daemon.client.state()?.settings).toMatchObject({
      codec: 'pcm16',
      processing: NO_PROCESSING,
    });
    expect(await daemon.cliJson('settings')).toMatchObject({ codec: 'pcm16' });
    await daemon.kill9();
    const again = await started.add(startDaemon({ home: join(folder, 'home') }));
    expect(again.client.state()?.settings.codec).toBe('pcm16');
  });
});
