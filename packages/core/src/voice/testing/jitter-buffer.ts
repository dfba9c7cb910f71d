/** A jitter buffer whose frames carry their place, for tests that read as lists of places. */
import { JitterBuffer } from '../jitter.js';

const payload = (index: number) => Uint8Array.of(index >>> 16, index >>> 8, index);
const indexIn = (bytes: Uint8Array) => (bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!;

/** Frames are told by their place; those of 20 ms stand at even ones. */
export function buffer(places = 1) {
  const jitter = new JitterBuffer(8);
  const take = () => {
    const taken = jitter.take();
    return typeof taken === 'string' ? taken : indexIn(taken.payload);
  };
  return {
    jitter,
    take,
    put: (...indexes: number[]) => {
      for (const index of indexes) jitter.put(index, places, 7, payload(index));
    },
    repair: (...indexes: number[]) =>
      indexes.map((index) => jitter.repair(index, places, 7, payload(index))),
    turns: (n: number) => Array.from({ length: n }, take),
  };
}

/** @throws where a frame is nowhere, or in two places */
export function balance({ counters, buffered }: JitterBuffer) {
  const { received, played, late, duplicate, discarded } = counters;
  const found = played + late + duplicate + discarded + buffered;
  if (found !== received) throw new Error(`${received} frames came, ${found} are accounted for`);
}
