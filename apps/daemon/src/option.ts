/**
 * One value of the command line or the environment: read, or refused in a sentence that names
 * where it came from and what may stand there.
 */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type DeviceChoice, deviceChoice, type RingChoice } from '@kyberline/shared/devices';
import { callId, fingerprint, suiteId, userName } from '@kyberline/shared/ids';
import {
  type CodecName,
  codecName,
  NO_PROCESSING,
  type Processing,
  USUAL_PROCESSING,
} from '@kyberline/shared/voice';
import { z } from 'zod';
import type { Address } from './media/messages.js';
import { Problem } from './problem.js';

/** Where a registry listens for other machines; a bare host name means this port there. */
export const DEFAULT_REGISTRY_PORT = 5001;

/** Reads one value as `schema` has it. @throws Problem `bad-option` naming `from` */
export function read<S extends z.ZodType>(
  text: string | undefined,
  from: string,
  schema: S,
): z.output<S> | undefined {
  if (text === undefined) return undefined;
  const value = schema.safeParse(text);
  if (value.success) return value.data;
  const takes = value.error.issues[0]?.message ?? 'something else';
  throw new Problem('bad-option', `${from} takes ${takes} It was given "${text}".`);
}

/** `host`, `host:port` or a whole address → the origin to ask, as in `http://host:port`. */
export const registryUrl = reading(
  'HOST:PORT or http(s)://HOST:PORT, for example 192.0.2.7:5001.',
  (text) => {
    const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
    const url = parseUrl(hasScheme ? text : `http://${text}`);
    if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
    if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
      return undefined;
    if (!hasScheme && !/:\d+$/.test(text)) url.port = String(DEFAULT_REGISTRY_PORT);
    return url.origin;
  },
);

/** A DeviceChoice; a file's path is made absolute, since daemon and command differ in folders. */
export const device = reading('default, silence, portaudio:NAME or file:PATH.', readDevice);

/** Where an incoming call rings. */
export const ring = reading(
  'panel, default, silence, portaudio:NAME or file:PATH.',
  (text): RingChoice | undefined => (text === 'panel' ? text : readDevice(text)),
);

function readDevice(text: string): DeviceChoice | undefined {
  const choice = deviceChoice.safeParse(text).data;
  return choice?.startsWith('file:') ? `file:${resolve(choice.slice(5))}` : choice;
}

export const ipAddress = reading(
  'an IP address of this machine, or :: or 0.0.0.0 for all.',
  (text) => (isIP(text) === 0 ? undefined : text),
);

export const address = reading(
  'ADDRESS:PORT, for example 192.0.2.7:47470 or [2001:db8::7]:47470.',
  (text): Address | undefined => {
    const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
    const isAddress = v6 === undefined ? isIP(v4 ?? '') === 4 : isIP(v6) === 6;
    const number = Number(port);
    if (!isAddress || number < 1 || number > 65_535) return undefined;
    return { address: v6 ?? v4 ?? '', port: number };
  },
);

export const name = reading(
  '1 to 32 of a-z, 0-9, ".", "_" and "-", not dots alone.',
  (text) => userName.safeParse(text).data,
);

export const callIdOption = reading(
  'the 32 hex digits that "kyberline status" shows.',
  (text) => callId.safeParse(text).data,
);

/** As it is shown, in groups of four, or in one. */
export const fingerprintOption = reading(
  'the 64 hex digits that "kyberline people" shows, in quotes if there are spaces.',
  (text) => fingerprint.safeParse(text.replaceAll(' ', '').toLowerCase()).data,
);

export const onOff = reading('on or off.', (text) => ON_OFF[text.toLowerCase()]);
const ON_OFF: Readonly<Record<string, boolean>> = {
  on: true,
  yes: true,
  true: true,
  off: false,
  no: false,
  false: false,
};

export const suite = reading('1, 2 or 3.', (text) => suiteId.safeParse(Number(text)).data);

export const codec = oneOf<CodecName>(codecName.options);

/** All switches at once, for a run: as they are at first, or none. */
export const processing = reading('usual or off.', (text) => PROCESSING.get(text));
const PROCESSING: ReadonlyMap<string, Processing> = new Map([
  ['usual', USUAL_PROCESSING],
  ['off', NO_PROCESSING],
]);

export function oneOf<T extends string>(words: readonly T[]) {
  return reading(`one of ${words.join(', ')}.`, (text) => words.find((word) => word === text));
}

export function whole(min: number, max: number) {
  return reading(`a whole number from ${min} to ${max}.`, (text) =>
    inRange(/^\d{1,9}$/, text, min, max),
  );
}

export function seconds(min: number, max: number) {
  return reading(`a number of seconds from ${min} to ${max}.`, (text) =>
    inRange(/^\d{1,6}(\.\d{1,3})?$/, text, min, max),
  );
}

function inRange(form: RegExp, text: string, min: number, max: number): number | undefined {
  const value = Number(text);
  return form.test(text) && value >= min && value <= max ? value : undefined;
}

/** A schema from a function that gives undefined for what it cannot read. */
function reading<T>(takes: string, parse: (text: string) => T | undefined): z.ZodType<T> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: takes });
    return z.NEVER;
  });
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
