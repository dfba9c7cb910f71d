/** A daemon's state as tests and the fake daemon begin with it: everything works, nobody calls. */
import { ECHO_NAME, type Fingerprint, type UserName } from '@kyberline/shared/ids';
import type { PersonView, StateSnapshot } from '@kyberline/shared/snapshot';
import { USUAL_PROCESSING } from '@kyberline/shared/voice';

/** A fingerprint that looks like one: 64 hex digits that depend on the name alone. */
export function fingerprintOf(name: string): Fingerprint {
  let hex = '';
  let seed = 7;
  for (const character of name.repeat(64)) {
    seed = (seed * 31 + character.charCodeAt(0)) % 65_521;
    hex += (seed % 16).toString(16);
    if (hex.length === 64) break;
  }
  return hex as Fingerprint;
}

export function person(name: string, more: Partial<PersonView> = {}): PersonView {
  return {
    name: name as UserName,
    online: true,
    isEcho: false,
    trust: 'seen',
    fingerprint: fingerprintOf(name),
    ...more,
  };
}

export function scriptedState(): StateSnapshot {
  const device = {
    choice: 'default',
    kind: 'portaudio' as const,
    why: "The system's own choice, and it works.",
    state: 'closed' as const,
  };
  return {
    version: '0.1.0',
    me: { name: 'anna' as UserName, fingerprint: fingerprintOf('anna'), registered: true },
    settings: {
      registryUrl: 'http://127.0.0.1:5001',
      suite: 1,
      input: 'default',
      output: 'default',
      autoAnswer: false,
      ringtone: true,
      ringOutput: 'panel',
      codec: 'opus',
      processing: USUAL_PROCESSING,
    },
    registry: { url: 'http://127.0.0.1:5001', state: 'push', clockOffsetMs: 3 },
    engine: { state: 'running', udpPort: 45_100, restarts: 0 },
    input: { ...device, name: 'Built-in microphone' },
    output: { ...device, name: 'Built-in speaker' },
    devices: [
      {
        id: '0',
        name: 'Built-in microphone',
        inputChannels: 2,
        outputChannels: 0,
        isDefault: true,
      },
      { id: '1', name: 'Built-in speaker', inputChannels: 0, outputChannels: 2, isDefault: true },
      { id: '2', name: 'USB headset', inputChannels: 1, outputChannels: 2, isDefault: false },
    ],
    soundTest: 'idle',
    warnings: [],
    people: [
      person(ECHO_NAME, { isEcho: true, fingerprint: fingerprintOf('echo') }),
      person('bob', { trust: 'verified' }),
      person('carol'),
      person('dmitri.k', { online: false }),
      person('fatima', { online: false, trust: 'new' }),
      person('mallory', {
        trust: 'changed',
        newFingerprint: fingerprintOf('not mallory'),
      }),
    ],
    calls: [],
    historyRevision: 0,
  };
}
