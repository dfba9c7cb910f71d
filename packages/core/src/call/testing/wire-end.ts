/**
 * One end of a call over real packets, in one process: stepCall and CallSecrets as the daemon has
 * them, and the sealing, windows and fragments that its engine has, without a socket or a clock.
 */

import { ReplayWindow } from '../../crypto/replay.js';
import { HANDSHAKE_EPOCH, readRekeyEpoch } from '../../crypto/schedule.js';
import { Reassembler, split, WHOLE_MESSAGE_BYTES } from '../../voice/fragment.js';
import { deobfuscate, obfuscate } from '../../voice/obfuscate.js';
import {
  HEADER_BYTES,
  PAYLOAD_TYPES,
  readHeader,
  STREAM_NUMBERS,
  TAG_BYTES,
  writeHeader,
} from '../../voice/packet.js';
import { openPacket, sealPacket } from '../../voice/seal.js';
import { placeCall, receiveCall, stepCall } from '../call.js';
import type { CallEffect, CallEvent, CallState, CallTimes } from '../call-state.js';
import { type ControlMessage, decodeControl, encodeControl } from '../control.js';
import { callDeadline } from '../deadline.js';
import type { RekeyEffect } from '../rekey-state.js';
import type { CallSecrets, CallStream } from '../secrets.js';
import { frameOf } from './spoken-frame.js';

interface Keys {
  aead: Uint8Array;
  obf: Uint8Array;
}

export interface Ledger {
  /** "key nonce" of every packet that was ever sealed: the size must equal `sealed`. */
  nonces: Set<string>;
  sealed: number;
}

export class WireEnd {
  state: CallState;
  words: readonly string[] = [];
  readonly opened = { frames: 0, wrong: 0, twice: 0, refused: 0, replayed: 0 };
  sentFrames = 0;
  rekeys = 0;
  readonly #heardFrames = new Set<number>();
  readonly #send = new Map<string, Keys & { counter: number }>();
  readonly #receive = new Map<string, Keys & { window: ReplayWindow }>();
  readonly #fragments = new Reassembler();
  readonly #heardEpochs = new Set<number>();
  #fragmentId = 0;
  #sendEpoch: number | undefined;
  #voice = false;
  #pending = 0;

  constructor(
    readonly role: 'A' | 'B',
    private readonly callId: Uint8Array,
    private readonly secrets: CallSecrets,
    private readonly ledger: Ledger,
    private readonly transmit: (packet: Uint8Array) => void,
    now: number,
    times: CallTimes,
  ) {
    const step = role === 'A' ? placeCall(now, times) : receiveCall(now, times, true);
    this.state = step.state;
  }

  /** Whether a key is being computed; the test waits for it before time goes on. */
  get isComputing(): boolean {
    return this.#pending > 0;
  }

  get deadline(): number {
    return callDeadline(this.state);
  }

  get epoch(): number {
    return this.#sendEpoch ?? -1;
  }

  dispatch(event: CallEvent, now: number): void {
    const step = stepCall(this.state, event, now);
    this.state = step.state;
    for (const effect of step.effects) this.#perform(effect, now);
  }

  /** One voice frame, if voice flows: its number, then bytes that follow from role and number. */
  speak(): void {
    if (!this.#voice || this.#sendEpoch === undefined) return;
    this.#packet(
      this.#sendEpoch,
      'audio',
      PAYLOAD_TYPES.pcm16,
      frameOf(this.role, this.sentFrames++),
    );
  }

  receive(datagram: Uint8Array, now: number): void {
    const header = readHeader(datagram);
    const theirs = this.role === 'A' ? 'B>A' : 'A>B';
    const stream = header?.stream === STREAM_NUMBERS.audio ? 'audio' : 'control';
    const keys = header && this.#receive.get(`${header.epoch} ${stream}`);
    if (!header || !keys || header.direction !== theirs) {
      this.opened.refused++;
      return;
    }
    if (keys.window.check(header.counter) !== 'fresh') {
      this.opened.replayed++;
      return;
    }
    const packet = datagram.slice();
    const length = openPacket(keys.aead, this.callId, packet);
    if (length === undefined) {
      this.opened.refused++;
      return;
    }
    keys.window.mark(header.counter);
    deobfuscate(keys.obf, header.counter, packet, HEADER_BYTES, length);
    const payload = packet.subarray(HEADER_BYTES, HEADER_BYTES + length);
    if (!this.#heardEpochs.has(header.epoch)) {
      this.#heardEpochs.add(header.epoch);
      this.dispatch({ type: 'epoch-heard', epoch: header.epoch }, now);
    }
    if (stream === 'audio') this.#hear(payload);
    else this.#control(header.epoch, header.type, payload, now);
  }

  #hear(frame: Uint8Array): void {
    const number = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
    const expected = frameOf(this.role === 'A' ? 'B' : 'A', number);
    if (this.#heardFrames.has(number)) this.opened.twice++;
    this.#heardFrames.add(number);
    if (Buffer.compare(expected, frame) === 0) this.opened.frames++;
    else this.opened.wrong++;
  }

