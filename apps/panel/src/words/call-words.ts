/** What the panel says about a call's stage, a contact's key and a suite. Words, not codes. */
import { ECHO_NAME, type SuiteId } from '@kyberline/shared/ids';
import type { CallView, Trust } from '@kyberline/shared/snapshot';

/** The stage in which a call is. */
export function stageSentence(call: CallView): string {
  const { peer } = call;
  switch (call.phase) {
    case 'looking-up':
      return `Looking up ${peer}'s key…`;
    case 'ringing-there':
      return `Ringing at ${peer}'s…`;
    case 'ringing-here':
      return `${peer} is calling`;
    case 'connecting':
      return call.direction === 'outgoing'
        ? `${peer} answered. Agreeing on a key…`
        : `Agreeing on a key with ${peer}…`;
    case 'active':
      return `In call with ${peer}`;
    case 'reconnecting':
      return `Reconnecting: nothing arrives from ${peer} right now. The call goes on as soon as it does.`;
    case 'ended':
      return call.endSentence ?? 'The call has ended.';
  }
}

/** What is known about a person's key on this machine. */
export function trustSentence(trust: Trust, name: string): string {
  if (name === ECHO_NAME) return 'Lives inside this program. Nothing leaves the machine.';
  switch (trust) {
    case 'new':
      return `No call with ${name} yet, so their key is not known here.`;
    case 'seen':
      return `The key is the one that this machine knows for ${name}. You have not compared the four words yet.`;
    case 'verified':
      return `You and ${name} compared the four words: this is their key.`;
    case 'changed':
      return `${name}'s key is not the one that was pinned here. Calls are blocked until you decide.`;
  }
}

export const SUITE_EXPLANATIONS: Record<SuiteId, string> = {
  1: 'The usual choice. As hard to break as AES-128, and the quickest to set up.',
  2: 'A wider margin, as hard to break as AES-192. The set-up of a call sends about a kilobyte more.',
  3: 'The widest margin, as hard to break as AES-256. The set-up of a call sends about two kilobytes more.',
};

/** A share between 0 and 1 as a percentage that a person can read at a glance. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0 %';
  if (value < 0.1) return '< 0.1 %';
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** Milliseconds without a false precision. */
export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** 64 hex digits in groups of four, to be compared by eye. */
export function fingerprintGroups(fingerprint: string): string[] {
  return fingerprint.match(/.{1,4}/g) ?? [];
}
