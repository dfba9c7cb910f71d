import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYE_REASONS, type ControlMessage, decodeControl, encodeControl } from './control.js';

const u = (bytes: number) => fc.integer({ min: 0, max: 2 ** (8 * bytes) - 1 });
const u64 = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
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
    jitterMicros: u(4),
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

  it('refuse a field out of its range', () => {
    expect(() => encodeControl({ kind: 'PING', id: 2 ** 32, sentMicros: 0 })).toThrow(RangeError);
  });
});
