/**
 * Attacks on a call that is up, by mallory on the wire between two real daemons: every datagram that
 * she sends is dropped, exactly one counter goes up for it, and the call goes on. Both ends are
 * attacked at once.
 *
 *   alice ── proxy ── bob     mallory sends from the proxy's faces, where each believes the other to be,
 *   carol ── proxy ── dave    and from an address of her own
 */
import { createSocket, type Socket } from 'node:dgram';
import { seededRandom } from '@kyberline/core/crypto/testing/seeded-random';
import { HANDSHAKE_EPOCH, STREAM_NUMBERS } from '@kyberline/core/voice/packet';
import type { CallView } from '@kyberline/shared/snapshot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOf, connect, freshCounters, type Pair, phasesSeen, startPair } from '../calls/pair.js';
import { Started } from '../calls/started.js';
import { audioOf, packetsOf } from '../calls/tap.js';
import { sleep } from '../rig/child.js';
import { startRegistry } from '../rig/registry.js';
import type { Direction } from '../rig/udp-proxy.js';
import { flipped, forgedVoice } from './peer-packets.js';

/** The way of a datagram, who gets it, and the way that this one's own go. */
const WAYS = [
  ['A>B', 'bob', 'B>A'],
  ['B>A', 'alice', 'A>B'],
] as const;
type Victim = 'alice' | 'bob';

/** The handshake's keys live 5 s (SPEC 6). */
const HANDSHAKE_MS = 5500;
/** Frames that cannot get through are there for a test to tamper with. */
const HELD_MS = 300;
/** What every test's second brings at least: of 100 packets that are sent in it, or of 50 longer ones. */
const GOES_ON = 45;

const BAD = ['forged', 'replayed', 'malformed'] as const;
type Counted = Record<(typeof BAD)[number] | 'received' | 'strays', number>;

