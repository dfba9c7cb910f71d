/**
 * The ringtone, made on the spot with Web Audio: two soft bells, a fifth apart, every three
 * seconds. No sound file, no network.
 */

const CYCLE_S = 3;
/** Start in seconds and pitch in hertz of each bell in a cycle. */
const BELLS: readonly (readonly [number, number])[] = [
  [0, 523.25],
  [0.18, 783.99],
  [0.9, 523.25],
  [1.08, 783.99],
];
const BELL_S = 1.1;
const PEAK_GAIN = 0.16;

export type Ringing = { stop: () => void };

/** Rings until stopped. `context` may be suspended; the ringing is heard once it runs. */
export function ring(context: AudioContext): Ringing {
  const out = context.createGain();
  out.connect(context.destination);
  let next = context.currentTime + 0.05;
  const plan = () => {
    // Suspended contexts stand still; a background page is woken once a second at best.
    while (next < context.currentTime + CYCLE_S) {
      cycle(context, out, next);
      next += CYCLE_S;
    }
  };
  plan();
  const timer = setInterval(plan, 500);
  return {
    stop: () => {
      clearInterval(timer);
      out.gain.setTargetAtTime(0, context.currentTime, 0.03);
      setTimeout(() => out.disconnect(), 300);
    },
  };
}

/** One cycle, to be heard when somebody wants to know how it sounds. */
export function ringOnce(context: AudioContext): void {
  void context.resume();
  cycle(context, context.destination, context.currentTime + 0.05);
}

function cycle(context: AudioContext, out: AudioNode, at: number): void {
  for (const [delay, hertz] of BELLS) bell(context, out, at + delay, hertz);
}

/** A sine with its octave, struck and fading. */
function bell(context: AudioContext, out: AudioNode, at: number, hertz: number): void {
  for (const [ratio, share] of [
    [1, 1],
    [2, 0.28],
    [3, 0.08],
  ] as const) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = hertz * ratio;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(PEAK_GAIN * share, at + 0.012);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + BELL_S / ratio);
    tone.connect(gain).connect(out);
    tone.start(at);
    tone.stop(at + BELL_S);
  }
}
