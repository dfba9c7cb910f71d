/** The keys of a call that is up: control messages in, rekey effects out (SPEC 6 and 8). */
import type { CallEvent } from '@kyberline/core/call/call-state';
import { decodeControl } from '@kyberline/core/call/control';
import type { RekeyEffect, RekeyEvent } from '@kyberline/core/call/rekey-state';
import type { CallSecrets } from '@kyberline/core/call/secrets';
import { HANDSHAKE_EPOCH, readRekeyEpoch } from '@kyberline/core/crypto/schedule';
import type { CallMedia } from './call-media.js';

/** What an opened control message means to the call; `undefined` for what means nothing. */
export function readControl(
  secrets: CallSecrets,
  epoch: number,
  payload: Uint8Array,
): CallEvent | undefined {
  const message = decodeControl(payload);
  if (message === undefined) return undefined;
  if (epoch === HANDSHAKE_EPOCH) {
    return message.kind === 'CONFIRM' && secrets.verifyConfirm(message.proof)
      ? { type: 'confirm-verified' }
      : undefined;
  }
  const event = { type: 'received', on: epoch, message } as const;
  switch (message.kind) {
    case 'REQ': {
      const requestEpoch = readRekeyEpoch(message.bytes);
      return requestEpoch === undefined ? undefined : { ...event, requestEpoch };
    }
    case 'FIN':
      return { ...event, finVerified: secrets.verifyFin(message.epoch, message.proof) };
    default:
      return event;
  }
}

/** Performs one effect of the rekey machine; what has to be computed is handed to `later`. */
export function performRekey(
  effect: RekeyEffect,
  secrets: CallSecrets,
  media: CallMedia,
  later: (task: () => Promise<RekeyEvent>) => void,
): void {
  switch (effect.type) {
    case 'make-request':
      later(() => secrets.makeRequest(effect.epoch));
      break;
    case 'make-answer':
      secrets.awaitAnswer(effect.req);
      later(async () => {
        const event = await secrets.makeAnswer(effect.epoch, effect.req);
        // The callee can receive on the next epoch before its ACK leaves.
        if (event.type === 'answer-made') media.installAnew(effect.epoch);
        return event;
      });
      break;
    case 'make-finish':
      later(async () => {
        const event = await secrets.makeFinish(effect.epoch, effect.req, effect.ack);
        if (event.type === 'finish-made') media.install(effect.epoch, 'receive');
        return event;
      });
      break;
    case 'send':
      media.send(effect.epoch, effect.message);
      break;
    case 'send-on':
      media.install(effect.epoch, 'send');
      media.sendOn(effect.epoch);
      break;
    case 'drop-send':
      media.drop(effect.epoch, 'send');
      secrets.dropEpoch(effect.epoch);
      break;
    case 'drop-receive':
      media.drop(effect.epoch, 'receive');
      if (effect.epoch === HANDSHAKE_EPOCH) {
        media.drop(HANDSHAKE_EPOCH, 'send');
        secrets.eraseHandshake();
      }
      break;
    case 'expired':
      break; // the call ends by itself (core/call/talking.ts)
  }
}
