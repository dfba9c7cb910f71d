import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, sleep } from './child.js';
import { seeded } from './random.js';
import { fateOf, startUdpProxy, type UdpProxy } from './udp-proxy.js';

interface End {
  socket: Socket;
  port: number;
  got: { text: string; from: number }[];
  send(text: string, to: string): void;
}

async function end(): Promise<End> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const got: End['got'] = [];
  socket.on('message', (bytes, from) => got.push({ text: bytes.toString(), from: from.port }));
  return {
    socket,
    port: socket.address().port,
    got,
    send: (text, to) => socket.send(text, Number(to.split(':')[1]), '127.0.0.1'),
  };
}

let a: End;
let b: End;
let proxy: UdpProxy;

beforeEach(async () => {
  a = await end();
  b = await end();
  proxy = await startUdpProxy(a.port, b.port, 7);
});

afterEach(async () => {
  await proxy.stop();
  a.socket.close();
  b.socket.close();
});

describe('a quiet proxy', () => {
  test('passes datagrams both ways, each from the address that the other advertises', async () => {
    a.send('to bob', proxy.addressForB);
    b.send('to alice', proxy.addressForA);
    await eventually('both arrive', 2000, () => a.got.length === 1 && b.got.length === 1);
    expect(b.got[0]).toEqual({ text: 'to bob', from: Number(proxy.addressForA.split(':')[1]) });
    expect(a.got[0]).toEqual({ text: 'to alice', from: Number(proxy.addressForB.split(':')[1]) });
  });

  test('keeps every datagram with its direction', async () => {
    a.send('one', proxy.addressForB);
    await eventually('it arrives', 2000, () => b.got.length === 1);
    expect(proxy.tap).toHaveLength(1);
    expect(proxy.tap[0]).toMatchObject({ direction: 'A>B', fate: 'passed', copies: 1 });
    expect(proxy.tap[0]?.bytes.toString()).toBe('one');
  });

  test('delivers what a test injects', async () => {
    proxy.inject('B>A', Buffer.from('forged'));
    await eventually('it arrives', 2000, () => a.got.length === 1);
    expect(a.got[0]?.text).toBe('forged');
    expect(proxy.tap[0]?.injected).toBe(true);
  });
});

describe('trouble', () => {
  test('in a blackout nothing passes, and after it everything does', async () => {
    proxy.change({ blackout: true });
    a.send('unheard', proxy.addressForB);
    await eventually('it is tapped', 2000, () => proxy.tap.length === 1);
    await sleep(50);
    expect(b.got).toEqual([]);
    expect(proxy.tap[0]?.fate).toBe('blackout');
    proxy.change({});
    a.send('heard', proxy.addressForB);
    await eventually('it arrives', 2000, () => b.got.length === 1);
  });

  test('a held-back datagram is overtaken, a duplicate arrives twice', async () => {
    proxy.change({ reorder: 1 });
    a.send('first', proxy.addressForB);
    await eventually('it is tapped', 2000, () => proxy.tap.length === 1, 1);
    proxy.change({ duplicate: 1 });
    a.send('second', proxy.addressForB);
    await eventually('all arrive', 2000, () => b.got.length === 3);
    expect(b.got.map((one) => one.text)).toEqual(['second', 'second', 'first']);
  });

  test('of ten thousand, the share that is lost, held or doubled is what was asked for', () => {
    const chance = seeded(1);
    let lost = 0;
    let held = 0;
    let doubled = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const fate = fateOf({ loss: 0.3, reorder: 0.2, duplicate: 0.1 }, chance);
      if (fate.kind === 'lost') lost += 1;
      if ((fate.delaysMs[0] ?? 0) > 0) held += 1;
      if (fate.delaysMs.length === 2) doubled += 1;
    }
    expect(lost / 10_000).toBeCloseTo(0.3, 1);
    expect(held / (10_000 - lost)).toBeCloseTo(0.2, 1);
    expect(doubled / (10_000 - lost)).toBeCloseTo(0.1, 1);
  });

  test('the same seed gives the same fates', () => {
    const run = () => {
      const chance = seeded(42);
      return Array.from({ length: 50 }, () => fateOf({ loss: 0.5, jitterMs: 20 }, chance));
    };
    expect(run()).toEqual(run());
    expect(run().some((fate) => fate.kind === 'lost')).toBe(true);
  });

  test('delay and jitter stay within what was asked for', () => {
    const chance = seeded(3);
    for (let n = 0; n < 1000; n += 1) {
      const [ms] = fateOf({ delayMs: 40, jitterMs: 15 }, chance).delaysMs;
      expect(ms).toBeGreaterThanOrEqual(40);
      expect(ms).toBeLessThan(55);
    }
  });
});
