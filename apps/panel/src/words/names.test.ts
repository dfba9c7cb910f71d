import { describe, expect, it } from 'vitest';
import { readName, readOwnName } from './names';

describe('a typed name', () => {
  it('is taken in lower case without the spaces around it', () => {
    expect(readName('  Anna.B-2 ')).toEqual({ kind: 'name', name: 'anna.b-2' });
  });

  it('is empty while nothing was typed', () => {
    expect(readName('   ')).toEqual({ kind: 'empty' });
  });

  it('is explained when it has a character that names cannot have', () => {
    expect(readName('anna b')).toMatchObject({
      kind: 'problem',
      sentence: expect.stringMatching(/letters/),
    });
    expect(readName('änna')).toMatchObject({ kind: 'problem' });
  });

  it('is explained when it is longer than 32 characters', () => {
    expect(readName('a'.repeat(32))).toMatchObject({ kind: 'name' });
    expect(readName('a'.repeat(33))).toMatchObject({
      kind: 'problem',
      sentence: expect.stringMatching(/32/),
    });
  });

  it('is explained when it is made of dots alone', () => {
    expect(readName('..')).toMatchObject({
      kind: 'problem',
      sentence: expect.stringMatching(/dots alone/),
    });
  });

  it('cannot be echo for a person, but echo can be called', () => {
    expect(readOwnName('Echo')).toMatchObject({ kind: 'problem' });
    expect(readName('Echo')).toEqual({ kind: 'name', name: 'echo' });
  });
});
