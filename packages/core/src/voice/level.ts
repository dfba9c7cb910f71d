/** How loud a frame is. */

/** What silence is called: the quietest that a level says, dBFS. */
export const SILENCE_DBFS = -100;
const FULL_SCALE = 32_768;

/** Mean square of a frame, 0 to 2^30. */
export function meanSquare(frame: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < frame.length; i++) sum += frame[i]! * frame[i]!;
  return frame.length === 0 ? 0 : sum / frame.length;
}

/** RMS level of a mean square, -100 to 0 dBFS; a full-scale square wave is 0. */
export function toDbfs(meanSquareValue: number): number {
  if (meanSquareValue <= 0) return SILENCE_DBFS;
  const dbfs = 10 * Math.log10(meanSquareValue / (FULL_SCALE * FULL_SCALE));
  return Math.min(0, Math.max(SILENCE_DBFS, dbfs));
}

/** The level over all frames since it was last asked. */
export class LevelMeter {
  #sum = 0;
  #frames = 0;

  note(meanSquareValue: number): void {
    this.#sum += meanSquareValue;
    this.#frames++;
  }

  /** dBFS over the frames noted since the last call; silence if there were none. */
  take(): number {
    const dbfs = toDbfs(this.#frames === 0 ? 0 : this.#sum / this.#frames);
    this.#sum = 0;
    this.#frames = 0;
    return dbfs;
  }
}
