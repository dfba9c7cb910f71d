/**
 * One call as its media engine knows it: epochs, leases, control messages. What was installed is
 * remembered, so that an engine that was started again can be brought to the same point.
 */
import { type CodecName, startingWith } from '@kyberline/core/call/body';
import { type ByeReason, type ControlMessage, encodeControl } from '@kyberline/core/call/control';
import type { CallSecrets, TrafficKeys } from '@kyberline/core/call/secrets';
import { HANDSHAKE_EPOCH } from '@kyberline/core/crypto/schedule';
import { eraseInstalled } from '../media/epochs.js';
import type {
  Address,
  DaemonToEngine,
  EngineToDaemon,
  MediaStream,
  Role,
  StreamKeys,
} from '../media/messages.js';
import { type Direction, LeaseBook } from './leases.js';

const STREAMS: readonly MediaStream[] = ['control', 'audio'];

/** Takes or copies the message before it returns: keys in it are erased afterwards. */
export type SendToEngine = (message: DaemonToEngine) => void;

export class CallMedia {
  readonly #leases = new LeaseBook();
  /** Epochs whose keys the engine has, per direction. */
  readonly #installed = { send: new Set<number>(), receive: new Set<number>() };
  #opened: { codecs: CodecName[]; candidates: Address[] } | undefined;
  #sendEpoch: number | undefined;
  #voice = false;
  #muted = false;

  constructor(
    private readonly engine: SendToEngine,
    private readonly callId: Uint8Array,
    private readonly role: Role,
    private readonly secrets: CallSecrets,
  ) {}

  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  /** The session with the handshake's keys: confirms and probes can go. */
  open(codecs: CodecName[], candidates: Address[]): void {
    this.#opened = { codecs, candidates };
    for (const message of this.#openMessage()) this.#tell(message);
    if (this.#muted) this.mute(true);
    this.install(HANDSHAKE_EPOCH, 'send');
    this.install(HANDSHAKE_EPOCH, 'receive');
  }

  install(epoch: number, direction: Direction): void {
    this.#installed[direction].add(epoch);
    this.#tell(this.#installMessage(epoch, direction));
  }

  /** The callee's pending epoch got other keys: what was leased under the old ones is void. */
  installAnew(epoch: number): void {
    this.#leases.forget(epoch, 'receive');
    this.install(epoch, 'receive');
  }

  sendOn(epoch: number): void {
    this.#sendEpoch = epoch;
    this.engine({ type: 'send-on', callId: this.callId, epoch });
  }

  drop(epoch: number, direction: Direction): void {
    if (!this.#installed[direction].delete(epoch)) return;
    this.engine({ type: 'drop-epoch', callId: this.callId, epoch, direction });
  }

  send(epoch: number, message: ControlMessage): void {
    const payload = encodeControl(message);
    this.engine({ type: 'send-control', callId: this.callId, epoch, payload });
  }

  allowVoice(): void {
    this.#voice = true;
    this.engine({ type: 'allow-voice', callId: this.callId, allowed: true });
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (this.isOpen) this.engine({ type: 'mute', callId: this.callId, muted });
  }

  /** How voice leaves from now on, in the next engine too; one that both sides speak. */
  useCodec(codec: CodecName): void {
    if (!this.#opened) return;
    this.#opened = { ...this.#opened, codecs: startingWith(codec, this.#opened.codecs) };
    this.engine({ type: 'codec', callId: this.callId, codec });
  }

  renew(request: Extract<EngineToDaemon, { type: 'lease-request' }>): void {
    const { epoch, stream, sendNext, receiveNext } = request;
    this.engine({
      type: 'lease',
      callId: this.callId,
      epoch,
      stream,
      sendUntil: this.#leases.renew(epoch, stream, 'send', sendNext),
      receiveUntil: this.#leases.renew(epoch, stream, 'receive', receiveNext),
    });
  }

  /** A new engine knows nothing: it gets the session again, with counters after the old blocks. */
  reopen(): void {
    if (!this.#opened) return;
    for (const message of this.#anew()) this.#tell(message);
    if (this.#muted) this.mute(true);
    if (this.#voice) this.allowVoice();
  }

  /** With the session once more, should there be no engine now but one in time for a goodbye. */
  close(bye: ByeReason | undefined): void {
    if (!this.#opened) return;
    const anew = bye === undefined ? [] : this.#anew();
    this.#opened = undefined;
    this.engine({ type: 'close-call', callId: this.callId, ...(bye && { bye, anew }) });
    for (const message of anew) forgetKeys(message);
  }

  #anew(): DaemonToEngine[] {
    const { callId } = this;
    const epochs = [...new Set([...this.#installed.receive, ...this.#installed.send])];
    const epoch = this.#sendEpoch;
    return [
      ...this.#openMessage(),
      ...epochs.map((each) => this.#installMessage(each, 'both')),
      ...(epoch === undefined ? [] : [{ type: 'send-on', callId, epoch } as const]),
    ];
  }

  #openMessage(): DaemonToEngine[] {
    const { callId, role } = this;
    if (!this.#opened) return [];
    return [{ type: 'open-call', callId, role, ...this.#opened }];
  }

  #installMessage(epoch: number, which: Direction | 'both'): DaemonToEngine {
    const message: Extract<DaemonToEngine, { type: 'install-epoch' }> = {
      type: 'install-epoch',
      callId: this.callId,
      epoch,
      send: {},
      receive: {},
    };
    for (const stream of epoch === HANDSHAKE_EPOCH ? (['control'] as const) : STREAMS) {
      const wanted = (direction: Direction) =>
        (which === 'both' || which === direction) && this.#installed[direction].has(epoch);
      for (const direction of ['send', 'receive'] as const) {
        const keys = wanted(direction) ? this.#keys(epoch, direction, stream) : undefined;
        if (!keys) continue;
        const lease = this.#leases.grant(epoch, stream, direction);
        message[direction][stream] = { ...bytesOf(keys), ...lease };
      }
    }
    return message;
  }

  #tell(message: DaemonToEngine): void {
    this.engine(message);
    forgetKeys(message);
  }

  #keys(epoch: number, direction: Direction, stream: MediaStream): TrafficKeys | undefined {
    return epoch === HANDSHAKE_EPOCH
      ? this.secrets.handshakeKeys()?.[direction]
      : this.secrets.traffic(epoch, direction, stream);
  }
}

/** The handshake's own keys are needed again for an engine that is started again. */
function forgetKeys(message: DaemonToEngine): void {
  if (message.type === 'install-epoch' && message.epoch !== HANDSHAKE_EPOCH) {
    eraseInstalled(message);
  }
}

function bytesOf({ aead, obf }: TrafficKeys): StreamKeys {
  return { aead: aead.bytes, obf: obf.bytes };
}
