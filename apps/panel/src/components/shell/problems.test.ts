import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { describe, expect, it } from 'vitest';
import { scriptedState } from '../../testing/scripted-state';
import { problems } from './problems';

const keys = (state: StateSnapshot) => problems(state).map((problem) => problem.key);

describe('the sentences above a page', () => {
  it('are absent when everything works', () => {
    expect(problems(scriptedState())).toEqual([]);
  });

  it('say that the registry is away, in its own words if it has some', () => {
    const state = scriptedState();
    state.registry = { url: 'http://10.0.0.2:5001', state: 'unreachable' };
    expect(problems(state)[0]?.sentence).toContain('http://10.0.0.2:5001');
    state.registry.problem = 'The registry at 10.0.0.2 refused the connection.';
    expect(problems(state)[0]?.sentence).toBe(state.registry.problem);
  });

  it('say why the name cannot be had while the registry is still “connecting”', () => {
    const state = scriptedState();
    state.registry.state = 'connecting';
    expect(problems(state)).toEqual([]);
    const sentence = 'The name anna belongs to somebody else. Choose another one.';
    state.registry.problem = sentence;
    expect(problems(state)).toEqual([{ key: 'registry', tone: 'warning', sentence }]);
  });

  it('are calm about a registry that is asked once a second, unless the name is lost', () => {
    const state = scriptedState();
    const sentence = 'The registry does not push events at the moment.';
    Object.assign(state.registry, { state: 'polling', problem: sentence });
    expect(problems(state)).toEqual([{ key: 'registry', tone: 'note', sentence }]);
    if (state.me) state.me.registered = false;
    expect(problems(state)).toMatchObject([{ tone: 'warning' }]);
  });

  it('say that the name is lost when another machine took it', () => {
    const state = scriptedState();
    if (state.me) state.me.registered = false;
    expect(keys(state)).toEqual(['name']);
  });

  it('say that the microphone is away, and why', () => {
    const state = scriptedState();
    state.input = { ...state.input, state: 'failed', why: 'The headset was unplugged.' };
    expect(problems(state)[0]?.sentence).toMatch(/microphone is away.*headset was unplugged/);
  });

  it('say that the engine does not start', () => {
    const state = scriptedState();
    state.engine.state = 'failed';
    expect(problems(state)).toMatchObject([{ key: 'engine', tone: 'alarm' }]);
  });
});
