import { describe, expect, it } from 'vitest';
import { registryForOthers } from './nobody-yet';

const own = ['http://172.17.0.1:5001', 'http://192.168.1.20:5001'];

describe('what to write on another machine', () => {
  it("is each of this machine's own addresses if the registry is here", () => {
    expect(registryForOthers('http://localhost:3000', own)).toEqual(own);
    expect(registryForOthers('http://127.0.0.1:5001/', own)).toEqual(own);
    expect(registryForOthers('http://[::1]:5001', [])).toEqual([]);
  });

  it('is the address of a registry elsewhere as it stands', () => {
    expect(registryForOthers('http://10.0.0.2:5001', own)).toEqual(['http://10.0.0.2:5001']);
    expect(registryForOthers('http://localhost.example', own)).toEqual([
      'http://localhost.example',
    ]);
  });
});
