/** What is said of each warning about one's own microphone: what is so, then what to do. */
import type { Processing, VoiceWarning } from './voice.js';

/** @param processing what is done to the microphone's sound now: it decides what is left to do */
export function warningSentence(
  warning: VoiceWarning,
  processing: Pick<Processing, 'echoCancellation'>,
): string {
  switch (warning) {
    case 'speaking-while-muted':
      return 'You are muted, and you seem to speak. Unmute to be heard.';
    case 'silent-microphone':
      return 'Your microphone gives only silence. Check that it is the right one and not switched off.';
    case 'clipping':
      return "Your microphone is too loud and distorts. Lower its level in the system's settings.";
    case 'echo-heard-by-others':
      return processing.echoCancellation
        ? 'The others hear themselves. Use headphones, or turn the loudspeaker down.'
        : 'The others hear themselves. Turn on echo cancellation or use headphones.';
  }
}
