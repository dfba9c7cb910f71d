/** An error that a person must act on: a stable code and a sentence that says what to do. */

export type PanelErrorCode =
  | 'bad-option'
  | 'port-busy'
  | 'port-forbidden'
  | 'no-build'
  | 'secret-unusable';

export class PanelError extends Error {
  constructor(
    readonly code: PanelErrorCode,
    sentence: string,
    cause?: unknown,
  ) {
    super(sentence, { cause });
    this.name = 'PanelError';
  }
}
