/** What the panel says about a voice's way from mouth to ear, and about how one's own leaves. */
import type { CallCounters } from '@kyberline/shared/snapshot';
import type { CodecName } from '@kyberline/shared/voice';

export type Budget = NonNullable<CallCounters['budget']>;
/** Where a stage's time passes: on the other machine, between the two, on this one. */
export type Place = 'there' | 'between' | 'here';

export type Stage = { name: keyof Budget; label: string; place: Place };

/** In the order in which a voice goes through them. */
export const STAGES: readonly Stage[] = [
  { name: 'inputMs', label: 'Microphone', place: 'there' },
  { name: 'framingMs', label: 'Frame', place: 'there' },
  { name: 'processingMs', label: 'Processing', place: 'there' },
  { name: 'codecMs', label: 'Codec', place: 'there' },
  { name: 'networkMs', label: 'Network', place: 'between' },
  { name: 'waitingMs', label: 'Waiting', place: 'here' },
  { name: 'outputMs', label: 'Loudspeaker', place: 'here' },
];

export function placeWords(place: Place, peer: string): string {
  switch (place) {
    case 'there':
      return `At ${peer}'s`;
    case 'between':
      return 'On the way';
    case 'here':
      return 'Here';
  }
}

const CODECS: Record<CodecName, string> = {
  opus: 'Opus',
  pcm48: 'Uncompressed, full band',
  pcm16: 'Uncompressed, narrow',
};

/** How this side's voice leaves now. */
export function sendingWords({ codec, bitrateKbps, frameMs, redundancy }: Sending): string {
  const rate = `${Math.round(bitrateKbps)} kbit/s`;
  return `${CODECS[codec]}, ${rate}, ${frameMs} ms frames; ${repeating(redundancy)}`;
}

type Sending = CallCounters['sending'];

function repeating(frames: number): string {
  if (frames === 0) return 'nothing repeated';
  return frames === 1
    ? 'each packet repeats the frame before'
    : `each packet repeats the ${frames} frames before`;
}
