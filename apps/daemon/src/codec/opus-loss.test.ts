/** Opus where frames are lost: what one of them does to those behind it. */
import { createDecoder } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import { voice } from '../media/testing/sounds.js';
import { Codecs } from './codecs.js';

const FRAME_SAMPLES = 480;
const BLOCK_BYTES = 80;
/** Each lost frame has so many behind it that came. */
const EVERY = 12;
const said = voice(6);
const codecs = await Codecs.open(8);

/** What is heard of it where every twelfth frame is `made` up by whoever decodes. */
function heard(
  decode: (block: Uint8Array, room: Int16Array) => void,
  made?: (room: Int16Array) => void,
) {
  const encoder = codecs.encoder('opus');
  const sound = new Int16Array(said.length);
  const block = new Uint8Array(BLOCK_BYTES);
  for (let n = 0; n < said.length / FRAME_SAMPLES; n++) {
    const at = n * FRAME_SAMPLES;
    encoder.encode(said.subarray(at, at + FRAME_SAMPLES), block, 0);
    const room = sound.subarray(at, at + FRAME_SAMPLES);
    if (made && n % EVERY === EVERY - 1) made(room);
    else decode(block, room);
  }
  encoder.free();
  return sound;
}

/** How far the frames that came are from what they are without loss, dB below it. */
function spoiltDb(whole: Int16Array, lossy: Int16Array): number {
  let signal = 0;
  let difference = 0;
  for (let i = 0; i < said.length; i++) {
    if (Math.floor(i / FRAME_SAMPLES) % EVERY === EVERY - 1) continue;
    signal += whole[i]! ** 2;
    difference += (whole[i]! - lossy[i]!) ** 2;
  }
  return 10 * Math.log10(signal / difference);
}

describe('a lost frame of Opus', () => {
  it("spoils those behind it less than with libopus' own guess", async () => {
    const [clean, ours] = [codecs.decoder('opus'), codecs.decoder('opus')];
    const theirs = await createDecoder({ channels: 1, sampleRate: 48_000 });
    const whole = heard((block, room) => clean.decode(block, room));
    const spoilt = {
      ours: spoiltDb(
        whole,
        heard(
          (block, room) => ours.decode(block, room),
          (room) => ours.conceal(room),
        ),
      ),
      theirs: spoiltDb(
        whole,
        heard(
          (block, room) => room.set(theirs.decode(block)),
          (room) => room.set(theirs.decodePacketLoss(FRAME_SAMPLES)),
        ),
      ),
    };
    for (const decoder of [clean, ours, theirs]) decoder.free();
    expect(spoilt.ours).toBeGreaterThan(spoilt.theirs + 1);
  });
});
