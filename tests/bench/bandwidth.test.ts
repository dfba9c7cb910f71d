import { wireKbps } from '@kyberline/core/voice/bitrate';
import { Codecs } from '@kyberline/daemon/codec/codecs';
import { expect, it } from 'vitest';
import { modes, packetBytes } from './bandwidth.js';

const codecs = await Codecs.open(80);

it('of every mode, packets are as long as the sender reckons when it adapts', () => {
  const all = modes();
  expect(all.length).toBeGreaterThan(30);
  for (const mode of all) {
    const { frameMs, kbps, redundancy } = mode;
    const reckoned = wireKbps({ bitrateKbps: kbps, frameMs, redundancy } as never);
    expect((8 * packetBytes(mode, codecs)) / frameMs).toBeCloseTo(reckoned, 5);
  }
});

it('uncompressed sound is all there, with the headers', () => {
  expect(packetBytes({ codec: 'pcm16', frameMs: 20 }, codecs)).toBe(28 + 32 + 640);
  expect(packetBytes({ codec: 'pcm48', frameMs: 10 }, codecs)).toBe(28 + 32 + 7 + 960);
});
