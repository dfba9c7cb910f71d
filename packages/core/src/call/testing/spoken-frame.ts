/** Frames for tests that can be told apart: who said it and when follows from the bytes. */

const FRAME_BYTES = 640;

/** What `role` says in its n-th frame; no two frames and no two sides are alike. */
export function frameOf(role: 'A' | 'B', number: number): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  new DataView(frame.buffer).setUint32(0, number);
  for (let i = 4; i < FRAME_BYTES; i++) frame[i] = number * 31 + i * 7 + (role === 'A' ? 1 : 2);
  return frame;
}
