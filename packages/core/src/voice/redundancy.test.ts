import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ABSENT,
  emptyVoicePayload,
  MOST_REDUNDANT,
  RedundancyHistory,
  readVoicePayload,
  VOICE_HEADER_BYTES,
  type VoiceFields,
  writeVoicePayload,
} from './redundancy.js';

const FRAME_MS = 20;
const TICKS = FRAME_MS * 48;
const plain: VoiceFields = { timestamp: 0, frameMs: FRAME_MS, codec: 1, redundant: 3 };

const frame = (value: number, length = 4) => new Uint8Array(length).fill(value);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const read = (payload: Uint8Array) => readVoicePayload(payload, emptyVoicePayload());

const write = (fields: VoiceFields, blocks: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(4096);
  return out.slice(0, writeVoicePayload(out, 0, fields, blocks));
};

/** The blocks that a reader finds, newest first; undefined for an absent one. */
const blocksOf = (payload: Uint8Array) => {
  const voice = read(payload)!;
  return voice.offsets
    .slice(0, 1 + voice.redundant)
    .map((at) => (at === ABSENT ? undefined : payload.slice(at, at + voice.blockBytes)));
};

const anyFields: fc.Arbitrary<VoiceFields> = fc.record({
  timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
  frameMs: fc.constantFrom(10, 20),
  codec: fc.integer({ min: 0, max: 0xff }),
  redundant: fc.integer({ min: 0, max: MOST_REDUNDANT }),
});
const anyBlocks = fc.integer({ min: 1, max: 200 }).chain((length) => {
  const block = fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
    { weight: 1, arbitrary: fc.constant(new Uint8Array(length)) },
  );
  return fc.array(block, { minLength: 4, maxLength: 4 });
});

describe('a voice payload', () => {
  it('has the bytes that SPEC 9 draws', () => {
    const fields = { timestamp: 0xfedc_ba98, frameMs: 20, codec: 3, redundant: 2 };
    const blocks = [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6)];
    expect(hex(write(fields, blocks))).toBe(`fedcba98${'14'}${'03'}${'02'}${'0102'}03040506`);
  });

  it('reads back as it was written, but for earlier blocks of zeros, which are absent', () => {
    fc.assert(
      fc.property(anyFields, anyBlocks, (fields, blocks) => {
        const payload = write(fields, blocks);
        expect(read(payload)).toMatchObject({ ...fields, blockBytes: blocks[0]!.length });
        expect(blocksOf(payload)).toEqual(
          blocks
            .slice(0, 1 + fields.redundant)
            .map((block, age) => (age === 0 || block.some((byte) => byte) ? block : undefined)),
        );
      }),
    );
  });

  it('is written at its place, within its length and no further', () => {
    const out = new Uint8Array(16).fill(0xee);
    expect(writeVoicePayload(out, 2, { ...plain, redundant: 0 }, [frame(7)])).toBe(11);
    expect(hex(out)).toBe(`eeee${'00000000140100'}${'07070707'}eeeeee`);
  });

  it('has a newest block even if that is zeros alone', () => {
    expect(blocksOf(write({ ...plain, redundant: 0 }, [frame(0)]))).toEqual([frame(0)]);
  });

  it('is read into an object that kept nothing of the payload before', () => {
    const into = emptyVoicePayload();
    readVoicePayload(write(plain, [frame(1), frame(2), frame(3), frame(4)]), into);
    expect(into.offsets).toEqual([7, 11, 15, 19]);
    expect(readVoicePayload(write({ ...plain, redundant: 0 }, [frame(1)]), into)).toBe(into);
    expect(into.offsets).toEqual([7, ABSENT, ABSENT, ABSENT]);
  });

  it('is refused at every truncation that does not leave blocks of one length', () => {
    for (let redundant = 0; redundant <= MOST_REDUNDANT; redundant++) {
      const payload = write({ ...plain, redundant }, [frame(1), frame(2), frame(3), frame(4)]);
      for (let length = 0; length < payload.length; length++) {
        const rest = length - VOICE_HEADER_BYTES;
        const even = rest > 0 && rest % (1 + redundant) === 0;
        expect(read(payload.subarray(0, length)) !== undefined).toBe(even);
      }
    }
  });

  it('is refused with bytes behind its blocks, and leaves the object as it was', () => {
    const payload = write(plain, [frame(1), frame(2), frame(3), frame(4)]);
    for (let extra = 1; extra <= 3; extra++) {
      const longer = new Uint8Array(payload.length + extra);
      longer.set(payload);
      const into = emptyVoicePayload();
      expect(readVoicePayload(longer, into)).toBeUndefined();
      expect(into).toEqual(emptyVoicePayload());
    }
  });

  it('is refused with a frame of neither 10 nor 20 ms, or more than three earlier frames', () => {
    const payload = write(plain, [frame(1), frame(2), frame(3), frame(4)]);
    for (let value = 0; value <= 0xff; value++) {
      const otherFrame = payload.slice();
      otherFrame[4] = value;
      expect(read(otherFrame) !== undefined).toBe(value === 10 || value === 20);
      const otherCount = new Uint8Array(VOICE_HEADER_BYTES + 12 * (1 + value)).fill(1);
      otherCount.set(payload.subarray(0, 6));
      otherCount[6] = value;
      expect(read(otherCount) !== undefined).toBe(value <= MOST_REDUNDANT);
    }
  });

  it('never makes the reader throw, nor point outside of it', () => {
    const noise = fc.uint8Array({ maxLength: 64 });
    const nearly = fc.tuple(fc.constantFrom(10, 20), fc.nat(4), fc.uint8Array({ maxLength: 40 }));
    const made = nearly.map(([ms, r, rest]) => Uint8Array.of(1, 2, 3, 4, ms, 5, r, ...rest));
    fc.assert(
      fc.property(fc.oneof(noise, made), (payload) => {
        const voice = read(payload);
        if (!voice) return;
        expect(voice.blockBytes).toBeGreaterThan(0);
        for (const at of voice.offsets) {
          expect(at + voice.blockBytes).toBeLessThanOrEqual(payload.length);
        }
      }),
    );
  });

  it('is not written from fields out of range, blocks that differ, or into too little room', () => {
    const blocks = [frame(1), frame(2), frame(3), frame(4)];
    for (const bad of [{ timestamp: -1 }, { timestamp: 2 ** 32 }, { frameMs: 30 }, { codec: 256 }])
      expect(() => write({ ...plain, ...bad }, blocks)).toThrow(RangeError);
    expect(() => write({ ...plain, redundant: 4 }, [...blocks, frame(5)])).toThrow(RangeError);
    expect(() => write(plain, blocks.slice(1))).toThrow(RangeError);
    expect(() => write(plain, [...blocks.slice(1), frame(1, 5)])).toThrow(RangeError);
    expect(() => write({ ...plain, redundant: 0 }, [new Uint8Array(0)])).toThrow(RangeError);
    const small = new Uint8Array(22);
    expect(() => writeVoicePayload(small, 0, plain, blocks)).toThrow(RangeError);
    expect(small).toEqual(new Uint8Array(22));
  });
});

