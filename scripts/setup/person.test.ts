import { describe, expect, test } from 'vitest';
import { readConfig } from '../../apps/panel/src/server/config.js';
import { readPeople } from '../commands/demo.mjs';
import { parse, readPerson } from '../commands/start.mjs';
import { type Person, panelService } from './person.mjs';

const ELSEWHERE = 'http://192.0.2.7:5001';

/** Which registry a panel serves that is started with these arguments. */
function servedBy(person: Person, env: NodeJS.ProcessEnv) {
  const { args, env: added } = panelService(person);
  return readConfig(args.slice(1), { ...env, ...added }).registry;
}

describe('the panel serves a registry of its own', () => {
  const started = (argv: string[], env: NodeJS.ProcessEnv) =>
    servedBy(readPerson(parse(['--home', '/data', ...argv]), env), env);

  test("unless npm start was told of another machine's", () => {
    expect(started([], {})).toMatchObject({ kind: 'own', host: '0.0.0.0', port: 5001 });
    const elsewhere = { kind: 'elsewhere', url: ELSEWHERE };
    expect(started(['--registry', ELSEWHERE], {})).toEqual(elsewhere);
    expect(started([], { REGISTRY_SERVER: ELSEWHERE })).toEqual(elsewhere);
    const both = { REGISTRY_SERVER: 'http://192.0.2.8:5001', REGISTRY_PORT: '5002' };
    expect(started(['--registry', ELSEWHERE], both)).toEqual(elsewhere);
  });

  test('in a demo for alice alone, whatever registry this machine uses otherwise', () => {
    const ports = { port: '3000', 'daemon-port': '4747', 'udp-port': '47470' };
    const rest = { 'bob-input': 'silence', 'bob-output': 'silence', open: false };
    const { alice, bob } = readPeople({
      ...ports,
      ...rest,
      'registry-port': '5001',
      home: '/data',
      fresh: false,
      'auto-answer': false,
    });
    const last = { ...ports, port: '65535', ...rest, 'registry-port': '5001', fresh: false };
    expect(() => readPeople({ ...last, 'auto-answer': false })).toThrow(
      '--port wants a port below',
    );
    const env = { REGISTRY_SERVER: ELSEWHERE };
    expect(servedBy(alice, env)).toMatchObject({ kind: 'own', host: '127.0.0.1', port: 5001 });
    expect(servedBy(bob, env)).toEqual({ kind: 'elsewhere', url: 'http://127.0.0.1:5001' });
  });
});
