import type { RegistryId } from '@kyberline/shared/ids';
import { describe, expect, it } from 'vitest';
import { scriptedState } from '../../testing/scripted-state';
import { registrySentence } from './registry-settings';

describe('how it stands with the registry', () => {
  it('is said by the problem first, whatever the state', () => {
    const { registry } = scriptedState();
    const problem = 'The clock of this machine is two minutes behind.';
    for (const state of ['connecting', 'push', 'polling', 'unreachable'] as const) {
      expect(registrySentence({ ...registry, state, problem })).toBe(problem);
    }
    expect(registrySentence(registry)).toBe('Connected. Calls arrive at once.');
  });

  it('tells one that answers from one that has not been reached', () => {
    const registry = { ...scriptedState().registry, state: 'connecting' as const };
    expect(registrySentence(registry)).toBe('Being reached…');
    const registryId = '1'.repeat(64) as RegistryId;
    expect(registrySentence({ ...registry, registryId })).toBe('It answers.');
  });
});
