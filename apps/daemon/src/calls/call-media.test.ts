import type { CallSecrets } from '@kyberline/core/call/secrets';
import { Secret } from '@kyberline/core/crypto/secret';
import { describe, expect, it } from 'vitest';
import type { DaemonToEngine, StreamKeys } from '../media/messages.js';
import { CallMedia } from './call-media.js';

const keys = () => ({
  aead: new Secret(new Uint8Array(32).fill(1)),
  obf: new Secret(new Uint8Array(32).fill(2)),
});

function media() {
  const handshake = { send: keys(), receive: keys() };
  const secrets = { traffic: keys, handshakeKeys: () => handshake };
  const told: DaemonToEngine[] = [];
  const kept: DaemonToEngine[] = [];
  const call = new CallMedia(
    (message) => {
      told.push(structuredClone(message));
      kept.push(message);
    },
    new Uint8Array(16),
    'A',
    secrets as unknown as CallSecrets,
  );
  return { call, told, kept };
}

function keysIn(message: DaemonToEngine): StreamKeys[] {
  if (message.type !== 'install-epoch') return [];
  return [...Object.values(message.send), ...Object.values(message.receive)];
}

const sums = (messages: DaemonToEngine[]) =>
  messages
    .flatMap(keysIn)
    .map(({ aead, obf }) => [...aead, ...obf].reduce((sum, byte) => sum + byte));

describe("a call's codec", () => {
  const codecsOf = (messages: DaemonToEngine[]) =>
    messages.flatMap((message) => (message.type === 'open-call' ? [message.codecs] : []));

  it('is told to the engine, and to the next one as the one to begin with', () => {
    const { call, told } = media();
    call.open(['opus', 'pcm48', 'pcm16'], []);
    call.useCodec('pcm16');
    expect(told.filter(({ type }) => type === 'codec')).toMatchObject([{ codec: 'pcm16' }]);
    call.reopen();
    expect(codecsOf(told)).toEqual([
      ['opus', 'pcm48', 'pcm16'],
      ['pcm16', 'opus', 'pcm48'],
    ]);
  });

  it('is nobody’s business before there is a session', () => {
    const { call, told } = media();
    call.useCodec('pcm16');
    expect(told).toEqual([]);
  });
});

describe("a call's keys in the daemon", () => {
  it('are erased as soon as the engine was told them', () => {
    const { call, told, kept } = media();
    call.install(0, 'send');
    call.install(0, 'receive');
    expect(sums(told)).toEqual([96, 96, 96, 96]);
    expect(sums(kept)).toEqual([0, 0, 0, 0]);
  });

  it('stay while they are the handshake’s, for an engine that is started again', () => {
    const { call, told } = media();
    call.open(['pcm16'], []);
    told.length = 0;
    call.reopen();
    expect(sums(told)).toEqual([96, 96]);
  });

  it('are in a goodbye, for an engine that would have to open the call for it, and erased too', () => {
    const { call, told, kept } = media();
    call.open(['pcm16'], []);
    call.install(0, 'send');
    call.install(0, 'receive');
    call.sendOn(0);
    call.close('hung-up');
    const anew = (messages: DaemonToEngine[]) => {
      const last = messages.at(-1);
      return (last?.type === 'close-call' && last.anew) || [];
    };
    expect(anew(told).map(({ type }) => type)).toEqual([
      'open-call',
      'install-epoch',
      'install-epoch',
      'send-on',
    ]);
    expect(sums(anew(told))).toEqual([96, 96, 96, 96, 96, 96]);
    // The handshake's are erased with the handshake.
    expect(sums(anew(kept))).toEqual([96, 96, 0, 0, 0, 0]);
  });
});
