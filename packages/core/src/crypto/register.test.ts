import { expect, it } from 'vitest';
import { lv, toHex, utf8 } from './bytes.js';
import { sha256 } from './kdf.js';
import { registerStatement, requestStatement } from './register.js';

const registryId = new Uint8Array(16).fill(1);

const request = {
  registryId,
  method: 'GET',
  pathAndQuery: '/api/users?x=1',
  body: new Uint8Array(0),
  user: 'alice',
  millis: 1_767_225_600_000,
  nonce: new Uint8Array(16).fill(2),
};

it('frames a registration', () => {
  const bundleHash = sha256(utf8('bundle'));
  const challenge = sha256(utf8('challenge'));
  expect(registerStatement({ registryId, name: 'alice', bundleHash, challenge })).toEqual(
    lv(registryId, utf8('alice'), bundleHash, challenge),
  );
});

it('frames a request under a label of its own, with the hash of its body', () => {
  const statement = requestStatement(request);
  expect(toHex(statement.subarray(0, 13))).toBe(`00000009${toHex(utf8('pqv1 http'))}`);
  expect(toHex(statement)).toContain(toHex(sha256()));
});

it('says something else for every change', () => {
  const changes = [
    { registryId: new Uint8Array(16) },
    { method: 'POST' },
    { pathAndQuery: '/api/users' },
    { body: utf8('{}') },
    { user: 'alicf' },
    { millis: request.millis + 1 },
    { nonce: new Uint8Array(16) },
    { method: 'GET/', pathAndQuery: 'api/users?x=1' },
  ];
  const all = [request, ...changes.map((change) => ({ ...request, ...change }))];
  expect(new Set(all.map((each) => toHex(requestStatement(each)))).size).toBe(all.length);
});
