import type { CallBody } from '@kyberline/shared/call-body';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODECS, type CodecName, commonCodecs, readBody, startingWith, writeBody } from './body.js';
import { CODEC_IDS } from './control.js';

const anyName = fc.oneof(fc.constantFrom<string>(...CODECS), fc.string({ maxLength: 8 }));

describe('the codecs of a call', () => {
  it('all have a number on the wire', () => {
    expect([...CODECS].sort()).toEqual(Object.keys(CODEC_IDS).sort());
  });

  it('are preferred as the best there is first, and the oldest last', () => {
    expect(CODECS).toEqual(['opus', 'pcm48', 'pcm16']);
  });

  it('are those that both speak, as the other side prefers them', () => {
    expect(commonCodecs(CODECS)).toEqual([...CODECS]);
    expect(commonCodecs(['pcm16', 'opus'])).toEqual(['pcm16', 'opus']);
    expect(commonCodecs(['lyra', 'pcm48', 'speex', 'opus', 'pcm48'])).toEqual(['pcm48', 'opus']);
    expect(commonCodecs(['Opus', 'lyra', '', 'toString', 'length'])).toEqual([]);
    expect(commonCodecs([])).toEqual([]);
  });

  it('are each named once and only if offered, whatever is', () => {
    fc.assert(
      fc.property(fc.array(anyName), (offered) => {
        const common = commonCodecs(offered);
        const isOurs = (name: string): name is CodecName =>
          (CODECS as readonly string[]).includes(name);
        expect(new Set(common)).toEqual(new Set(offered.filter(isOurs)));
        const places = common.map((name) => offered.indexOf(name));
        expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
      }),
    );
  });

  it('that an answer names are understood by who offered as the same', () => {
    const answer = commonCodecs(['pcm48', 'lyra', 'pcm16']);
    expect(commonCodecs(answer)).toEqual(answer);
  });

  it('begin with the one that this side would rather send in, if both speak it', () => {
    expect(startingWith('pcm48', CODECS)).toEqual(['pcm48', 'opus', 'pcm16']);
    expect(startingWith('opus', ['pcm16', 'opus'])).toEqual(['opus', 'pcm16']);
    expect(startingWith('opus', ['pcm16', 'pcm48'])).toEqual(['pcm16', 'pcm48']);
  });
});

describe('the body of an offer or answer', () => {
  const body: CallBody = {
    version: 1,
    candidates: [{ address: '192.0.2.7', port: 40_000 }],
    codecs: [...CODECS],
  };

  it('reads back as it was written, with padding behind it or none', () => {
    const bytes = writeBody(body);
    expect(readBody(bytes)).toEqual(body);
    expect(readBody(Uint8Array.of(...bytes, ...new Uint8Array(100).fill(0x20)))).toEqual(body);
  });

  it('is none when cut, when no text, or when anything is missing', () => {
    const bytes = writeBody(body);
    for (let n = 0; n < bytes.length; n++) expect(readBody(bytes.subarray(0, n))).toBeUndefined();
    expect(readBody(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
    for (const field of Object.keys(body)) {
      const { [field as keyof CallBody]: _, ...rest } = body;
      expect(readBody(writeBody(rest as CallBody)), field).toBeUndefined();
    }
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 99 }), (bytes) => void readBody(bytes)));
    const other = fc.json().map((text) => new TextEncoder().encode(text));
    fc.assert(fc.property(other, (bytes) => readBody(bytes) === undefined));
  });
});
