/**
 * Pitch and formants of one frame of speech at 16 kHz, for `speaker.ts`. Written without a look at
 * how the daemon's disguise finds them: a test that measures with the same eyes sees the same things.
 */
const RATE_HZ = 16_000;
const LEAST_LAG = 36;
const MOST_LAG = 230;
/** The share of the energy that comes back after a period, from which on it is a voice. */
const VOICED = 0.5;
const ORDER = 16;
const EMPHASIS = 0.97;
const STEP_HZ = 20;
/** F1 to F4 lie between these. */
const RANGES_HZ = [
  [180, 1200],
  [600, 3100],
  [1400, 4100],
  [2300, 5500],
] as const;

/** The fundamental by Boersma's autocorrelation (1993): the window's own is divided out. */
export function pitchHz(frame: Float32Array): number | undefined {
  const centre = frame.reduce((sum, sample) => sum + sample, 0) / frame.length;
  const windowed = Float64Array.from(
    frame,
    (sample, n) => (sample - centre) * Math.sin((Math.PI * (n + 0.5)) / frame.length) ** 2,
  );
  const own = windowCorrelation(frame.length);
  const power = lagged(windowed, 0);
  if (power === 0) return undefined;
  let best = 0;
  let most = VOICED;
  const scores = new Float64Array(MOST_LAG + 2);
  for (let lag = LEAST_LAG - 1; lag <= MOST_LAG + 1; lag += 1) {
    scores[lag] = lagged(windowed, lag) / power / own[lag]!;
  }
  for (let lag = LEAST_LAG; lag <= MOST_LAG; lag += 1) {
    const isPeak = scores[lag]! > scores[lag - 1]! && scores[lag]! >= scores[lag + 1]!;
    // Boersma's octave cost: of two that fit alike, the higher pitch.
    const score = scores[lag]! - 0.02 * Math.log2(lag / LEAST_LAG);
    if (!isPeak || score <= most) continue;
    most = score;
    best = lag;
  }
  return best === 0 ? undefined : RATE_HZ / best;
}

const kept = new Map<number, Float64Array>();

function windowCorrelation(length: number): Float64Array {
  let own = kept.get(length);
  if (own === undefined) {
    const window = Float64Array.from(
      { length },
      (_, n) => Math.sin((Math.PI * (n + 0.5)) / length) ** 2,
    );
    const power = lagged(window, 0);
    own = Float64Array.from({ length: MOST_LAG + 2 }, (_, lag) => lagged(window, lag) / power);
    kept.set(length, own);
  }
  return own;
}

function lagged(samples: Float64Array, lag: number): number {
  let sum = 0;
  for (let n = lag; n < samples.length; n += 1) sum += samples[n]! * samples[n - lag]!;
  return sum;
}

/** F1 to F4 in Hz: peaks of the envelope of linear prediction; undefined where one is missing. */
export function firstFormants(frame: Float32Array): number[] | undefined {
  const emphasised = Float64Array.from(frame, (sample, n) => {
    const window = 0.54 - 0.46 * Math.cos((2 * Math.PI * n) / (frame.length - 1));
    return window * (sample - EMPHASIS * (frame[n - 1] ?? 0));
  });
  const predictor = predict(emphasised);
  if (predictor === undefined) return undefined;
  const found: number[] = [];
  let [before, here] = [0, gainAt(predictor, 0)];
  for (let hz = STEP_HZ; hz < RATE_HZ / 2 && found.length < RANGES_HZ.length; hz += STEP_HZ) {
    const after = gainAt(predictor, hz);
    const peakHz = hz - STEP_HZ;
    const [least, most] = RANGES_HZ[found.length]!;
    if (here > before && here >= after && peakHz >= least) {
      if (peakHz > most) return undefined;
      found.push(peakHz);
    }
    [before, here] = [here, after];
  }
  return found.length === RANGES_HZ.length ? found : undefined;
}

/** a0 = 1, a1 .. aP by the autocorrelation method. */
function predict(samples: Float64Array): Float64Array | undefined {
  const r = Float64Array.from({ length: ORDER + 1 }, (_, lag) => lagged(samples, lag));
  if (r[0] === 0) return undefined;
  r[0]! *= 1.0001;
  let a = Float64Array.of(1);
  let error = r[0]!;
  for (let i = 1; i <= ORDER; i += 1) {
    const k = -a.reduce((sum, value, n) => sum + value * r[i - n]!, 0) / error;
    const longer = new Float64Array(i + 1);
    for (let n = 0; n <= i; n += 1) longer[n] = (a[n] ?? 0) + k * (a[i - n] ?? 0);
    a = longer;
    error *= 1 - k * k;
  }
  return a;
}

function gainAt(predictor: Float64Array, hz: number): number {
  const angle = (2 * Math.PI * hz) / RATE_HZ;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Horner's scheme in z^-1.
  let [re, im] = [0, 0];
  for (let n = ORDER; n >= 0; n -= 1) {
    [re, im] = [re * cos + im * sin + predictor[n]!, im * cos - re * sin];
  }
  return 1 / (re * re + im * im);
}
