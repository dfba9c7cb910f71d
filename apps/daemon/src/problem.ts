/**
 * An error that a person must act on: a stable code for programs, a sentence that says what to do.
 * Nothing secret may stand in either.
 */
export class Problem extends Error {
  readonly code: string;

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'Problem';
    this.code = code;
  }
}
