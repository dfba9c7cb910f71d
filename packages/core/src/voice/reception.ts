/**
 * What arrived of a stream, for the report that goes back once a second: the share of packets that
 * did not come and the longest run of them, by the packets' own counters, so that repairs do not hide
 * what the network does (RFC 3550 section 6.4.1, fraction lost).
 *
 *   counters   … 7 8 - 10 11 - - 14 │ 15 16        the newest two are not judged yet:
 *                    └ 1      └ 2     └ not yet      they may only be out of order
 */

const RING = 1024;
/** Packets that come out of order are rarely later than this. */
const NOT_JUDGED_YET = 2;

export interface Arrived {
  /** Share of the packets since the last report that did not come, 0 to 1. */
  lossRatio: number;
  /** The longest run of packets in a row that did not come, as far as it is known by now. */
  longestBurst: number;
}

export class Reception {
  readonly #here = new Uint8Array(RING);
  #epoch: number | undefined;
  #highest = -1;
  /** Everything below it has been reported. */
  #judged = 0;
  /** Packets missing in a row just before that: a burst may reach over a report. */
  #run = 0;
  /** What an epoch left behind when the next one began, for the report that is due. */
  #before = { expected: 0, missing: 0, burst: 0 };

  /** A packet that opened, of this or an earlier epoch. */
  note(epoch: number, counter: number): void {
    if (this.#epoch === undefined || epoch > this.#epoch) this.#begin(epoch, counter);
    if (epoch !== this.#epoch) return;
    if (counter > this.#highest) {
      if (counter - this.#highest >= RING) {
        this.#begin(epoch, counter);
        return;
      }
      for (let n = this.#highest + 1; n < counter; n++) this.#here[n % RING] = 0;
      this.#highest = counter;
      // Nobody asked for a report for so long: what would be overwritten is judged unreported.
      this.#judged = Math.max(this.#judged, counter - RING + 1);
    }
    if (counter > this.#highest - RING) this.#here[counter % RING] = 1;
  }

  /** What came since the last report. */
  report(): Arrived {
    const now = this.#count(this.#highest - NOT_JUDGED_YET);
    const expected = this.#before.expected + now.expected;
    const missing = this.#before.missing + now.missing;
    const longestBurst = Math.max(this.#before.burst, now.burst);
    this.#before = { expected: 0, missing: 0, burst: 0 };
    return { lossRatio: expected === 0 ? 0 : missing / expected, longestBurst };
  }

  #begin(epoch: number, counter: number): void {
    const { expected, missing, burst } = this.#before;
    const now = this.#count(this.#highest);
    this.#before = {
      expected: expected + now.expected,
      missing: missing + now.missing,
      burst: Math.max(burst, now.burst),
    };
    this.#epoch = epoch;
    this.#judged = counter;
    this.#highest = counter;
    this.#here.fill(0);
    this.#here[counter % RING] = 1;
  }

  #count(last: number): { expected: number; missing: number; burst: number } {
    let missing = 0;
    let burst = 0;
    const expected = Math.max(0, last + 1 - this.#judged);
    for (let n = this.#judged; n <= last; n++) {
      this.#run = this.#here[n % RING] === 1 ? 0 : this.#run + 1;
      missing += this.#run > 0 ? 1 : 0;
      burst = Math.max(burst, this.#run);
    }
    this.#judged = Math.max(this.#judged, last + 1);
    return { expected, missing, burst };
  }
}
