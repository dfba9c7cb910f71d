/**
 * Which call a datagram is for (SPEC 9, attribution), where somebody wants it to be the wrong one:
 * one engine in two calls, in virtual time.
 *
 *   alice 192.0.2.1 ──► ┐
 *   carol 192.0.2.2 ──► ├ bob's engine          mallory 203.0.113.9 is nobody's address
 *   mallory ──────────► ┘
 */
import { seededRandom } from '@kyberline/core/crypto/testing/seeded-random';
import { readHeader, STREAM_NUMBERS } from '@kyberline/core/voice/packet';
import { Codecs } from '@kyberline/daemon/codec/codecs';
import { VirtualClock } from '@kyberline/daemon/device/clock-virtual';
import type { Address } from '@kyberline/daemon/media/messages';
import { PacketRing } from '@kyberline/daemon/media/packets';
import { Switchboard } from '@kyberline/daemon/media/switchboard';
import { MemoryNetwork } from '@kyberline/daemon/net/udp-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgedVoice, Peer } from './peer-packets.js';

const TRIALS_PER_SECOND = 1000;
/** A decoder and two kinds of encoder for each test's three calls. */
const codecs = await Codecs.open(60);
const PORT = 47_470;
const BOB: Address = { address: '192.0.2.9', port: PORT };
const MALLORY: Address = { address: '203.0.113.9', port: PORT };
const at = (address: string): Address => ({ address, port: PORT });

