/** Radix-2 Fourier transform in place (Cooley and Tukey 1965), for correlating long recordings. */

/** Transforms `re` + i·`im` in place; both of one power-of-two length. Not scaled either way. */
export function fft(re: Float64Array, im: Float64Array, inverse = false): void {
  const size = re.length;
  if (size !== im.length || (size & (size - 1)) !== 0) {
    throw new Error('The transform wants two arrays of one power-of-two length.');
  }
  reorder(re, im);
  const cosines = new Float64Array(size / 2);
  const sines = new Float64Array(size / 2);
  const angle = ((inverse ? 2 : -2) * Math.PI) / size;
  for (let k = 0; k < size / 2; k += 1) {
    cosines[k] = Math.cos(angle * k);
    sines[k] = Math.sin(angle * k);
  }
  // Through memory from front to back: half a million points do not fit a processor's cache.
  for (let span = 2; span <= size; span *= 2) {
    const half = span / 2;
    const step = size / span;
    for (let block = 0; block < size; block += span) {
      for (let k = 0; k < half; k += 1) {
        const [at, to] = [block + k, block + k + half];
        const [cos, sin] = [cosines[k * step]!, sines[k * step]!];
        const r = re[to]! * cos - im[to]! * sin;
        const i = re[to]! * sin + im[to]! * cos;
        re[to] = re[at]! - r;
        im[to] = im[at]! - i;
        re[at] = re[at]! + r;
        im[at] = im[at]! + i;
      }
    }
  }
}

/** out[lag + reference.length - 1] = Σ recording[n + lag] · reference[n], every overlapping lag. */
export function crossCorrelate(recording: Float32Array, reference: Float32Array): Float64Array {
  const lags = recording.length + reference.length - 1;
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, lags)));
  const aRe = new Float64Array(size);
  const aIm = new Float64Array(size);
  const bRe = new Float64Array(size);
  const bIm = new Float64Array(size);
  aRe.set(recording);
  bRe.set(Float64Array.from(reference).reverse());
  fft(aRe, aIm);
  fft(bRe, bIm);
  for (let index = 0; index < size; index += 1) {
    const r = aRe[index]! * bRe[index]! - aIm[index]! * bIm[index]!;
    aIm[index] = aRe[index]! * bIm[index]! + aIm[index]! * bRe[index]!;
    aRe[index] = r / size;
  }
  for (let index = 0; index < size; index += 1) aIm[index] = aIm[index]! / size;
  fft(aRe, aIm, true);
  return aRe.subarray(0, lags);
}

function reorder(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let from = 1, to = 0; from < size; from += 1) {
    let bit = size >> 1;
    for (; to & bit; bit >>= 1) to ^= bit;
    to ^= bit;
    if (from >= to) continue;
    [re[from], re[to]] = [re[to]!, re[from]!];
    [im[from], im[to]] = [im[to]!, im[from]!];
  }
}