describe('a call that mallory attacks', () => {
  const started = new Started();
  const random = seededRandom('mallory');
  let ours: Pair;
  let theirs: Pair;
  let before: Record<Victim, CallView>;
  let mallory: Socket;
  const malloryHeard: Buffer[] = [];
  const last = {} as Record<Victim, Counted>;
  let connectedAt: number;
  /** Frames of the call itself that mallory delivered in its peer's place. */
  const delivered: Record<Victim, number> = { alice: 0, bob: 0 };

  beforeAll(async () => {
    const registry = await started.add(startRegistry());
    [theirs, ours] = await Promise.all([
      // In a codec that never sends less: what is sent to cross has counters that are ahead.
      startPair(started, {
        ...{ registry, seed: 2, codec: 'pcm48' },
        ...{ alice: { name: 'carol' }, bob: { name: 'dave' } },
      }),
      startPair(started, { registry, seed: 1 }),
    ]);
    // The other call is older, so that its counters are ahead.
    await connect(theirs);
    await sleep(1000);
    before = await connect(ours);
    connectedAt = performance.now();
    mallory = createSocket('udp4');
    mallory.on('message', (bytes) => malloryHeard.push(bytes));
    await new Promise<void>((resolve) => mallory.bind(0, '127.0.0.1', resolve));
    await started.add({ stop: async () => mallory.close() });
    for (const who of ['alice', 'bob'] as const) last[who] = await count(who);
  }, 60_000);
  afterAll(() => started.stop());

  const count = async (who: Victim): Promise<Counted> => {
    const { forged, replayed, malformed, received } = await freshCounters(ours[who]);
    const strays = ours[who].client.strayDatagrams() ?? Number.NaN;
    return { forged, replayed, malformed, received, strays };
  };

  /** What each victim has counted since this was asked last. */
  const countedSince = async (): Promise<Record<Victim, Counted>> => {
    const [alice, bob] = await Promise.all([count('alice'), count('bob')]);
    const now = { alice, bob };
    const since = (who: Victim) =>
      Object.fromEntries(
        Object.entries(now[who]).map(([name, value]) => [
          name,
          value - last[who][name as 'forged'],
        ]),
      ) as Counted;
    const difference = { alice: since('alice'), bob: since('bob') };
    Object.assign(last, now);
    return difference;
  };

  /** Sends these in, both ways, and expects that just this counter went up, by one for each. */
  const expectCounted = async (
    counter: 'forged' | 'replayed' | 'malformed' | 'strays',
    attack: (way: Direction, own: Direction) => readonly Uint8Array[],
    send: (way: Direction, bytes: Uint8Array) => void = (way, bytes) =>
      ours.proxy.inject(way, bytes),
  ) => {
    const attacks = {} as Record<Victim, readonly Uint8Array[]>;
    for (const [way, victim, own] of WAYS) {
      attacks[victim] = attack(way, own);
      expect(attacks[victim].length, victim).toBeGreaterThan(0);
      await inBursts(attacks[victim], (bytes) => send(way, bytes));
    }
    const since = await countedSince();
    for (const who of ['alice', 'bob'] as const) {
      const { received, ...bad } = since[who];
      const none = { forged: 0, replayed: 0, malformed: 0, strays: 0 };
      expect(bad, who).toEqual({ ...none, [counter]: attacks[who].length });
      expect(received, who).toBeGreaterThan(GOES_ON);
    }
  };

  /** Datagrams of one way that got through, the newest last. */
  const passed = (pair: Pair, way: Direction, stream: 'audio' | 'control', newest: number) =>
    packetsOf(pair.proxy.tap)
      .filter(({ direction, header, fate }) => {
        const isStream = header.stream === STREAM_NUMBERS[stream];
        return direction === way && isStream && header.epoch === 0 && fate === 'passed';
      })
      .slice(-newest);
  /** The counter of the next frame that goes this way. */
  const nextCounter = (way: Direction) => audioOf(ours.proxy.tap, way).at(-1)!.header.counter + 1;
  const to = (victim: Victim, bytes: Uint8Array) =>
    mallory.send(bytes, ours[victim].udpPort, '127.0.0.1');

  it('forged: noise under the headers that come next is counted as forged', async () => {
    await expectCounted('forged', (way) => {
      const next = nextCounter(way);
      return Array.from({ length: 500 }, (_, n) => forgedVoice(0, way, next + n, random));
    });
  });

  it('forged: counters far ahead push nothing out of the window', async () => {
    await expectCounted('forged', (way) =>
      [10, 19, 20, 32, 52].map((power) => forgedVoice(0, way, 2 ** power, random)),
    );
  });

  it('forged: a frame with one bit changed is forged, and the frame itself still opens', async () => {
    ours.proxy.change({ blackout: true });
    await sleep(HELD_MS);
    ours.proxy.change({});
    const held = (way: Direction) =>
      audioOf(ours.proxy.tap, way).filter(({ fate }) => fate === 'blackout');
    // Type, payload, tag: what GCM covers as AAD, as ciphertext, and its own sum.
    await expectCounted('forged', (way) =>
      held(way).flatMap(({ bytes }) =>
        [7, 16, bytes.length >> 1, bytes.length - 1].map((at) => flipped(bytes, at)),
      ),
    );
    for (const [way] of WAYS) {
      for (const { bytes } of held(way)) ours.proxy.inject(way, bytes);
    }
    const since = await countedSince();
    for (const [way, victim] of WAYS) {
      expect(since[victim]).toMatchObject({ forged: 0, replayed: 0, malformed: 0, strays: 0 });
      delivered[victim] += held(way).length;
    }
  });

  it('replayed: frames that were heard, or control messages, are counted as replayed', async () => {
    await expectCounted('replayed', (way) => [
      ...passed(ours, way, 'audio', 100).map(({ bytes }) => bytes),
      ...passed(ours, way, 'control', 5).map(({ bytes }) => bytes),
    ]);
  });

  it('replayed: the handshake belongs to no call once its keys are erased', async () => {
    await sleep(Math.max(0, connectedAt + HANDSHAKE_MS - performance.now()));
    await expectCounted('strays', (way) =>
      packetsOf(ours.proxy.tap)
        .filter(({ direction, header }) => direction === way && header.epoch === HANDSHAKE_EPOCH)
        .map(({ bytes }) => bytes),
    );
  });

  it("reflected: one's own frames sent back are counted as forged", async () => {
    await expectCounted('forged', (_, own) => [
      ...passed(ours, own, 'audio', 50).map(({ bytes }) => bytes),
      ...passed(ours, own, 'control', 3).map(({ bytes }) => bytes),
    ]);
  });

  it('cross-call: frames of another call in the same seconds are counted as forged', async () => {
    await expectCounted('forged', (way) => {
      const others = passed(theirs, way, 'audio', 10);
      for (const { header } of others) expect(header.counter).toBeGreaterThan(nextCounter(way));
      return others.map(({ bytes }) => bytes);
    });
  });

  it('malformed: what cannot be a packet is counted as malformed', async () => {
    await expectCounted('malformed', (way) => {
      const [whole] = passed(ours, way, 'audio', 1).map(({ bytes }) => bytes);
      return [
        ...[0, 1, 15, 16, 31].map((length) => whole!.subarray(0, length)),
        flipped(whole!, 3), // frame# and counter at odds
        flipped(whole!, 8), // a counter past 2^53
        Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), whole!.subarray(4)]),
      ];
    });
  });

  it('an unknown address: a burst of 3000 belongs to no call, and gets no answer', async () => {
    const port: Record<Direction, Victim> = { 'A>B': 'bob', 'B>A': 'alice' };
    await expectCounted(
      'strays',
      (way) => {
        const next = nextCounter(way);
        return [
          ...Array.from({ length: 3000 }, (_, n) => forgedVoice(0, way, next + n, random)),
          ...passed(ours, way, 'audio', 20).map(({ bytes }) => bytes),
          ...passed(theirs, way, 'audio', 20).map(({ bytes }) => bytes),
        ];
      },
      (way, bytes) => to(port[way], bytes),
    );
    expect(malloryHeard).toEqual([]);
  });

  it('is the same call afterwards, and heard every frame of its own and nothing else', async () => {
    for (const who of ['alice', 'bob'] as const) {
      const { callId, words } = before[who];
      expect(callOf(ours[who])).toMatchObject({ callId, words, phase: 'active' });
      expect(phasesSeen(ours[who])).not.toContain('reconnecting');
      expect(phasesSeen(ours[who])).not.toContain('ended');
    }
    ours.proxy.change({ blackout: true });
    await sleep(HELD_MS);
    for (const [way, victim] of WAYS) {
      const { received } = await freshCounters(ours[victim]);
      const heard = audioOf(ours.proxy.tap, way).filter(({ fate }) => fate === 'passed');
      expect(received, victim).toBe(heard.length + delivered[victim]);
    }
  });
});

/** A few at a time: no socket's buffer is to decide what arrives. */
async function inBursts(
  datagrams: readonly Uint8Array[],
  send: (bytes: Uint8Array) => void,
): Promise<void> {
  const AT_ONCE = 50;
  for (let at = 0; at < datagrams.length; at += AT_ONCE) {
    for (const bytes of datagrams.slice(at, at + AT_ONCE)) send(bytes);
    await sleep(10);
  }
}
