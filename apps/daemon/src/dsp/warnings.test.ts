import type { VoiceWarning } from '@kyberline/shared/voice';
import { describe, expect, it } from 'vitest';
import { FRAME_SAMPLES } from './stage.js';
import { CaptureWatch, type Passing } from './warnings.js';

/** A wave of 16-bit samples at a level, different in each frame; -Infinity is digital silence. */
function frame(dbfs: number): Int16Array {
  const peak = 32_768 * Math.SQRT2 * 10 ** (dbfs / 20);
  return Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => Math.round(peak * Math.sin(n / 7)));
}

const QUIET = frame(-70);
const SILENT = new Int16Array(FRAME_SAMPLES);

/** Frames for so many seconds; the warnings after each of them. */
class Watched {
  readonly watch = new CaptureWatch();
  readonly after: string[] = [];

  pass(seconds: number, of: (n: number) => Partial<Passing>): this {
    for (let n = 0; n < Math.round(100 * seconds); n++) {
      const captured = of(n).captured ?? QUIET;
      this.watch.note({ captured, sent: captured, isMuted: false, isSpeech: false, ...of(n) });
      this.after.push(this.watch.warnings.join());
    }
    return this;
  }

  get warnings(): readonly VoiceWarning[] {
    return this.watch.warnings;
  }

  /** How often the warnings changed. */
  get changes(): number {
    return this.after.filter((now, n) => n > 0 && now !== this.after[n - 1]).length;
  }
}

/** Words of 400 ms with 200 ms between them. */
const word = (n: number) => ({ captured: n % 60 < 40 ? frame(-25) : QUIET, isSpeech: n % 60 < 55 });
const muted = (of: (n: number) => Partial<Passing>) => (n: number) => ({ ...of(n), isMuted: true });

describe('speaking while muted', () => {
  it('is said within three seconds, stays through pauses, and ends after the speech', () => {
    const watched = new Watched().pass(5, muted(word));
    expect(watched.after.indexOf('speaking-while-muted')).toBeLessThan(300);
    expect(watched.warnings).toEqual(['speaking-while-muted']);
    watched.pass(2, () => ({ isMuted: true })).pass(2, muted(word));
    expect(watched.changes).toBe(1);
    watched.pass(4, () => ({ isMuted: true }));
    expect(watched.warnings).toEqual([]);
  });

  it('ends at once when the microphone is open, and is never said while it is', () => {
    const watched = new Watched().pass(5, muted(word)).pass(0.01, word);
    expect(watched.warnings).toEqual([]);
    expect(new Watched().pass(20, word).changes).toBe(0);
  });

  it('is not said for a word, a cough, nor a voice far away', () => {
    const cough = (n: number) => ({ captured: n < 40 ? frame(-15) : QUIET, isSpeech: n < 60 });
    expect(new Watched().pass(10, muted(cough)).changes).toBe(0);
    const far = () => ({ captured: frame(-55), isSpeech: true });
    expect(new Watched().pass(10, muted(far)).changes).toBe(0);
  });

  it('is not said for the loudspeaker, whose echo sounds like speech too', () => {
    const echo = (n: number) => ({
      reference: n % 60 < 40 ? frame(-20) : SILENT,
      captured: (n + 48) % 60 < 40 ? frame(-35) : QUIET,
      isSpeech: true,
    });
    expect(new Watched().pass(20, muted(echo)).changes).toBe(0);
  });
});

describe('a silent microphone', () => {
  it('is said after five seconds of nothing, and not before', () => {
    for (const captured of [SILENT, frame(-88)]) {
      const watched = new Watched().pass(6, () => ({ captured }));
      expect(watched.after.indexOf('silent-microphone')).toBe(499);
    }
  });

  it('is not said of a quiet room', () => {
    expect(new Watched().pass(30, () => ({ captured: frame(-78) })).changes).toBe(0);
  });

  it('is not said for pauses that a gate makes between words', () => {
    const gated = (n: number) => ({ captured: n % 480 < 40 ? frame(-30) : SILENT });
    expect(new Watched().pass(30, gated).changes).toBe(0);
  });

  it('ends when there is sound, but not for a crackle, nor flickers at the border', () => {
    const watched = new Watched().pass(6, () => ({ captured: SILENT }));
    watched.pass(20, (n) => ({ captured: n % 200 < 5 ? frame(-40) : SILENT }));
    watched.pass(20, (n) => ({ captured: frame(n % 3 === 0 ? -86 : -79) }));
    expect(watched.changes).toBe(1);
    watched.pass(0.3, () => ({}));
    expect(watched.warnings).toEqual([]);
  });

  it('is not said while muted: some headsets then send nothing', () => {
    expect(new Watched().pass(10, () => ({ captured: SILENT, isMuted: true })).changes).toBe(0);
  });
});

describe('clipping', () => {
  /** A wave with its tops cut off at a level. */
  const cutAt = (most: number) =>
    Int16Array.from({ length: FRAME_SAMPLES }, (_, n) =>
      Math.round(Math.max(-most, Math.min(most, 50_000 * Math.sin(n / 7)))),
    );
  const clipped = cutAt(32_767);

  it('is said when tops are flat again and again, and ends four seconds after the last', () => {
    const watched = new Watched().pass(3, (n) => ({ captured: n % 10 < 3 ? clipped : QUIET }));
    expect(watched.warnings).toEqual(['clipping']);
    watched.pass(3.9, () => ({}));
    expect(watched.warnings).toEqual(['clipping']);
    watched.pass(0.2, () => ({}));
    expect(watched.warnings).toEqual([]);
  });

  it('is not said for a thump now and then, nor for music that just fits', () => {
    expect(
      new Watched().pass(30, (n) => ({ captured: n % 300 < 2 ? clipped : QUIET })).changes,
    ).toBe(0);
    const peaks = frame(-10);
    for (let n = 0; n < FRAME_SAMPLES; n += 40) peaks[n] = n % 80 === 0 ? 32_767 : -32_768;
    expect(new Watched().pass(30, () => ({ captured: peaks })).changes).toBe(0);
    expect(new Watched().pass(10, () => ({ captured: cutAt(30_000) })).changes).toBe(0);
  });
});
