/** What the doctor says of one thing. */
export interface Finding {
  check:
    | 'home'
    | 'daemon'
    | 'ports'
    | 'engine'
    | 'sound'
    | 'registry'
    | 'clock'
    | 'name'
    | 'network';
  /** `wrong` = something to mend; `note` = good to know. */
  status: 'ok' | 'note' | 'wrong';
  /** What is so, and what to do if it should not be. */
  sentence: string;
}

export type Check = Finding['check'];

/** The three ways to say something about one check. */
export function about(check: Check) {
  const say = (status: Finding['status']) => (sentence: string) => ({ check, status, sentence });
  return { ok: say('ok'), note: say('note'), wrong: say('wrong') };
}
