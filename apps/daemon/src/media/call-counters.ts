/** What a call counts in its engine, beside what the jitter buffer counts by itself. */
export interface PacketCounters {
  /** Voice packets sent. */
  sent: number;
  /** Of those, header and tag included. */
  sentBytes: number;
  /** Frames, each of a packet's length, that the microphone gave while voice was allowed. */
  captured: number;
  /** Packets whose counter was marked already, or is older than the window. */
  replayed: number;
  /** Packets that no key opened, or that this side sent itself. */
  forged: number;
  /** What could be opened and read as nothing. */
  malformed: number;
  /** Packets that waited for a lease and were dropped (SPEC 9). */
  leaseWaits: number;
}

export function noPackets(): PacketCounters {
  return {
    sent: 0,
    sentBytes: 0,
    captured: 0,
    replayed: 0,
    forged: 0,
    malformed: 0,
    leaseWaits: 0,
  };
}
