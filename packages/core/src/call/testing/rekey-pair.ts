/**
 * Two rekey machines over a pipe in virtual time, with public stand-ins for the keys: an epoch's
 * "key" is the text of the REQ and ACK from which it came, so that both sides can be compared.
 */
import type { ControlMessage } from '../control.js';
import { rekeyDeadline, startRekey, stepRekey } from '../rekey.js';
import type { RekeyEffect, RekeyEvent, RekeyState, RekeyTimes } from '../rekey-state.js';

type Side = 'A' | 'B';

interface End {
  state: RekeyState;
  /** What each epoch that can be received, or sent on, was derived from. */
  receive: Map<number, string>;
  send: Map<number, string>;
  made: Map<number, string>;
  requests: number;
  sentRequest: string;
  expired: boolean;
}

export interface Delivery {
  from: Side;
  message: ControlMessage;
  index: number;
}

/** What else may go wrong, beside what `delays` does to messages. */
export interface Flaws {
  /** Of this side's voice nothing arrives: only its control messages tell on which epoch it is. */
  voiceLostOf?: Side;
  /** No FIN's proof is right. */
  finsForged?: boolean;
}

const CRYPTO_MS = 1;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (value: string) => new TextEncoder().encode(value);

export class RekeyPair {
  now = 0;
  readonly ends: Record<Side, End>;
  /** Messages that found no key at the other side: must stay 0. */
  unopened = 0;
  #index = 0;
  #queue: { at: number; run: () => void }[] = [];

  /** @param delays ms for each copy to deliver; empty = lost. */
  constructor(
    times: RekeyTimes,
    private readonly delays: (delivery: Delivery) => number[],
    private readonly flaws: Flaws = {},
  ) {
    const end = (role: Side): End => ({
      state: startRekey(role, 0, times),
      receive: new Map([[0, 'first']]),
      send: new Map([[0, 'first']]),
      made: new Map(),
      requests: 0,
      sentRequest: '',
      expired: false,
    });
    this.ends = { A: end('A'), B: end('B') };
  }

  /** Both sides send a voice packet every 20 ms, as in a call. */
  runFor(ms: number): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.now += 1;
      const due = this.#queue.filter(({ at }) => at <= this.now);
      this.#queue = this.#queue.filter(({ at }) => at > this.now);
      for (const { run } of due) run();
      for (const side of ['A', 'B'] as const) {
        if (this.now >= rekeyDeadline(this.ends[side].state)) this.step(side, { type: 'tick' });
        if (this.now % 20 === 0) this.#voice(side);
      }
    }
  }

  step(side: Side, event: RekeyEvent): void {
    const end = this.ends[side];
    const { state, effects } = stepRekey(end.state, event, this.now);
    end.state = state;
    for (const effect of effects) this.#perform(side, end, effect);
  }

  #perform(side: Side, end: End, effect: RekeyEffect): void {
    switch (effect.type) {
      case 'make-request': {
        end.sentRequest = `req ${effect.epoch} #${++end.requests}`;
        const event = { epoch: effect.epoch, req: bytesOf(end.sentRequest) };
        this.#later(() => this.step(side, { type: 'request-made', ...event }));
        break;
      }
      case 'make-answer': {
        const ack = `ack to ${text(effect.req)}`;
        this.#later(() => {
          end.receive.set(effect.epoch, ack);
          end.made.set(effect.epoch, ack);
          const event = { epoch: effect.epoch, req: effect.req, ack: bytesOf(ack) };
          this.step(side, { type: 'answer-made', ...event });
        });
        break;
      }
      case 'make-finish': {
        const key = text(effect.ack);
        this.#later(() => {
          end.receive.set(effect.epoch, key);
          end.made.set(effect.epoch, key);
          this.step(side, { type: 'finish-made', epoch: effect.epoch, fin: new Uint8Array(32) });
        });
        break;
      }
      case 'send-on':
        end.send.set(effect.epoch, end.made.get(effect.epoch) ?? 'none');
        break;
      case 'drop-send':
        end.send.delete(effect.epoch);
        break;
      case 'drop-receive':
        end.receive.delete(effect.epoch);
        break;
      case 'send':
        this.#transmit(side, effect.epoch, effect.message);
        break;
      case 'expired':
        end.expired = true;
        break;
    }
  }

  #voice(side: Side): void {
    this.#transmit(side, this.ends[side].state.epoch, undefined);
  }

  #transmit(from: Side, epoch: number, message: ControlMessage | undefined): void {
    const key = this.ends[from].send.get(epoch);
    if (key === undefined) throw new Error(`${from} sent on epoch ${epoch} without its key`);
    const voiceDelays = this.flaws.voiceLostOf === from ? [] : [5];
    const delays = message ? this.delays({ from, message, index: this.#index++ }) : voiceDelays;
    for (const delay of delays) {
      this.#queue.push({
        at: this.now + delay,
        run: () => this.#arrive(from, epoch, key, message),
      });
    }
  }

  #arrive(from: Side, epoch: number, key: string, message: ControlMessage | undefined): void {
    const to = from === 'A' ? 'B' : 'A';
    const mine = this.ends[to].receive.get(epoch);
    if (mine !== key) {
      this.unopened++;
      return;
    }
    this.step(to, { type: 'epoch-heard', epoch });
    if (message === undefined) return;
    const requestEpoch =
      message.kind === 'REQ' ? Number(text(message.bytes).split(' ')[1]) : undefined;
    this.step(to, {
      type: 'received',
      on: epoch,
      message,
      ...(requestEpoch !== undefined && { requestEpoch }),
      finVerified: !this.flaws.finsForged,
    });
  }

  #later(run: () => void): void {
    this.#queue.push({ at: this.now + CRYPTO_MS, run });
  }
}
