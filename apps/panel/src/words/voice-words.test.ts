import { codecName, USUAL_PROCESSING } from '@kyberline/shared/voice';
import { describe, expect, it } from 'vitest';
import { CODEC_WORDS, PROCESSING_WORDS } from './voice-words';

describe('what is said of the voice', () => {
  it('has every switch once, and every codec under a name of its own', () => {
    const names = PROCESSING_WORDS.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(USUAL_PROCESSING).toSorted());
    const labels = codecName.options.map((codec) => CODEC_WORDS[codec].label);
    expect(new Set(labels).size).toBe(codecName.options.length);
  });

  it('says what a disguise does not hide', () => {
    const disguise = PROCESSING_WORDS.find(({ name }) => name === 'disguise');
    for (const word of ['words', 'rhythm', 'accent']) expect(disguise?.hint).toContain(word);
  });
});
