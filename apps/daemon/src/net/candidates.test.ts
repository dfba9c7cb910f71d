import { describe, expect, it } from 'vitest';
import { isOneMachine, localCandidates } from './candidates.js';

describe('the addresses that peers exchange', () => {
  it('are none while there is no socket', () => {
    expect(localCandidates(0, [{ address: '192.0.2.1', port: 1 }])).toEqual([]);
  });

  it('end with loopback, for two daemons on one machine', () => {
    expect(localCandidates(47_470, []).at(-1)).toEqual({ address: '127.0.0.1', port: 47_470 });
  });

  it.each(['192.0.2.1', '127.0.0.1', '10.0.0.224', '2001:db8::1', '::1', '::ffff:192.0.2.1'])(
    'are taken from a peer where they are one machine: %s',
    (address) => expect(isOneMachine({ address, port: 9 })).toBe(true),
  );

  it.each(['0.0.0.0', '::', '224.0.0.1', '239.255.255.250', '255.255.255.255', 'ff02::1'])(
    'are not taken where they are nobody or many: %s',
    (address) => expect(isOneMachine({ address, port: 9 })).toBe(false),
  );
});
