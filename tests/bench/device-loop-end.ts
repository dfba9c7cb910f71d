/**
 * The program that the benchmark "device-loop" measures: from the default microphone to the default
 * loudspeaker, frame by frame, through the devices that calls use. `node device-loop-end.js BINDING`;
 * says what it counted, as JSON, when it is told to end.
 */
import { constants, setPriority } from 'node:os';
import { candidates, type End } from '@kyberline/daemon/device/candidates';
import { systemClock } from '@kyberline/daemon/device/clock';
import type { InputDevice, OutputDevice } from '@kyberline/daemon/device/device';
import { Cards, loadRings } from '@kyberline/daemon/device/native';
import { loadNaudiodon, lookingFor, type SoundCards } from '@kyberline/daemon/device/naudiodon';
import { PortAudioInput, PortAudioOutput } from '@kyberline/daemon/device/portaudio';
import { RingInput, RingOutput } from '@kyberline/daemon/device/rings';

/** What every end of the loop counts; latencies where the devices know them, ms. */
export interface Counted {
  overruns: number;
  underruns: number;
  /** Frames of silence since there was nothing to play, and frames left out to catch up. */
  missing: number;
  skipped: number;
  inputMs?: number;
  outputMs?: number;
}

/** Frames that may wait between the two; more than needed for so many frames are left out. */
const WATCHED_FRAMES = 50;

async function devices(binding: string): Promise<{ input: InputDevice; output: OutputDevice }> {
  const clock = systemClock;
  if (binding === 'naudiodon') {
    const { binding: naudiodon, why } = loadNaudiodon();
    if (!naudiodon) throw new Error(why);
    const look = lookingFor(naudiodon, clock);
    const from = { binding: naudiodon, clock };
    return {
      input: new PortAudioInput({ ...from, ...sought('input', look) }),
      output: new PortAudioOutput({ ...from, ...sought('output', look) }),
    };
  }
  const { binding: rings, why } = loadRings();
  if (!rings) throw new Error(why);
  const cards = new Cards(rings, clock);
  await cards.look();
  const list = () => cards.list;
  return {
    input: new RingInput({ cards, clock, ...sought('input', list) }),
    output: new RingOutput({ cards, clock, ...sought('output', list) }),
  };
}

function sought(end: End, look: () => SoundCards) {
  const find = () => candidates(end, 'default', look());
  const found = find();
  if (typeof found === 'string') throw new Error(found);
  return { choice: 'default', first: found[0], find };
}

function loop({ input, output }: Awaited<ReturnType<typeof devices>>): () => Counted {
  const queue: Int16Array[] = [];
  let [missing, skipped, turns, least] = [0, 0, 0, Number.POSITIVE_INFINITY];
  input.start((frame) => queue.push(frame.slice()));
  output.start((frame) => {
    least = Math.min(least, queue.length);
    const next = queue.shift();
    if (next) frame.set(next);
    else {
      frame.fill(0);
      missing++;
    }
    if (++turns % WATCHED_FRAMES !== 0) return;
    // What was never needed is only delay.
    skipped += queue.splice(0, Math.max(0, least - 1)).length;
    least = Number.POSITIVE_INFINITY;
  });
  return () => ({
    ...{ overruns: input.overruns, underruns: output.underruns, missing, skipped },
    ...(input instanceof RingInput && { inputMs: input.latencyMs }),
    ...(output instanceof RingOutput && { outputMs: output.latencyMs }),
  });
}

setPriority(constants.priority.PRIORITY_HIGH);
const counted = loop(await devices(process.argv[2] ?? ''));
process.on('message', () => process.send?.(counted()));
process.on('disconnect', () => process.exit(0));
