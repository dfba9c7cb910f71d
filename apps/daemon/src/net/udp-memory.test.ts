/** The bottleneck of the network's twin: that it carries what it says, delays the rest, then drops it. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../device/clock-virtual.js';
import { MemoryNetwork } from './udp-memory.js';

const A = { address: '192.0.2.1', port: 1 };
const B = { address: '192.0.2.2', port: 1 };
/** With the headers of UDP and IPv4: 10 ms of 100 kbps. */
const DATAGRAM = new Uint8Array(125 - 28);

describe('a bottleneck', () => {
  it('lets one datagram after the other through, at its rate, each way by itself', () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock, 1, { kbps: 100, queueMs: 1000, delayMs: 5 });
    const [a, b] = [network.open(A.address, A.port), network.open(B.address, B.port)];
    const arrivedMs: number[] = [];
    b.onDatagram(() => arrivedMs.push(clock.now()));
    a.onDatagram(() => arrivedMs.push(-clock.now()));
    for (let n = 0; n < 3; n++) a.send(DATAGRAM, B);
    b.send(DATAGRAM, A);
    expect(network.waitMs(A, B)).toBe(30);
    clock.advance(100);
    expect(arrivedMs).toEqual([15, -15, 25, 35]);
    expect(network.waitMs(A, B)).toBe(0);
  });

  it('drops what would wait longer than its queue is', () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock, 1, { kbps: 100, queueMs: 50 });
    const [a, b] = [network.open(A.address, A.port), network.open(B.address, B.port)];
    let arrived = 0;
    b.onDatagram(() => arrived++);
    for (let n = 0; n < 20; n++) a.send(DATAGRAM, B);
    clock.advance(1000);
    expect(arrived).toBe(6);
    a.send(DATAGRAM, B);
    clock.advance(1000);
    expect(arrived).toBe(7);
  });
});
