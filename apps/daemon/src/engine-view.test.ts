import type { DeviceInUse } from '@kyberline/shared/devices';
import { beforeEach, describe, expect, it } from 'vitest';
import { EngineView } from './engine-view.js';

const headset: DeviceInUse = {
  choice: 'default',
  kind: 'portaudio',
  name: 'USB headset',
  why: 'It is the default.',
  state: 'running',
};
const RUNNING = { at: 'running', restarts: 0, udpPort: 47_470 } as const;

describe('the engine in the snapshot', () => {
  let view: EngineView;
  const use = (input: Partial<DeviceInUse>) =>
    view.use({ input: { ...headset, ...input }, output: headset, devices: [] });

  beforeEach(() => {
    view = new EngineView();
    view.enter(RUNNING);
    use({});
  });

  it('has its port while it runs, and its problem while it does not', () => {
    expect(view.shown.engine).toEqual({ state: 'running', udpPort: 47_470, restarts: 0 });
    expect(view.problem).toBeUndefined();
    view.enter({ at: 'failed', restarts: 3, problem: 'The port is taken.' });
    expect(view.shown.engine).toEqual({
      ...{ state: 'failed', udpPort: 0, restarts: 3 },
      problem: 'The port is taken.',
    });
    expect(view.problem).toBe('The port is taken.');
    view.enter({ at: 'stopped', restarts: 3 });
    expect(view.shown.engine.state).toBe('failed');
  });

  it('warns of the microphone until the engine takes it back', () => {
    expect(view.shown.warnings).toEqual([]);
    view.warn(['silent-microphone', 'echo-heard-by-others']);
    expect(view.shown.warnings).toEqual(['silent-microphone', 'echo-heard-by-others']);
    view.warn([]);
    expect(view.shown.warnings).toEqual([]);
  });

  it('forgets the warnings of an engine that is gone', () => {
    view.warn(['clipping']);
    view.enter({ at: 'restarting', restarts: 1, problem: 'It crashed.' });
    view.enter({ ...RUNNING, restarts: 1 });
    expect(view.shown.warnings).toEqual([]);
  });

  it.each([
    ['none', { kind: 'silence' }],
    ['away', { state: 'failed' }],
  ] as const)('does not call a microphone silent that is %s', (_, input) => {
    view.warn(['silent-microphone', 'clipping']);
    use(input);
    expect(view.shown.warnings).toEqual(['clipping']);
    use({});
    expect(view.shown.warnings).toEqual(['silent-microphone', 'clipping']);
  });
});
