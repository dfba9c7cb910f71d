import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultHome } from './home.js';

describe('the data folder when nobody names one', () => {
  it("follows each system's custom", () => {
    const user = homedir();
    expect(defaultHome({}, 'linux')).toBe(join(user, '.local', 'share', 'kyberline'));
    expect(defaultHome({ XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/kyberline');
    expect(defaultHome({}, 'darwin')).toBe(
      join(user, 'Library', 'Application Support', 'kyberline'),
    );
    expect(defaultHome({ LOCALAPPDATA: '/local' }, 'win32')).toBe(
      join('/local', 'kyberline', 'Data'),
    );
  });
});