describe("one engine's calls", () => {
  let clock: VirtualClock;
  let network: MemoryNetwork;
  let switchboard: Switchboard;
  let alice: Peer;
  let carol: Peer;
  /** Every datagram that bob's engine sent. */
  let sent: { bytes: Uint8Array; to: Address }[];
  const random = seededRandom('attribution');

  beforeEach(() => {
    clock = new VirtualClock();
    network = new MemoryNetwork(clock, 1);
    sent = [];
    network.tap((bytes, _, to) => sent.push({ bytes, to }));
    const emit = () => undefined;
    const socket = network.open(BOB.address, BOB.port);
    const shared = { socket, ring: new PacketRing(), random: seededRandom('bob'), emit };
    switchboard = new Switchboard(shared, codecs, () => clock.now());
    alice = new Peer('alice', at('192.0.2.1'));
    carol = new Peer('carol', at('192.0.2.2'));
    for (const peer of [alice, carol]) {
      for (const message of peer.connecting()) switchboard.handle(message);
      arrives(peer.voice(0), peer.address);
    }
    // Finding out whose those are took trials of this second.
    clock.advance(1000);
  });

  const arrives = (bytes: Uint8Array, from: Address) => network.inject(bytes, from, BOB);
  const counted = ({ callId }: Peer) => {
    const said = switchboard.countersOf({ overruns: 0, underruns: 0, outputMs: 0 });
    const calls = said.type === 'counters' ? said.calls : [];
    const { received, forged, replayed, malformed } = calls.find(
      (call) => Buffer.compare(call.callId, callId) === 0,
    )!;
    return { received, forged, replayed, malformed };
  };
  const quiet = { received: 1, forged: 0, replayed: 0, malformed: 0 };
  /** Where bob's next frame goes. */
  const speaksTo = () => {
    sent.length = 0;
    // Two of 10 ms are a frame of the codec that these calls have.
    for (let n = 0; n < 2; n++) switchboard.capture(new Int16Array(480));
    return sent.map(({ to }) => to.address);
  };
  /** A voice packet that every call could have sent, from nobody. */
  const noise = (counter: number) => forgedVoice(0, 'A>B', counter, random);

  it('take what is theirs', () => {
    arrives(alice.voice(1), alice.address);
    expect(counted(alice)).toEqual({ ...quiet, received: 2 });
    expect(counted(carol)).toEqual(quiet);
    expect(switchboard.strayDatagrams).toBe(0);
    expect(speaksTo()).toEqual([alice.address.address, carol.address.address]);
  });

  it('cross-call: take no replay of one from the address of the other', () => {
    arrives(alice.voice(1), alice.address);
    arrives(alice.voice(1), carol.address);
    expect(counted(alice)).toEqual({ ...quiet, received: 2 });
    expect(counted(carol)).toEqual({ ...quiet, forged: 1 });
  });

  it('cross-call: take nothing of a call between others, whatever its counter', () => {
    const others = new Peer('a call between others', alice.address);
    for (const counter of [1, 2, 500, 99_999]) {
      for (const { address } of [alice, carol]) arrives(others.voice(counter), address);
    }
    expect(counted(alice)).toEqual({ ...quiet, forged: 4 });
    expect(counted(carol)).toEqual({ ...quiet, forged: 4 });
    arrives(alice.voice(1), alice.address);
    expect(counted(alice)).toEqual({ ...quiet, received: 2, forged: 4 });
  });

  it('cross-call: of one peer behind one address are told apart, and a replay is one', () => {
    const again = new Peer('alice, second call', alice.address);
    for (const message of again.connecting()) switchboard.handle(message);
    for (const bytes of [again.voice(7), alice.voice(1)]) arrives(bytes, alice.address);
    expect(counted(alice)).toEqual({ ...quiet, received: 2 });
    expect(counted(again)).toEqual(quiet);
    for (const bytes of [again.voice(7), alice.voice(1)]) arrives(bytes, alice.address);
    expect(counted(alice)).toEqual({ ...quiet, received: 2, replayed: 1 });
    expect(counted(again)).toEqual({ ...quiet, replayed: 1 });
    expect(counted(carol)).toEqual(quiet);
  });

  it('an unknown address: belongs to no call, and gets no answer', () => {
    sent.length = 0;
    for (let counter = 0; counter < 100; counter++) arrives(noise(counter), MALLORY);
    arrives(alice.voice(0), MALLORY);
    expect(switchboard.strayDatagrams).toBe(101);
    for (const peer of [alice, carol]) expect(counted(peer)).toEqual(quiet);
    expect(sent).toEqual([]);
  });

  it.each([
    ['the thousandth trial opens', TRIALS_PER_SECOND - 2, { ...quiet, received: 2 }, 0],
    ['no further one is made for', TRIALS_PER_SECOND, quiet, 1],
  ])('an unknown address: %s a genuine packet', (_, trialsBefore, expected, dropped) => {
    // Each of the two calls tries each datagram, carol's last.
    for (let tried = 0; tried < trialsBefore; tried += 2) arrives(noise(tried), MALLORY);
    arrives(carol.voice(1), at('192.0.2.77'));
    expect(counted(carol)).toEqual(expected);
    expect(switchboard.strayDatagrams).toBe(trialsBefore / 2 + dropped);
  });

  it('an unknown address: costs those that are known nothing, and a second later is tried again', () => {
    const burst = 3 * TRIALS_PER_SECOND;
    for (let n = 0; n < burst; n++) arrives(noise(n), MALLORY);
    expect(switchboard.strayDatagrams).toBe(burst);
    for (const peer of [alice, carol]) {
      arrives(peer.voice(1), peer.address);
      expect(counted(peer)).toEqual({ ...quiet, received: 2 });
    }
    clock.advance(1000);
    arrives(alice.voice(2), at('192.0.2.77'));
    expect(counted(alice)).toEqual({ ...quiet, received: 3 });
    expect(switchboard.strayDatagrams).toBe(burst);
  });

  it('a captured packet sent on from elsewhere: moves no voice, and draws no more bytes than it has', () => {
    sent.length = 0;
    arrives(alice.voice(1), MALLORY);
    const drawn = sent.filter(({ to }) => to.address === MALLORY.address);
    expect(drawn).toHaveLength(1);
    expect(drawn[0]!.bytes.length).toBeLessThan(alice.voice(1).length);
    expect(readHeader(drawn[0]!.bytes)?.stream).toBe(STREAM_NUMBERS.control);
    // She cannot open the challenge, so that nothing she can send is its echo.
    arrives(drawn[0]!.bytes, MALLORY);
    expect(speaksTo()).toEqual([alice.address.address, carol.address.address]);
  });
});
