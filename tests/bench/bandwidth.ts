/**
 * What a voice costs on the wire, by how it is sent. Packets are made as the engine makes them, and
 * counted with their own headers and tags and with those of UDP and IPv4. All packets of one mode have
 * one length, whatever is said (SPEC 11); if they had not, this would fail.
 *
 *   20 IPv4 ‖ 8 UDP ‖ header ‖ 7 timestamp, mode ‖ newest frame ‖ 0 to 3 earlier ones ‖ tag
 */
import type { CodecName } from '@kyberline/core/call/body';
import { CODEC_IDS } from '@kyberline/core/call/control';
import {
  codecKbps,
  type FrameMs,
  LADDER_KBPS,
  type RedundancyDepth,
} from '@kyberline/core/voice/bitrate';
import { HEADER_BYTES, TAG_BYTES } from '@kyberline/core/voice/packet';
import {
  RedundancyHistory,
  VOICE_HEADER_BYTES,
  writeVoicePayload,
} from '@kyberline/core/voice/redundancy';
import { MOST_BLOCK_BYTES } from '@kyberline/daemon/codec/codec';
import { Codecs } from '@kyberline/daemon/codec/codecs';
import { voice } from '@kyberline/daemon/media/testing/sounds';
import { talk } from '@kyberline/daemon/media/testing/talk';
import type { Bench, Row } from './bench.js';

/** 20 of IPv4 without options, 8 of UDP. */
export const OUTER_BYTES = 28;
const LEAST_KBPS = 16;
const SAMPLES_PER_MS = 48;
const SECONDS = 2;
const CALL_SECONDS = 20;

export interface Mode {
  codec: CodecName;
  frameMs: FrameMs;
  /** Of Opus. */
  kbps?: number;
  redundancy?: number;
}

export const bandwidth: Bench = {
  name: 'bandwidth',
  title: 'One voice on the wire by how it is sent, headers of UDP and IPv4 included',
  seconds: 10,
  async run(): Promise<Row[]> {
    const codecs = await Codecs.open(80);
    return [
      ...modes().map((mode) => rowOf(mode, codecs)),
      rowOf({ codec: 'pcm48', frameMs: 10 }, codecs),
      rowOf({ codec: 'pcm16', frameMs: 20 }, codecs),
      wholeCall(),
    ];
  },
};

/** Those of Opus that a call can come to: with much repeated, none of the highest rates. */
export function modes(): (Mode & { kbps: number })[] {
  const kbps = LADDER_KBPS.filter((each) => each >= LEAST_KBPS);
  const depths: RedundancyDepth[] = [0, 1, 2, 3];
  return ([10, 20] as const).flatMap((frameMs) =>
    depths.flatMap((redundancy) =>
      kbps
        .filter((bitrateKbps) => codecKbps({ bitrateKbps, frameMs, redundancy }) === bitrateKbps)
        .map((bitrateKbps) => ({ codec: 'opus', frameMs, kbps: bitrateKbps, redundancy }) as const),
    ),
  );
}

function rowOf(mode: Mode, codecs: Codecs): Row {
  const { codec, frameMs, kbps, redundancy = 0 } = mode;
  const bytes = packetBytes(mode, codecs);
  const frames = redundancy === 0 ? '' : `, ${redundancy} earlier`;
  return {
    what: `${codec}${kbps === undefined ? '' : ` ${kbps}`}, ${frameMs} ms${frames}`,
    value: (8 * bytes) / frameMs,
    unit: 'kbit/s',
    note: `${1000 / frameMs} packets of ${bytes} bytes a second`,
  };
}

/** Of each packet, as the network has it. @throws Error if two packets differ in length */
export function packetBytes(
  { codec, frameMs, kbps, redundancy = 0 }: Mode,
  codecs: Codecs,
): number {
  const encoder = codecs.encoder(codec);
  if (kbps !== undefined) encoder.setBitrate(kbps);
  const said = voice(SECONDS);
  const frame = frameMs * SAMPLES_PER_MS;
  const block = new Uint8Array(MOST_BLOCK_BYTES);
  const payload = new Uint8Array(VOICE_HEADER_BYTES + (1 + redundancy) * MOST_BLOCK_BYTES);
  const history = new RedundancyHistory(MOST_BLOCK_BYTES);
  const lengths = new Set<number>();
  for (let at = 0; at + frame <= said.length; at += frame) {
    const bytes = encoder.encode(said.subarray(at, at + frame), block, 0);
    // PCM16 travels bare, as the replaced system sent it.
    const isBare = codec === 'pcm16';
    const fields = { timestamp: at, frameMs, codec: CODEC_IDS[codec], redundant: redundancy };
    const blocks = history.add(fields, block.subarray(0, bytes));
    lengths.add(isBare ? bytes : writeVoicePayload(payload, 0, fields, blocks));
  }
  encoder.free();
  const [bytes, another] = [...lengths];
  if (bytes === undefined || another !== undefined) {
    throw new Error(`packets of ${[...lengths]} bytes in one mode`);
  }
  return OUTER_BYTES + HEADER_BYTES + bytes + TAG_BYTES;
}

/** Everything that one side sends in a call as it begins, control messages included. */
function wholeCall(): Row {
  let bytes = 0;
  let isTapped = false;
  talk({
    said: voice(CALL_SECONDS),
    seconds: CALL_SECONDS,
    during(_, { network, alice }) {
      if (isTapped) return;
      isTapped = true;
      network.tap((packet, from) => {
        if (from.address === alice.at.address) bytes += packet.length + OUTER_BYTES;
      });
    },
  });
  return {
    what: 'a call on a clean way, everything',
    value: (8 * bytes) / (CALL_SECONDS * 1000),
    unit: 'kbit/s',
    note: `the mean of its first ${CALL_SECONDS} s each way; it begins with opus 64 and goes to 96`,
  };
}
