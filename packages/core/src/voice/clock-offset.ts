/**
 * The peer's monotonic clock by ours, from PING and PONG (SPEC 9).
 *
 *   ours    sent ─────────── middle ─────────── received        offset = peer - middle
 *   theirs            answered at `peer`                        in error by half the round trip at most
 *
 * The answer was given somewhere between sent and received, so an exchange bounds the offset, however
 * unequal the two ways were; the quickest bounds it closest (the minimum filter of NTP, RFC 5905
 * section 10). Of every 10 s the best exchange is kept, for 10 minutes. A line through them gives the
 * clocks' drift, weighted by how much slower than the quickest each one was, so that an offset does
 * not go stale while no ping is answered. Any two exchanges bound the drift as well: what is said of
 * the error is a bound, not a guess, as long as the clocks are what clocks are: off by less than
 * 500 ppm (the most that RFC 5905 slews by), and steady to 2 ppm.
 *
 * An exchange that contradicts those bounds is a lie or the first after a clock stood still (Linux's
 * CLOCK_MONOTONIC does while a machine sleeps). One alone changes nothing; a second that contradicts
 * them and agrees with the first is a new beginning.
 */

const MOST_RATE = 500e-6;
const WANDER_RATE = 2e-6;
/** The drift is this before anything is known of it, give or take: what crystals differ by. */
const USUAL_RATE = 100e-6;
const STRETCH_MS = 10_000;
const STRETCHES = 60;
/** A slower exchange says nothing worth knowing, and may have slept. */
const MOST_ROUND_TRIP_MS = 10_000;
/** 270 years: up to here a double is exact to 2 µs. */
const FURTHEST_MS = 2 ** 43;
/** Clocks are read in steps, and a ping's times are whole µs. */
const RESOLUTION_MS = 0.01;
/** How well the quickest exchanges' middles are known, when both ways are equally long. */
const MIDDLE_MS = 0.5;

interface Exchange {
  /** The middle, on our clock. */
  readonly atMs: number;
  readonly offsetMs: number;
  readonly errorMs: number;
}

interface Bounds {
  readonly leastMs: number;
  readonly mostMs: number;
}

export class ClockOffset {
  /** The best exchange of each stretch, oldest first. */
  readonly #best: Exchange[] = [];
  /** The last exchange, if it contradicted the others. */
  #suspect: Exchange | undefined;
  #receivedMs = Number.NEGATIVE_INFINITY;

  /** The line: the offset at `#middleMs`, and how it grows, with the bounds of that. */
  #middleMs = 0;
  #middleOffsetMs = 0;
  #rate = 0;
  #leastRate = -MOST_RATE;
  #mostRate = MOST_RATE;

  /** How much faster than ours the peer's clock runs. */
  get ppm(): number {
    return this.#rate * 1e6;
  }

  /**
   * A ping was answered. Ignored if it cannot be true.
   * @param sentMs when it left, on our clock, as we remember it (not as the answer repeats it)
   * @param peerMs when it was answered, on the peer's
   * @param receivedMs when the answer came, on ours
   */
  note(sentMs: number, peerMs: number, receivedMs: number): void {
    const roundTripMs = receivedMs - sentMs;
    if (!(roundTripMs >= 0 && roundTripMs <= MOST_ROUND_TRIP_MS)) return;
    if (!(Math.abs(peerMs) <= FURTHEST_MS && Math.abs(receivedMs) <= FURTHEST_MS)) return;
    if (receivedMs < this.#receivedMs) this.restart();
    this.#receivedMs = receivedMs;

    const atMs = sentMs + roundTripMs / 2;
    const errorMs = roundTripMs / 2 + RESOLUTION_MS;
    const exchange = { atMs, offsetMs: peerMs - atMs, errorMs };
    const bounds = this.#boundsAt(atMs);
    if (bounds && !isWithin(exchange, bounds)) {
      const suspect = this.#suspect;
      this.#suspect = exchange;
      if (!suspect || !isWithin(exchange, boundsFrom(suspect, atMs, -MOST_RATE, MOST_RATE))) return;
      this.restart();
      this.#keep(suspect);
    }
    this.#suspect = undefined;
    this.#keep(exchange);
    this.#learn();
  }

  /** The peer's clock less ours at `nowMs` on ours; undefined before the first answer. */
  offsetMs(nowMs: number): number | undefined {
    const bounds = this.#boundsAt(nowMs);
    return bounds && this.#within(bounds, nowMs);
  }

  /** How far from the truth `offsetMs` may be: half a quick round trip, and more as it ages. */
  errorMs(nowMs: number): number | undefined {
    const bounds = this.#boundsAt(nowMs);
    if (!bounds) return undefined;
    const offsetMs = this.#within(bounds, nowMs);
    return Math.max(bounds.mostMs - offsetMs, offsetMs - bounds.leastMs);
  }

  /** Another peer, or another clock: all is forgotten. */
  restart(): void {
    this.#best.length = 0;
    this.#suspect = undefined;
    this.#receivedMs = Number.NEGATIVE_INFINITY;
    this.#rate = 0;
    this.#leastRate = -MOST_RATE;
    this.#mostRate = MOST_RATE;
  }

  /** The line's offset, as far as the bounds allow it. */
  #within(bounds: Bounds, nowMs: number): number {
    const lineMs = this.#middleOffsetMs + this.#rate * (nowMs - this.#middleMs);
    return Math.min(Math.max(lineMs, bounds.leastMs), bounds.mostMs);
  }

