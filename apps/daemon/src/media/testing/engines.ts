/** The engines of two sides of a call, without sound, in virtual time: alice has called bob. */
import { createHash } from 'node:crypto';
import { CODECS } from '@kyberline/core/call/body';
import { Codecs } from '../../codec/codecs.js';
import { VirtualClock } from '../../device/clock-virtual.js';
import type { DatagramSocket } from '../../net/udp.js';
import { MemoryNetwork } from '../../net/udp-memory.js';
import type { Address, DaemonToEngine, EngineToDaemon, MediaStream, Role } from '../messages.js';
import { PacketRing } from '../packets.js';
import { Switchboard } from '../switchboard.js';

export const ALICE: Address = { address: '192.0.2.1', port: 47_470 };
export const BOB: Address = { address: '192.0.2.2', port: 47_470 };
export const CALL_ID = new Uint8Array(16).fill(7);
export const OTHER_CALL_ID = new Uint8Array(16).fill(8);

const LEASE_END = 100_000;
const CODEC_SUPPLY = await Codecs.open(40);

export class Engine {
  readonly said: EngineToDaemon[] = [];
  readonly switchboard: Switchboard;
  readonly #socket: DatagramSocket;

  constructor(
    readonly role: Role,
    readonly at: Address,
    clock: VirtualClock,
    network: MemoryNetwork,
    /** What it draws; a constant where two of its sessions must draw the same. */
    random: (bytes: number) => Uint8Array,
  ) {
    this.#socket = network.open(at.address, at.port);
    this.switchboard = new Switchboard(
      {
        socket: this.#socket,
        ring: new PacketRing(),
        random,
        emit: (message) => this.said.push(message),
      },
      CODEC_SUPPLY,
      () => clock.now(),
    );
  }

  /** As if it was killed: its address is free for a successor, and nobody was told. */
  die(): void {
    this.switchboard.close();
    void this.#socket.close();
  }

  tell(...messages: DaemonToEngine[]): void {
    for (const message of messages) this.switchboard.handle(message);
  }

  open(candidates: Address[], callId = CALL_ID): void {
    const { role } = this;
    this.tell({ type: 'open-call', callId, role, codecs: [...CODECS], candidates });
  }

  /**
   * An epoch's keys both ways, made from its call and number, so that both sides have the same.
   * @param from where this engine's counters begin: after those of the one before it
   */
  install(
    epoch: number,
    streams: MediaStream[] = ['control', 'audio'],
    from = 0,
    callId = CALL_ID,
  ): void {
    const keys = (direction: string) =>
      Object.fromEntries(
        streams.map((stream) => {
          const random = seededRandom(`${callId[0]} ${epoch} ${direction} ${stream}`);
          return [stream, { aead: random(32), obf: random(32), from, until: LEASE_END }];
        }),
      );
    const [send, receive] = this.role === 'A' ? ['A>B', 'B>A'] : ['B>A', 'A>B'];
    this.tell({
      type: 'install-epoch',
      callId,
      epoch,
      send: keys(send!),
      receive: keys(receive!),
    });
  }

  sendOn(epoch: number): void {
    this.tell({ type: 'send-on', callId: CALL_ID, epoch });
  }

  heard<T extends EngineToDaemon['type']>(type: T) {
    return this.said.filter(
      (message): message is Extract<EngineToDaemon, { type: T }> => message.type === type,
    );
  }
}

export function twoEngines(randomOfAlice = seededRandom('alice')) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, 1);
  return {
    clock,
    network,
    alice: new Engine('A', ALICE, clock, network, randomOfAlice),
    bob: new Engine('B', BOB, clock, network, seededRandom('bob')),
  };
}

/** Repeatable bytes for tests. */
export function seededRandom(seed: string): (bytes: number) => Uint8Array {
  let drawn = 0;
  return (bytes) =>
    createHash('shake256', { outputLength: bytes }).update(`${seed} ${drawn++}`).digest();
}
