/** Names as a person types them: made lower case, and wrong ones explained. */
import { ECHO_NAME, type UserName, userName } from '@kyberline/shared/ids';

export type TypedName =
  | { kind: 'empty' }
  | { kind: 'name'; name: UserName }
  | { kind: 'problem'; sentence: string };

/** What was typed, as a name; upper case and surrounding spaces are forgiven. */
export function readName(typed: string): TypedName {
  const text = typed.trim().toLowerCase();
  if (text === '') return { kind: 'empty' };
  const parsed = userName.safeParse(text);
  if (parsed.success) return { kind: 'name', name: parsed.data };
  return { kind: 'problem', sentence: whyNot(text) };
}

function whyNot(text: string): string {
  if (text.length > 32) return 'A name has at most 32 characters.';
  if (/^\.+$/.test(text)) return 'A name is not made of dots alone.';
  return 'A name is made of letters from a to z, digits, dots, hyphens and underscores.';
}

/** As `readName`, for a name of one's own. */
export function readOwnName(typed: string): TypedName {
  const read = readName(typed);
  if (read.kind === 'name' && read.name === ECHO_NAME) {
    return { kind: 'problem', sentence: '“echo” is the name of the built-in echo contact.' };
  }
  return read;
}
