import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../device/clock-virtual.js';
import type { Address } from '../media/messages.js';
import { type DatagramSocket, normalAddress, openUdp } from './udp.js';
import { MemoryNetwork } from './udp-memory.js';

const open: DatagramSocket[] = [];
const kept = <T extends DatagramSocket>(socket: T): T => {
  open.push(socket);
  return socket;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((socket) => socket.close()));
});

const hasV6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

interface Pair {
  a: DatagramSocket;
  b: DatagramSocket;
  toB: Address;
  fromA: string;
  settle(): Promise<void>;
}
const REAL = { settle: () => new Promise<void>((resolve) => setTimeout(resolve, 50)) };

const PAIRS: Record<string, () => Promise<Pair>> = {
  'over real IPv4': async () => {
    const [a, b] = [await openUdp('127.0.0.1', 0), await openUdp('127.0.0.1', 0)];
    return { a, b, toB: { address: '127.0.0.1', port: b.port }, fromA: '127.0.0.1', ...REAL };
  },
  'over IPv4 through a socket for both': async () => {
    const [a, b] = [await openUdp('::', 0), await openUdp('::', 0)];
    return { a, b, toB: { address: '127.0.0.1', port: b.port }, fromA: '127.0.0.1', ...REAL };
  },
  ...(hasV6 && {
    'over real IPv6': async () => {
      const [a, b] = [await openUdp('::', 0), await openUdp('::', 0)];
      return { a, b, toB: { address: '::1', port: b.port }, fromA: '::1', ...REAL };
    },
  }),
  'over the twin in memory': async () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock, 1);
    const [a, b] = [network.open('192.0.2.1', 1), network.open('192.0.2.2', 2)];
    const settle = async () => clock.advance(50);
    return { a, b, toB: { address: '192.0.2.2', port: 2 }, fromA: '192.0.2.1', settle };
  },
};

describe('datagrams', () => {
  for (const [name, make] of Object.entries(PAIRS)) {
    it(`arrive whole, with the plain address of their sender, ${name}`, async () => {
      const { a, b, toB, fromA, settle } = await make();
      kept(a);
      kept(b);
      const heard: { bytes: number[]; from: Address }[] = [];
      b.onDatagram((bytes, from) => heard.push({ bytes: [...bytes], from }));
      a.send(Uint8Array.of(1, 2, 3), toB);
      a.send(new Uint8Array(672).fill(7), toB);
      await settle();
      expect(heard.map(({ bytes }) => bytes.length)).toEqual([3, 672]);
      expect(heard[0]).toEqual({ bytes: [1, 2, 3], from: { address: fromA, port: a.port } });
    });

    it(`have left before the call returns, ${name}`, async () => {
      const { a, b, toB, settle } = await make();
      kept(a);
      kept(b);
      const heard: number[] = [];
      b.onDatagram((bytes) => heard.push(bytes[0] ?? -1));
      const buffer = new Uint8Array(100);
      for (let i = 0; i < 50; i++) {
        buffer.fill(i);
        a.send(buffer, toB);
      }
      await settle();
      expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i));
    });

    it(`go nowhere after a close, without an error, ${name}`, async () => {
      const { a, b, toB, settle } = await make();
      kept(a);
      await b.close();
      a.send(Uint8Array.of(1), toB);
      await settle();
      await a.close();
      a.send(Uint8Array.of(1), toB);
    });
  }

  it('that are too long are counted, not thrown', async () => {
    const socket = kept(await openUdp('127.0.0.1', 0));
    socket.send(new Uint8Array(70_000), { address: '127.0.0.1', port: 9 });
    await REAL.settle();
    expect(socket.unsent).toBe(1);
    const memory = new MemoryNetwork(new VirtualClock(), 1, { mostBytes: 1000 }).open('a', 1);
    memory.send(new Uint8Array(1001), { address: 'b', port: 1 });
    expect(memory.unsent).toBe(1);
  });

  it('to IPv6 through a socket that has none, or to no port at all, are counted', async () => {
    const socket = kept(await openUdp('127.0.0.1', 0));
    socket.send(new Uint8Array(1), { address: '::1', port: 9 });
    socket.send(new Uint8Array(1), { address: '127.0.0.1', port: 0 });
    expect(socket.unsent).toBe(2);
  });
});

describe('opening a socket', () => {
  it('says in a sentence that the port is taken, and which option changes it', async () => {
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(0, '0.0.0.0', resolve));
    const { port } = other.address();
    await expect(openUdp('0.0.0.0', port)).rejects.toMatchObject({
      code: 'udp-port-taken',
      message: expect.stringMatching(new RegExp(`${port}.*--udp-port`)),
    });
    await expect(openUdp('::', port)).rejects.toMatchObject({ code: 'udp-port-taken' });
    other.close();
  });

  it('says that an address is not of this machine', async () => {
    await expect(openUdp('192.0.2.77', 0)).rejects.toMatchObject({
      code: 'udp-host-unknown',
      message: expect.stringContaining('192.0.2.77'),
    });
  });
});

describe('addresses', () => {
  it('have one spelling', () => {
    expect(normalAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(normalAddress('::FFFF:c000:0201')).toBe('192.0.2.1');
    expect(normalAddress('2001:DB8:0:0::7')).toBe('2001:db8::7');
    expect(normalAddress('192.0.2.1')).toBe('192.0.2.1');
    expect(normalAddress('fe80::1%eth0')).toBe('fe80::1%eth0');
    expect(normalAddress('example.org')).toBeUndefined();
  });
});

describe('the twin in memory', () => {
  const through = (weather: object, count = 10_000) => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock, 7, weather);
    const [a, b] = [network.open('a', 1), network.open('b', 1)];
    const heard: number[] = [];
    b.onDatagram((bytes) => heard.push(bytes[0]! * 256 + bytes[1]!));
    for (let i = 0; i < count; i++) {
      a.send(Uint8Array.of(i >> 8, i), { address: 'b', port: 1 });
      clock.advance(20);
    }
    clock.advance(1000);
    return heard;
  };

  it('loses, duplicates and reorders as much as it is told', () => {
    const lost = through({ loss: 0.3 });
    expect(lost.length).toBeGreaterThan(6_800);
    expect(lost.length).toBeLessThan(7_200);
    const doubled = through({ duplication: 0.1 });
    expect(doubled.length).toBeGreaterThan(10_900);
    expect(doubled.length).toBeLessThan(11_100);
    const mixed = through({ reordering: 0.2, heldMs: 100 });
    const late = mixed.filter((value, i) => i > 0 && value < mixed[i - 1]!).length;
    expect(late).toBeGreaterThan(1_000);
    expect(through({})).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });

  it('does the same again for the same seed', () => {
    const weather = { loss: 0.3, duplication: 0.1, reordering: 0.2, heldMs: 60, jitterMs: 30 };
    expect(through(weather, 500)).toEqual(through(weather, 500));
  });
});
