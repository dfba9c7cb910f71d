import { describe, expect, it } from 'vitest';
import { Epochs, eraseInstalled } from './epochs.js';
import type { DaemonToEngine } from './messages.js';

describe("an engine's keys", () => {
  it('are copies: what came with the message is erased, and they still work', () => {
    const keys = () => ({ aead: new Uint8Array(32).fill(1), obf: new Uint8Array(32).fill(2) });
    const lease = { from: 0, until: 512 };
    const message: Extract<DaemonToEngine, { type: 'install-epoch' }> = {
      type: 'install-epoch',
      callId: new Uint8Array(16),
      epoch: 3,
      send: { control: { ...keys(), ...lease }, audio: { ...keys(), ...lease } },
      receive: { audio: { ...keys(), ...lease } },
    };
    const epochs = new Epochs();
    epochs.install(message);
    eraseInstalled(message);
    for (const each of [message.send.control, message.send.audio, message.receive.audio]) {
      expect([...each!.aead, ...each!.obf].every((byte) => byte === 0)).toBe(true);
    }
    expect(epochs.sending(3, 'audio')?.keys).toEqual(keys());
    expect(epochs.receiving(3, 'audio')?.keys).toEqual(keys());
  });
});