  /** What all the exchanges allow the offset to be at `atMs`. */
  #boundsAt(atMs: number): Bounds | undefined {
    if (this.#best.length === 0) return undefined;
    let leastMs = Number.NEGATIVE_INFINITY;
    let mostMs = Number.POSITIVE_INFINITY;
    for (const exchange of this.#best) {
      const bounds = boundsFrom(exchange, atMs, this.#leastRate, this.#mostRate);
      leastMs = Math.max(leastMs, bounds.leastMs);
      mostMs = Math.min(mostMs, bounds.mostMs);
    }
    // A clock that wanders more than we think leaves nothing between them: then they are one range.
    return leastMs <= mostMs ? { leastMs, mostMs } : { leastMs: mostMs, mostMs: leastMs };
  }

  #keep(exchange: Exchange): void {
    const last = this.#best.at(-1);
    if (last && stretchOf(exchange) <= stretchOf(last)) {
      if (exchange.errorMs <= last.errorMs) this.#best[this.#best.length - 1] = exchange;
      return;
    }
    this.#best.push(exchange);
    const oldest = stretchOf(exchange) - STRETCHES;
    while (stretchOf(this.#best[0]!) <= oldest) this.#best.shift();
  }

  #learn(): void {
    this.#boundRate();
    let quickestMs = Number.POSITIVE_INFINITY;
    for (const { errorMs } of this.#best) quickestMs = Math.min(quickestMs, errorMs);
    const weightOf = (exchange: Exchange) => (exchange.errorMs - quickestMs + MIDDLE_MS) ** -2;

    const origin = this.#best[0]!;
    let weights = 0;
    let x = 0;
    let y = 0;
    for (const exchange of this.#best) {
      const weight = weightOf(exchange);
      weights += weight;
      x += weight * (exchange.atMs - origin.atMs);
      y += weight * (exchange.offsetMs - origin.offsetMs);
    }
    this.#middleMs = origin.atMs + x / weights;
    this.#middleOffsetMs = origin.offsetMs + y / weights;

    // As if one more observation had said: no drift, give or take the usual one.
    let square = USUAL_RATE ** -2;
    let product = 0;
    for (const exchange of this.#best) {
      const fromMiddleMs = exchange.atMs - this.#middleMs;
      square += weightOf(exchange) * fromMiddleMs ** 2;
      product += weightOf(exchange) * fromMiddleMs * (exchange.offsetMs - this.#middleOffsetMs);
    }
    this.#rate = Math.min(Math.max(product / square, this.#leastRate), this.#mostRate);
  }

  /** The least and the most drift that every two exchanges allow. */
  #boundRate(): void {
    let least = -MOST_RATE;
    let most = MOST_RATE;
    for (const [index, later] of this.#best.entries()) {
      for (let i = 0; i < index; i++) {
        const earlier = this.#best[i]!;
        const apartMs = later.atMs - earlier.atMs;
        if (apartMs <= 0) continue;
        const rate = (later.offsetMs - earlier.offsetMs) / apartMs;
        const error = (later.errorMs + earlier.errorMs) / apartMs + WANDER_RATE;
        least = Math.max(least, rate - error);
        most = Math.min(most, rate + error);
      }
    }
    this.#leastRate = Math.min(least, most);
    this.#mostRate = Math.max(least, most);
  }
}

const stretchOf = (exchange: Exchange) => Math.floor(exchange.atMs / STRETCH_MS);

const isWithin = ({ offsetMs, errorMs }: Exchange, { leastMs, mostMs }: Bounds) =>
  offsetMs + errorMs >= leastMs && offsetMs - errorMs <= mostMs;

/** What one exchange allows the offset to be at another time. */
function boundsFrom(
  { atMs, offsetMs, errorMs }: Exchange,
  thenMs: number,
  leastRate: number,
  mostRate: number,
): Bounds {
  const ageMs = thenMs - atMs;
  return {
    leastMs: offsetMs - errorMs + Math.min(ageMs * leastRate, ageMs * mostRate),
    mostMs: offsetMs + errorMs + Math.max(ageMs * leastRate, ageMs * mostRate),
  };
}