  #control(epoch: number, type: number, payload: Uint8Array, now: number): void {
    const whole =
      type === PAYLOAD_TYPES.controlFragment ? this.#fragments.take(payload, now) : payload;
    const message = whole && decodeControl(whole);
    if (!message) return;
    if (message.kind === 'CONFIRM' && epoch === HANDSHAKE_EPOCH) {
      if (this.secrets.verifyConfirm(message.proof))
        this.dispatch({ type: 'confirm-verified' }, now);
      return;
    }
    const requestEpoch = message.kind === 'REQ' ? readRekeyEpoch(message.bytes) : undefined;
    this.dispatch(
      {
        type: 'received',
        on: epoch,
        message,
        ...(requestEpoch !== undefined && { requestEpoch }),
        ...(message.kind === 'FIN' && {
          finVerified: this.secrets.verifyFin(message.epoch, message.proof),
        }),
      },
      now,
    );
  }

  #perform(effect: CallEffect, now: number): void {
    switch (effect.type) {
      case 'open-media': {
        const keys = this.secrets.handshakeKeys();
        if (!keys) throw new Error('media was opened without a handshake');
        this.#setSend(HANDSHAKE_EPOCH, 'control', bytesOf(keys.send));
        this.#setReceive(HANDSHAKE_EPOCH, 'control', bytesOf(keys.receive));
        break;
      }
      case 'send-confirm': {
        const proof = this.secrets.confirm();
        if (proof) this.#sendControl(HANDSHAKE_EPOCH, { kind: 'CONFIRM', proof });
        break;
      }
      case 'send-probe':
        this.#sendControl(HANDSHAKE_EPOCH, { kind: 'PROBE' });
        break;
      case 'prepare-voice':
        this.words = this.secrets.finish().words;
        this.#install(0, 'receive');
        this.#install(0, 'send');
        break;
      case 'start-voice':
        this.#sendEpoch = 0;
        this.#voice = true;
        break;
      case 'rekey':
        this.#rekey(effect.effect, now);
        break;
      case 'erase':
        this.secrets.erase();
        this.#voice = false;
        break;
      default:
        break; // look-up, offer, answer and records are the test's own
    }
  }

  #rekey(effect: RekeyEffect, now: number): void {
    switch (effect.type) {
      case 'make-request':
        this.#compute(() => this.secrets.makeRequest(effect.epoch), now);
        break;
      case 'make-answer':
        this.secrets.awaitAnswer(effect.req);
        this.#compute(() => this.secrets.makeAnswer(effect.epoch, effect.req), now, effect.epoch);
        break;
      case 'make-finish':
        this.#compute(
          () => this.secrets.makeFinish(effect.epoch, effect.req, effect.ack),
          now,
          effect.epoch,
        );
        break;
      case 'send':
        this.#sendControl(effect.epoch, effect.message);
        break;
      case 'send-on':
        this.#install(effect.epoch, 'send');
        this.#sendEpoch = effect.epoch;
        this.rekeys++;
        break;
      case 'drop-send':
        for (const stream of ['control', 'audio']) this.#send.delete(`${effect.epoch} ${stream}`);
        this.secrets.dropEpoch(effect.epoch);
        break;
      case 'drop-receive':
        for (const stream of ['control', 'audio'])
          this.#receive.delete(`${effect.epoch} ${stream}`);
        break;
      case 'expired':
        break;
    }
  }

  /** @param next the epoch that can be received once the task has made its keys */
  #compute(task: () => Promise<CallEvent>, now: number, next?: number): void {
    this.#pending++;
    void task().then((event) => {
      this.#pending--;
      const made = event.type === 'answer-made' || event.type === 'finish-made';
      if (made && next !== undefined) this.#install(next, 'receive');
      this.dispatch(event, now);
    });
  }

  #install(epoch: number, direction: 'send' | 'receive'): void {
    for (const stream of ['control', 'audio'] as const) {
      const keys = this.secrets.traffic(epoch, direction, stream);
      if (!keys) throw new Error(`epoch ${epoch} has no keys`);
      if (direction === 'send') this.#setSend(epoch, stream, bytesOf(keys));
      else this.#setReceive(epoch, stream, bytesOf(keys));
    }
  }

  #setSend(epoch: number, stream: CallStream, keys: Keys): void {
    this.#send.set(`${epoch} ${stream}`, { ...keys, counter: 0 });
  }

  #setReceive(epoch: number, stream: CallStream, keys: Keys): void {
    this.#receive.set(`${epoch} ${stream}`, { ...keys, window: new ReplayWindow() });
  }

  #sendControl(epoch: number, message: ControlMessage): void {
    const bytes = encodeControl(message);
    if (bytes.length <= WHOLE_MESSAGE_BYTES) {
      this.#packet(epoch, 'control', PAYLOAD_TYPES.control, bytes);
      return;
    }
    for (const piece of split(bytes, this.#fragmentId++ % 0x1_0000)) {
      this.#packet(epoch, 'control', PAYLOAD_TYPES.controlFragment, piece);
    }
  }

  #packet(epoch: number, stream: CallStream, type: number, payload: Uint8Array): void {
    const keys = this.#send.get(`${epoch} ${stream}`);
    if (!keys) throw new Error(`nothing to send with on epoch ${epoch}`);
    const counter = keys.counter++;
    const packet = new Uint8Array(HEADER_BYTES + payload.length + TAG_BYTES);
    const direction = this.role === 'A' ? 'A>B' : 'B>A';
    writeHeader(packet, { epoch, direction, stream: STREAM_NUMBERS[stream], type, counter });
    packet.set(payload, HEADER_BYTES);
    obfuscate(keys.obf, counter, packet, HEADER_BYTES, payload.length);
    sealPacket(keys.aead, this.callId, packet, payload.length);
    this.ledger.sealed++;
    const nonce = Buffer.from(packet.subarray(4, HEADER_BYTES)).toString('hex');
    this.ledger.nonces.add(`${Buffer.from(keys.aead).toString('hex')} ${nonce}`);
    this.transmit(packet);
  }
}

function bytesOf(keys: { aead: { bytes: Uint8Array }; obf: { bytes: Uint8Array } }): Keys {
  return { aead: Uint8Array.from(keys.aead.bytes), obf: Uint8Array.from(keys.obf.bytes) };
}
