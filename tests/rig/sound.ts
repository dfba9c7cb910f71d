/** The pure part of the rig in one import: WAV, level, correlation, chirps. Nothing here does I/O but the two WAV file functions. */

export {
  chirp,
  chirpOnsets,
  chirpTrain,
  delays,
  type Onset,
  quantile,
} from './sound/chirp.js';
export {
  type AlignedCorrelation,
  type Alignment,
  align,
  alignedCorrelation,
} from './sound/correlate.js';
export { cut, durationMs, type Gap, gaps, rmsDbfs, SILENCE_DBFS } from './sound/level.js';
export { drift, resample } from './sound/resample.js';
export {
  decodeWav,
  encodeWav,
  fromPcm16,
  readWav,
  type Sound,
  toPcm16,
  writeWav,
} from './sound/wav.js';
