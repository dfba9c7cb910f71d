/**
 * What the daemon and its media engine say to each other (child-process IPC, `serialization:
 * 'advanced'`, so bytes stay bytes). The daemon holds roots and handshakes; the engine gets
 * traffic keys per epoch and leases (SPEC 8 and 9), the socket and the sound devices.
 *
 *   daemon ── start, open-call, install-epoch, send-on, send-control, mute, close-call ──► engine
 *   daemon ◄── ready, control, epoch-heard, lease-request, bye, quiet/heard, levels ─────── engine
 */
import type { CodecName } from '@kyberline/core/call/body';
import type { ByeReason } from '@kyberline/core/call/control';
import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
import type { CallCounters, SoundTest } from '@kyberline/shared/snapshot';
import type { Processing, VoiceWarning } from '@kyberline/shared/voice';
import type { BindingName } from '../device/binding-names.js';
import type { RehearsalTest } from './rehearsal.js';

export interface Address {
  /** IPv4 or IPv6 literal. */
  address: string;
  port: number;
}

/** A is the caller, B the callee (SPEC, notation). */
export type Role = 'A' | 'B';
export type MediaStream = 'control' | 'audio';

/** Both keys of one (epoch, direction, stream), 32 bytes each (SPEC 8). */
export interface StreamKeys {
  aead: Uint8Array;
  obf: Uint8Array;
}

/** Counters this engine may use (SPEC 9, leases). Send: from ≤ counter < until. */
export interface SendLease {
  from: number;
  until: number;
}
/** Receive: counters below `from` are refused as replays, those at or above `until` wait. */
export interface ReceiveLease {
  from: number;
  until: number;
}

export type DaemonToEngine =
  | {
      type: 'start';
      udpHost: string;
      /** 0 = any free port. */
      udpPort: number;
      /** DeviceChoice, or `echo` for the echo contact's engine (SPEC: the built-in echo peer). */
      input: string;
      output: string;
      processing: Processing;
      binding: BindingName;
    }
  | {
      type: 'open-call';
      callId: Uint8Array;
      role: Role;
      /** What both sides understand, the one to begin with first. */
      codecs: CodecName[];
      /** Where the peer may be reached; sent to all until one of them answers with a valid packet. */
      candidates: Address[];
    }
  | {
      type: 'install-epoch';
      callId: Uint8Array;
      epoch: number;
      send: Partial<Record<MediaStream, StreamKeys & SendLease>>;
      receive: Partial<Record<MediaStream, StreamKeys & ReceiveLease>>;
    }
  /** From now on voice and the engine's own control messages leave under this epoch. */
  | { type: 'send-on'; callId: Uint8Array; epoch: number }
  /** Erase this epoch's keys of one direction. */
  | { type: 'drop-epoch'; callId: Uint8Array; epoch: number; direction: 'send' | 'receive' }
  | {
      type: 'lease';
      callId: Uint8Array;
      epoch: number;
      stream: MediaStream;
      sendUntil: number;
      receiveUntil: number;
    }
  /** Seal and send one control message (already encoded, SPEC 9), fragmented where it must be. */
  | { type: 'send-control'; callId: Uint8Array; epoch: number; payload: Uint8Array }
  /** Voice flows only while this is true (SPEC 6). */
  | { type: 'allow-voice'; callId: Uint8Array; allowed: boolean }
  | { type: 'mute'; callId: Uint8Array; muted: boolean }
  /** How this side's voice leaves from now on; one that the peer does not understand is not taken. */
  | { type: 'codec'; callId: Uint8Array; codec: CodecName }
  /**
   * Ends the call here; with `bye` the peer is told, repeatedly, until it answers (≤ 1.5 s). `anew`
   * opens the call in an engine that does not know it, and reaches no other (media/goodbyes.ts).
   */
  | { type: 'close-call'; callId: Uint8Array; bye?: ByeReason; anew?: DaemonToEngine[] }
  | { type: 'devices'; input: string; output: string }
  | { type: 'processing'; processing: Processing }
  /** Keep the microphone open for a meter although no call is up. */
  | { type: 'meter'; on: boolean }
  /** Test devices without a call; without a test, stop. A call that is opened stops it too. */
  | { type: 'sound-test'; test?: RehearsalTest }
  /** Ring on this DeviceChoice; without one, be silent at once. */
  | { type: 'ring'; output?: string }
  | { type: 'stop' };

export type EngineToDaemon =
  | {
      type: 'ready';
      udpPort: number;
      input: DeviceInUse;
      output: DeviceInUse;
      devices: SoundDevice[];
    }
  /** The engine cannot start at all (UDP port taken…): a code and a sentence for the person. */
  | { type: 'cannot-start'; code: string; sentence: string }
  | { type: 'device-state'; input: DeviceInUse; output: DeviceInUse; devices: SoundDevice[] }
  /** A whole, opened, reassembled control message that is the daemon's (CONFIRM, REQ, ACK, FIN, ASK, PROBE). */
  | { type: 'control'; callId: Uint8Array; epoch: number; payload: Uint8Array }
  /** The first packet of this epoch that opened, on any stream. */
  | { type: 'epoch-heard'; callId: Uint8Array; epoch: number }
  /** A stream of this epoch is near its packet limit (2^19): rekey. */
  | { type: 'epoch-worn'; callId: Uint8Array; epoch: number }
  | {
      type: 'lease-request';
      callId: Uint8Array;
      epoch: number;
      stream: MediaStream;
      sendNext: number;
      receiveNext: number;
    }
  | { type: 'bye'; callId: Uint8Array; reason: ByeReason }
  /** Nothing valid has arrived for 3 s; `heard` when it does again. */
  | { type: 'quiet'; callId: Uint8Array }
  | { type: 'heard'; callId: Uint8Array }
  | { type: 'peer-mode'; callId: Uint8Array; muted: boolean }
  | {
      type: 'levels';
      input: number;
      output: number;
      calls: { callId: Uint8Array; heard: number }[];
    }
  | {
      type: 'counters';
      calls: (Omit<CallCounters, 'callId'> & { callId: Uint8Array })[];
      strayDatagrams: number;
      leaseWaits: number;
    }
  /** What the person ought to be told about their microphone, whenever that has changed. */
  | { type: 'warnings'; warnings: VoiceWarning[] }
  | { type: 'sound-test'; state: SoundTest }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; sentence: string };
