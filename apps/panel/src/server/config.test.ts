import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

describe("the panel's options", () => {
  it('have defaults that a newcomer need not change', () => {
    expect(readConfig([], { KYBERLINE_HOME: '/data' })).toEqual({
      port: 3000,
      daemonPort: 4747,
      home: '/data',
      registry: { kind: 'own', host: '0.0.0.0', port: 5001, database: '/data/registry.db' },
      dev: false,
    });
  });

  it('take a flag over the environment and the environment over the default', () => {
    const env = { KYBERLINE_PANEL_PORT: '3001', REGISTRY_PORT: '5002', KYBERLINE_HOME: '/data' };
    const config = readConfig(['--port', '3002'], env);
    expect(config.port).toBe(3002);
    expect(config.registry).toMatchObject({ port: 5002 });
  });

  it('take an empty variable for none', () => {
    expect(readConfig([], { KYBERLINE_PANEL_PORT: '', KYBERLINE_HOME: '/d' }).port).toBe(3000);
  });

  it("remember where the registry is when it is another machine's", () => {
    const env = { KYBERLINE_HOME: '/data', REGISTRY_SERVER: 'http://10.0.0.2:5001' };
    expect(readConfig(['--no-registry'], env).registry).toEqual({
      kind: 'elsewhere',
      url: 'http://10.0.0.2:5001',
    });
  });

  it("open no registry beside another machine's, unless a flag asks for one", () => {
    const env = { KYBERLINE_HOME: '/data', REGISTRY_SERVER: 'http://10.0.0.2:5001' };
    const elsewhere = { kind: 'elsewhere', url: 'http://10.0.0.2:5001' };
    expect(readConfig([], env).registry).toEqual(elsewhere);
    expect(readConfig([], { ...env, REGISTRY_PORT: '5002' }).registry).toEqual(elsewhere);
    for (const flag of [
      ['--registry-port', '5002'],
      ['--registry-host', '127.0.0.1'],
      ['--registry-db', '/data/r.db'],
    ]) {
      expect(readConfig(flag, env).registry.kind).toBe('own');
    }
    expect(readConfig([], { ...env, REGISTRY_SERVER: '' }).registry.kind).toBe('own');
  });

  it.each([
    [['--port', '0'], /--port wants a port from 1 to 65535/],
    [['--port', '70000'], /--port/],
    [['--daemon-port', '47x'], /--daemon-port/],
    [['--registry-host', 'everywhere'], /--registry-host wants an address/],
    [['--colour', 'red'], /colour[\s\S]*Usage/],
    [['--port', '5001'], /cannot both use port 5001/],
  ])('refuse %j with a sentence that names the option', (argv, sentence) => {
    expect(() => readConfig(argv, { KYBERLINE_HOME: '/data' })).toThrow(sentence);
  });
});
