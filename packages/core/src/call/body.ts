/** The sealed bodies of offer and answer (SPEC 4, 5): JSON inside, bytes outside. */
import { type CallBody, callBody } from '@kyberline/shared/call-body';
import type { CodecName } from '@kyberline/shared/voice';
import { fromUtf8, utf8 } from '../crypto/bytes.js';

/** Codecs that this version speaks, by preference. */
export const CODECS = ['opus', 'pcm48', 'pcm16'] as const satisfies readonly CodecName[];
export type { CodecName };

export function writeBody(body: CallBody): Uint8Array {
  return utf8(JSON.stringify(body));
}

/** `undefined` unless it is a whole body; padding behind the JSON is white space to it. */
export function readBody(bytes: Uint8Array): CallBody | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return callBody.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * The codecs that both speak, in the order of the other side; each side begins with the one that it
 * prefers and may go over to any other (MODE). Empty if there is none.
 */
export function commonCodecs(offered: readonly string[]): CodecName[] {
  const known = offered.filter((name): name is CodecName =>
    (CODECS as readonly string[]).includes(name),
  );
  return [...new Set(known)];
}

/** With this one first, if it is among them; the others in their order. */
export function startingWith(first: CodecName, codecs: readonly CodecName[]): CodecName[] {
  return [...codecs.filter((one) => one === first), ...codecs.filter((one) => one !== first)];
}
