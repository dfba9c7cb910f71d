/** What every benchmark gives: rows for the table and for bench.json. */

/** One number with its unit; `p95` and `note` where there is more to say. */
export interface Row {
  /** What was measured, as a person reads it. */
  what: string;
  value: number;
  unit: string;
  p95?: number;
  note?: string;
}

export interface Bench {
  /** `npm run bench -- NAME`. */
  name: string;
  title: string;
  /** Seconds that it takes, about. */
  seconds: number;
  /** It wants PulseAudio or espeak-ng. */
  needsSound?: true;
  /** It runs only when it is named. */
  byHand?: true;
  run(): Promise<Row[]>;
}
