import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { NO_PROCESSING, USUAL_PROCESSING } from '@kyberline/shared/voice';
import { describe, expect, it } from 'vitest';
import {
  type DaemonOptions,
  readClientConfig,
  readDaemonConfig,
  readRegistryConfig,
  registryUrlOf,
} from './config.js';
import { Problem } from './problem.js';

const refusal = (options: DaemonOptions, env = {}): string => {
  try {
    readDaemonConfig(options, env);
  } catch (error) {
    if (error instanceof Problem && error.code === 'bad-option') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};
const registry = (text: string) => readDaemonConfig({ registry: text }, {}).registryUrl;

describe('the daemon’s configuration', () => {
  it('has a default for everything that no setting decides', () => {
    expect(readDaemonConfig({}, {})).toEqual({
      home: expect.stringMatching(/kyberline/),
      apiPort: 4747,
      udpHost: '::',
      udpPort: 47470,
      input: undefined,
      output: undefined,
      registryUrl: undefined,
      autoAnswer: undefined,
      codec: undefined,
      processing: undefined,
      name: undefined,
      advertise: [],
      rekeyEveryMs: 60_000,
      ringSeconds: 45,
      panelPort: 3000,
      logLevel: 'info',
      soundBinding: 'rings',
      engineEnv: {},
    });
    expect(readDaemonConfig({}, {}).home.startsWith(homedir())).toBe(true);
  });

  it('takes every option', () => {
    const options: DaemonOptions = {
      home: 'here',
      port: '0',
      udpHost: '127.0.0.1',
      udpPort: '5000',
      input: 'file:speech.wav',
      output: 'portaudio:USB headset',
      registry: '192.0.2.7:5001',
      autoAnswer: true,
      codec: 'pcm48',
      processing: 'off',
      name: 'alice',
      advertise: ['192.0.2.9:47470', '[2001:db8::7]:1'],
      rekeyEvery: '2.5',
      ringSeconds: '5',
      panelPort: '3001',
      logLevel: 'silent',
    };
    expect(readDaemonConfig(options, {})).toEqual({
      home: resolve('here'),
      apiPort: 0,
      udpHost: '127.0.0.1',
      udpPort: 5000,
      input: `file:${resolve('speech.wav')}`,
      output: 'portaudio:USB headset',
      registryUrl: 'http://192.0.2.7:5001',
      autoAnswer: true,
      codec: 'pcm48',
      processing: NO_PROCESSING,
      name: 'alice',
      advertise: [
        { address: '192.0.2.9', port: 47470 },
        { address: '2001:db8::7', port: 1 },
      ],
      rekeyEveryMs: 2500,
      ringSeconds: 5,
      panelPort: 3001,
      logLevel: 'silent',
      soundBinding: 'rings',
      engineEnv: {},
    });
  });

  it('takes the environment where no option is given, and an empty variable for none', () => {
    const env = { KYBERLINE_HOME: '/data/k', REGISTRY_SERVER: 'reg.example:5001' };
    expect(readDaemonConfig({}, env)).toMatchObject({
      home: '/data/k',
      registryUrl: 'http://reg.example:5001',
    });
    expect(readDaemonConfig({ home: '/o', registry: 'other:1' }, env)).toMatchObject({
      home: '/o',
      registryUrl: 'http://other:1',
    });
    const empty = readDaemonConfig({}, { KYBERLINE_HOME: '', REGISTRY_SERVER: '' });
    expect(empty.registryUrl).toBeUndefined();
    expect(empty.home).not.toBe(resolve(''));
    const voice = { KYBERLINE_CODEC: 'pcm16', KYBERLINE_PROCESSING: 'off' };
    expect(readDaemonConfig({ processing: 'usual' }, voice)).toMatchObject({
      codec: 'pcm16',
      processing: USUAL_PROCESSING,
    });
  });

  it.each([
    ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['localhost:3000', 'http://localhost:3000'],
    ['laptop', 'http://laptop:5001'],
    ['192.0.2.7', 'http://192.0.2.7:5001'],
    ['[2001:db8::7]:5001', 'http://[2001:db8::7]:5001'],
    ['[2001:db8::7]', 'http://[2001:db8::7]:5001'],
    ['http://laptop', 'http://laptop'],
    ['https://calls.example/', 'https://calls.example'],
  ])('reads the registry address %s as %s', (text, url) => {
    expect(registry(text)).toBe(url);
  });

  it.each([
    '',
    ' ',
    'ftp://x:1',
    'http://',
    'x:99999',
    'http://u:p@x:1',
    'http://x:1/api',
    '2001:db8::7',
  ])('refuses the registry address "%s" in a sentence', (text) => {
    if (text === '') return expect(registry(text)).toBeUndefined();
    expect(refusal({ registry: text })).toMatch(/^--registry takes HOST:PORT/);
  });

  it.each<[DaemonOptions, string]>([
    [{ port: 'abc' }, '--port takes a whole number from 0 to 65535. It was given "abc".'],
    [{ port: '65536' }, '--port'],
    [{ codec: 'mp3' }, '--codec takes one of opus, pcm48, pcm16. It was given "mp3".'],
    [{ processing: 'some' }, '--processing takes usual or off. It was given "some".'],
    [{ port: '-1' }, '--port'],
    [{ port: '1e3' }, '--port'],
    [{ udpPort: '' }, '--udp-port'],
    [{ udpHost: 'localhost' }, '--udp-host'],
    [{ input: 'microphone' }, '--input takes default, silence, portaudio:NAME or file:PATH.'],
    [{ output: 'file:' }, '--output'],
    [{ name: 'Alice' }, '--name takes 1 to 32 of a-z'],
    [{ advertise: ['192.0.2.9:1', 'laptop:47470'] }, '--advertise takes ADDRESS:PORT'],
    [{ advertise: ['192.0.2.9:0'] }, '--advertise'],
    [{ advertise: ['[192.0.2.9]:1'] }, '--advertise'],
    [{ rekeyEvery: '0' }, '--rekey-every takes a number of seconds from 0.5 to 60.'],
    [{ rekeyEvery: '61' }, '--rekey-every'],
    [{ ringSeconds: '91' }, '--ring-seconds'],
    [{ panelPort: '0' }, '--panel-port'],
    [{ logLevel: 'chatty' }, '--log-level takes one of debug, info, warn, error, silent.'],
  ])('refuses %j in a sentence that names the option', (options, sentence) => {
    expect(refusal(options)).toContain(sentence);
  });

  it('shares the ports’ variables with the panel', () => {
    const env = { KYBERLINE_DAEMON_PORT: '4750', KYBERLINE_PANEL_PORT: '3050' };
    expect(readDaemonConfig({}, env)).toMatchObject({ apiPort: 4750, panelPort: 3050 });
    expect(readDaemonConfig({ port: '1', panelPort: '2' }, env)).toMatchObject({
      apiPort: 1,
      panelPort: 2,
    });
    expect(refusal({}, { KYBERLINE_PANEL_PORT: 'x' })).toMatch(/^KYBERLINE_PANEL_PORT takes/);
  });

  it('names the variable where that is what is wrong', () => {
    expect(refusal({}, { REGISTRY_SERVER: 'http://x/y' })).toMatch(/^REGISTRY_SERVER takes/);
  });
});

describe('the registry that a daemon uses', () => {
  it('is the one of this run, else the chosen one, else this machine’s own', () => {
    const settings = { registryUrl: 'http://chosen:1' };
    const config = readDaemonConfig({ registry: 'run:1', panelPort: '3007' }, {});
    expect(registryUrlOf(config, settings)).toBe('http://run:1');
    const plain = { ...config, registryUrl: undefined };
    expect(registryUrlOf(plain, settings)).toBe('http://chosen:1');
    expect(registryUrlOf(plain, {})).toBe('http://127.0.0.1:3007');
  });
});

describe('the configuration of other commands', () => {
  it('is where the daemon’s folder is', () => {
    const env = { KYBERLINE_HOME: '/k', REGISTRY_SERVER: 'reg:1', KYBERLINE_PANEL_PORT: '3001' };
    expect(readClientConfig({}, env)).toEqual({
      home: '/k',
      port: undefined,
      panelPort: 3001,
      registryUrl: 'http://reg:1',
    });
    expect(readClientConfig({ home: '/h', port: '4748' }, {})).toEqual({
      home: '/h',
      port: 4748,
      panelPort: 3000,
      registryUrl: undefined,
    });
    expect(() => readClientConfig({ port: '0' }, {})).toThrow(/--port/);
  });

  it('of the registry comes from options, then the environment', () => {
    const env = { REGISTRY_HOST: '127.0.0.1', REGISTRY_PORT: '6000', KYBERLINE_HOME: '/k' };
    expect(readRegistryConfig({}, env)).toEqual({
      host: '127.0.0.1',
      port: 6000,
      db: '/k/registry.db',
    });
    expect(readRegistryConfig({ host: '::', port: '0', db: '/r.db' }, env)).toEqual({
      host: '::',
      port: 0,
      db: '/r.db',
    });
    expect(readRegistryConfig({}, { REGISTRY_DB: '/x.db' }).db).toBe('/x.db');
    expect(readRegistryConfig({}, {})).toMatchObject({ host: '0.0.0.0', port: 5001 });
    expect(() => readRegistryConfig({}, { REGISTRY_PORT: 'x' })).toThrow(/^REGISTRY_PORT/);
  });
});
