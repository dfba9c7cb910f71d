import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen, portProblem } from './listen.js';

describe('a port that cannot be had', () => {
  it('is named in a sentence with the option that changes it', async () => {
    const first = createServer();
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as AddressInfo;
    await expect(listen(createServer(), '127.0.0.1', port, '--port')).rejects.toMatchObject({
      code: 'port-busy',
      message: expect.stringMatching(new RegExp(`Port ${port} is in use.*--port`)),
    });
    first.close();
  });

  it('may be one that only root may open', () => {
    const error = Object.assign(new Error('listen'), { code: 'EACCES' });
    expect(portProblem(error, 80, '--port')).toMatchObject({ code: 'port-forbidden' });
  });

  it('keeps an error that is about something else', () => {
    const error = new Error('something else');
    expect(portProblem(error, 80, '--port')).toBe(error);
  });
});
