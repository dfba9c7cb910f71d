import { describe, expect, it } from 'vitest';
import { NO_PROCESSING, USUAL_PROCESSING, voiceWarning } from './voice.js';
import { warningSentence } from './voice-warnings.js';

describe('what is said of a microphone', () => {
  it('is a sentence for each warning, with what to do, and no code', () => {
    const sentences = voiceWarning.options.map((each) => warningSentence(each, NO_PROCESSING));
    expect(new Set(sentences).size).toBe(voiceWarning.options.length);
    for (const [at, sentence] of sentences.entries()) {
      expect(sentence).toMatch(/^[A-Z][^.]+\. [A-Z][^.]+\.$/);
      expect(sentence).not.toContain(voiceWarning.options[at]);
    }
  });

  it('asks for echo cancellation only where it is off', () => {
    expect(warningSentence('echo-heard-by-others', NO_PROCESSING)).toContain('Turn on echo');
    expect(warningSentence('echo-heard-by-others', USUAL_PROCESSING)).not.toContain('Turn on echo');
  });
});
