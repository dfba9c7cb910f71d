/**
 * Every way in which a call can end, told apart, each with the sentence that a person reads.
 * "mine" endings were caused on this machine, "theirs" on the other.
 */
import { z } from 'zod';

export const END_REASONS = [
  'hung-up-by-me',
  'hung-up-by-them',
  'rejected-by-me',
  'rejected-by-them',
  'busy-here',
  'busy-there',
  'no-answer',
  'missed',
  'cancelled-by-me',
  'cancelled-by-them',
  'unreachable',
  'unknown-name',
  'registry-unreachable',
  'not-confirmed',
  'key-changed',
  'key-expired',
  'clock-wrong',
  'refused',
  'media-lost',
  'program-stopped-there',
  'program-stopped-here',
  'engine-failed',
  'engine-failed-there',
  'words-differ',
  'suite-lowered',
  'registry-refused',
] as const;

export const endReason = z.enum(END_REASONS);
export type EndReason = z.infer<typeof endReason>;

/** One sentence per ending; `name` is the other person's. */
export function endingSentence(reason: EndReason, name: string): string {
  return SENTENCES[reason](name);
}

const SENTENCES: Record<EndReason, (name: string) => string> = {
  'hung-up-by-me': () => 'You hung up.',
  'hung-up-by-them': (n) => `${n} hung up.`,
  'rejected-by-me': () => 'You declined the call.',
  'rejected-by-them': (n) => `${n} declined the call.`,
  'busy-here': () => 'You were in another call.',
  'busy-there': (n) => `${n} is in another call.`,
  'no-answer': (n) => `${n} did not answer.`,
  missed: (n) => `You missed a call from ${n}.`,
  'cancelled-by-me': () => 'You cancelled the call.',
  'cancelled-by-them': (n) => `${n} cancelled the call before it was answered.`,
  unreachable: (n) => `${n} is not online. Try again when they are.`,
  'unknown-name': (n) => `Nobody is registered as ${n}. Check the name.`,
  'registry-unreachable': () =>
    'The registry could not be reached. Check the registry address in the settings and the network.',
  'not-confirmed': (n) =>
    `The two machines could not agree on a key in time. A firewall may be blocking UDP between you and ${n}.`,
  'key-changed': (n) =>
    `${n}'s key is not the one that was pinned. The call was refused; compare fingerprints with ${n} before you reset the contact.`,
  'key-expired': () =>
    'The call key could not be renewed for three minutes, so the voice was stopped.',
  'clock-wrong': (n) =>
    `The clocks of the two machines differ by more than 90 seconds. Set the clock here or ask ${n} to.`,
  refused: (n) => `The call from or to ${n} did not pass its checks and was refused.`,
  'media-lost': () => 'Nothing arrived from the other side for a minute: connection lost.',
  'program-stopped-there': (n) => `${n}: their program stopped.`,
  'program-stopped-here': () => 'Kyberline was stopped during this call.',
  'engine-failed': () => 'The sound engine on this machine kept failing, so the call was ended.',
  'engine-failed-there': (n) => `${n}: their sound engine kept failing, so the call was ended.`,
  'words-differ': (n) =>
    `The four words differed, so the call was ended: somebody may be between you and ${n}. Do not trust this connection.`,
  'suite-lowered': (n) =>
    `${n}'s machine now asks for a weaker suite than in your earlier calls, so the call was refused. Ask ${n} why before you reset the contact.`,
  'registry-refused': () => 'The registry refused the call. Wait a minute and try again.',
};
