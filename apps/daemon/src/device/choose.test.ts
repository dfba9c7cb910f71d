import { describe, expect, it } from 'vitest';
import { chooseDevices } from './choose.js';
import { VirtualClock } from './clock-virtual.js';
import { type Loaded, loadNaudiodon } from './naudiodon.js';

describe('a binding that does not load', () => {
  const failing = (message: string, code?: string) => () =>
    loadNaudiodon(() => {
      throw Object.assign(new Error(message), { code });
    });
  const whyOf = async (load: () => Loaded) =>
    (await chooseDevices('default', 'default', new VirtualClock(), load)).input.inUse;

  it('for want of a library names the library, and no compiler', async () => {
    const cause = 'libasound.so.2: cannot open shared object file: No such file or directory';
    const inUse = await whyOf(failing(cause, 'ERR_DLOPEN_FAILED'));
    expect(inUse.kind).toBe('silence');
    expect(inUse.why).toContain(cause);
    expect(inUse.why).toContain('libasound2');
    expect(inUse.why).not.toContain('compiler');
  });

  it('since it was never built asks for a compiler, in one line', async () => {
    const cause = "Cannot find module 'naudiodon'\nRequire stack:\n- /home/ann/secret.js";
    const { why } = await whyOf(failing(cause, 'MODULE_NOT_FOUND'));
    expect(why).toContain("Cannot find module 'naudiodon'");
    expect(why).toContain('compiler');
    expect(why).not.toContain('secret');
  });
});