describe("a sender's history", () => {
  /** A history after frames 1 to `count` from `start` on, and the fields of the next frame. */
  const after = (count: number, start = 0) => {
    const history = new RedundancyHistory(8);
    const next = { ...plain, timestamp: start };
    for (let i = 1; i <= count; i++) {
      history.add(next, frame(i));
      next.timestamp = (next.timestamp + TICKS) % 2 ** 32;
    }
    return { history, next };
  };

  it('hands out the newest frame first and three before it', () => {
    const { history, next } = after(9);
    expect(history.add(next, frame(10))).toEqual([frame(10), frame(9), frame(8), frame(7)]);
  });

  it('goes on where the timestamp wraps', () => {
    const { history, next } = after(3, 2 ** 32 - TICKS);
    expect(history.add(next, frame(4))).toEqual([frame(4), frame(3), frame(2), frame(1)]);
  });

  it('keeps copies, so that the encoder may use its buffer again', () => {
    const { history, next } = after(0);
    const buffer = frame(1);
    history.add(next, buffer);
    buffer.fill(2);
    const blocks = history.add({ ...next, timestamp: TICKS }, buffer);
    expect(blocks.slice(0, 2)).toEqual([frame(2), frame(1)]);
  });

  it.each([
    ['codec', { codec: 2 }, 4],
    ['frame length', { frameMs: 10 }, 4],
    ['shorter block', {}, 3],
    ['longer block', {}, 8],
    ['gap in time', { timestamp: 100 * TICKS }, 4],
  ])('is emptied by a change of mode: %s', (_, change, length) => {
    const { history, next } = after(9);
    const none = frame(0, length);
    const blocks = history.add({ ...next, ...change }, frame(10, length));
    expect(blocks).toEqual([frame(10, length), none, none, none]);
  });

  it('shows nothing of longer frames when blocks grow again', () => {
    const { history, next } = after(4);
    history.add(next, frame(5, 2));
    expect(history.add(next, frame(6)).slice(1)).toEqual([frame(0), frame(0), frame(0)]);
  });

  it('makes packets of one size, whether it is full or empty', () => {
    for (let redundant = 0; redundant <= MOST_REDUNDANT; redundant++) {
      const sizes = [0, 1, 2, 3, 4, 9].map((count) => {
        const { history, next } = after(count);
        const payload = write({ ...next, redundant }, history.add(next, frame(99)));
        const present = blocksOf(payload).filter((block) => block);
        expect(present.length).toBe(1 + Math.min(count, redundant));
        return payload.length;
      });
      expect(new Set(sizes)).toEqual(new Set([7 + 4 * (1 + redundant)]));
    }
  });

  it('forgets all when told to', () => {
    const { history, next } = after(9);
    history.clear();
    expect(history.add(next, frame(10))).toEqual([frame(10), frame(0), frame(0), frame(0)]);
  });

  it('takes no frame that is empty or longer than its buffers', () => {
    const { history, next } = after(0);
    expect(() => history.add(next, frame(1, 0))).toThrow(RangeError);
    expect(() => history.add(next, frame(1, 9))).toThrow(RangeError);
  });
});
