import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BYE_REASONS,
  CODEC_IDS,
  type ControlMessage,
  decodeControl,
  encodeControl,
  type Report,
} from './control.js';

const u = (bytes: number) => fc.integer({ min: 0, max: 2 ** (8 * bytes) - 1 });
const u64 = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const i16 = fc.integer({ min: -32_768, max: 32_767 });
const octets = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });

const anyMessage: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({ kind: fc.constant('PROBE' as const) }),
  fc.record({ kind: fc.constant('ASK' as const) }),
  fc.record({ kind: fc.constant('CONFIRM' as const), proof: fc.oneof(octets(32), octets(64)) }),
  fc.record({ kind: fc.constant('PING' as const), id: u(4), sentMicros: u64 }),
  fc.record({ kind: fc.constant('PONG' as const), id: u(4), sentMicros: u64, answeredMicros: u64 }),
  fc.record({
    kind: fc.constant('REPORT' as const),
    modeSequence: u(1),
    received: u(4),
    lost: u(4),
    concealed: u(4),
    jitterMicros: u(4),
    lossRatio: u(2).map((share) => share / 65_535),
    longestBurst: u(1),
    queueMs: u(2),
    delayTrend: i16,
    driftPpm: i16,
  }),
  fc.record({ kind: fc.constant('REQ' as const), bytes: fc.uint8Array({ minLength: 1 }) }),
  fc.record({ kind: fc.constant('ACK' as const), bytes: fc.uint8Array({ minLength: 1 }) }),
  fc.record({ kind: fc.constant('FIN' as const), epoch: u(2), proof: octets(32) }),
  fc.record({ kind: fc.constant('BYE' as const), reason: fc.constantFrom(...BYE_REASONS) }),
  fc.record({
    kind: fc.constant('MODE' as const),
    sequence: u(1),
    codec: u(1),
    frameMs: u(1),
    muted: fc.boolean(),
    held: fc.boolean(),
    epoch: u(2),
    counter: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
    timestamp: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  }),
  fc.record({ kind: fc.constant('PATH' as const), challenge: octets(8) }),
  fc.record({ kind: fc.constant('PATH_OK' as const), challenge: octets(8) }),
);

const report: Report = {
  modeSequence: 7,
  received: 0x01020304,
  lost: 5,
  concealed: 258,
  jitterMicros: 4000,
  lossRatio: 0.5,
  longestBurst: 9,
  queueMs: 300,
  delayTrend: -2,
  driftPpm: 41,
};

describe('control messages', () => {
  it('read back as they were written', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeControl(encodeControl(message))).toEqual(message);
      }),
    );
  });

  it('have the bytes that SPEC 9 draws', () => {
    const mode = encodeControl({
      kind: 'MODE',
      sequence: 7,
      codec: 1,
      frameMs: 20,
      muted: true,
      held: false,
      epoch: 258,
      counter: 0x0102030405,
      timestamp: 960,
    });
    expect(Buffer.from(mode).toString('hex')).toBe(
      '0b07011401010200000001020304050000000000' + '0003c0',
    );
    const words = encodeControl({ kind: 'REPORT', ...report });
    expect(Buffer.from(words).toString('hex')).toBe(
      '05' +
        '07' +
        '01020304' +
        '00000005' +
        '00000102' +
        '00000fa0' +
        '8000' +
        '09' +
        '012c' +
        '7ffe' +
        '8029',
    );
  });

  it('name codecs by numbers that stay, since other programs have them too', () => {
    expect(CODEC_IDS).toEqual({ pcm16: 1, opus: 2, pcm48: 3 });
  });

  it('of kind REPORT tell a share to within half of 1/65535, and 0 and 1 exactly', () => {
    const told = (lossRatio: number) => {
      const read = decodeControl(encodeControl({ kind: 'REPORT', ...report, lossRatio }));
      return read?.kind === 'REPORT' ? read.lossRatio : Number.NaN;
    };
    expect([told(0), told(1)]).toEqual([0, 1]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (ratio) => {
        expect(Math.abs(told(ratio) - ratio)).toBeLessThanOrEqual(0.5 / 65_535 + 1e-12);
      }),
    );
  });

  it('of a fixed size are refused when cut or lengthened', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        if (message.kind === 'REQ' || message.kind === 'ACK') return;
        const bytes = encodeControl(message);
        for (let n = 0; n < bytes.length; n++) {
          if (message.kind === 'CONFIRM' && n === 33) continue;
          expect(decodeControl(bytes.subarray(0, n))).toBeUndefined();
        }
        if (message.kind === 'CONFIRM') return;
        expect(decodeControl(Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
    );
  });

  it('of kind MODE are refused where they would run a playout beyond exact numbers', () => {
    const mode = { kind: 'MODE', sequence: 1, codec: 1, frameMs: 20, epoch: 1 } as const;
    const read = (counter: number, timestamp: number) =>
      decodeControl(encodeControl({ ...mode, muted: false, held: false, counter, timestamp }));
    expect(read(2 ** 20 - 1, 2 ** 40 - 1)).toBeDefined();
    expect(read(2 ** 20, 0)).toBeUndefined();
    expect(read(0, 2 ** 40)).toBeUndefined();
    expect(read(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });

  it('of an unknown kind, or none, are refused', () => {
    for (let kind = 0; kind < 256; kind++) {
      if (kind >= 0x01 && kind <= 0x0d) continue;
      expect(decodeControl(Uint8Array.of(kind))).toBeUndefined();
    }
    expect(decodeControl(new Uint8Array(0))).toBeUndefined();
  });

  it('never throw on noise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void decodeControl(bytes)));
  });

  it('of kind REPORT as an older program wrote it are refused', () => {
    expect(decodeControl(Uint8Array.of(0x05, ...new Uint8Array(13)))).toBeUndefined();
  });

  it('refuse a field out of its range', () => {
    expect(() => encodeControl({ kind: 'PING', id: 2 ** 32, sentMicros: 0 })).toThrow(RangeError);
  });

  it.each<[keyof Report, number, number]>([
    ['modeSequence', 0, 255],
    ['received', 0, 2 ** 32 - 1],
    ['lost', 0, 2 ** 32 - 1],
    ['concealed', 0, 2 ** 32 - 1],
    ['jitterMicros', 0, 2 ** 32 - 1],
    ['longestBurst', 0, 255],
    ['queueMs', 0, 65_535],
    ['delayTrend', -32_768, 32_767],
    ['driftPpm', -32_768, 32_767],
  ])('refuse a REPORT whose %s is not a whole number from %d to %d', (field, least, most) => {
    const write = (value: number) => encodeControl({ kind: 'REPORT', ...report, [field]: value });
    for (const value of [least, most]) {
      expect(decodeControl(write(value))).toMatchObject({ [field]: value });
    }
    for (const value of [least - 1, most + 1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => write(value), String(value)).toThrow(RangeError);
    }
  });

  it.each([-1e-9, 1 + 1e-9, -1, 2, Number.NaN])('refuse a REPORT of a loss of %d', (lossRatio) => {
    const write = () => encodeControl({ kind: 'REPORT', ...report, lossRatio });
    expect(write).toThrow(RangeError);
  });
});
