/** What is wrong right now, each in a sentence with what happens next. From the snapshot alone. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';

export type PanelProblem = { key: string; tone: 'note' | 'warning' | 'alarm'; sentence: string };

export function problems(state: StateSnapshot): PanelProblem[] {
  return [...registryProblems(state), ...engineProblems(state), ...deviceProblems(state)];
}

function registryProblems({ registry, me }: StateSnapshot): PanelProblem[] {
  const { url, state, problem } = registry;
  if (problem !== undefined) {
    // A registry that is asked instead of pushing is only slower: nothing is to be mended.
    const tone = state === 'polling' && me?.registered ? 'note' : 'warning';
    return [{ key: 'registry', tone, sentence: problem }];
  }
  if (state === 'unreachable') {
    const sentence = `The registry at ${url} does not answer. A running call goes on; new calls wait until it is back, which is tried all the time.`;
    return [{ key: 'registry', tone: 'warning', sentence }];
  }
  if (state === 'connecting') return [];
  if (me !== undefined && !me.registered) {
    const sentence = `The registry does not know you as ${me.name} right now, so nobody can call you. Taking the name again in the settings mends that.`;
    return [{ key: 'name', tone: 'warning', sentence }];
  }
  return [];
}

function engineProblems({ engine }: StateSnapshot): PanelProblem[] {
  if (engine.state === 'restarting') {
    const sentence =
      'The sound engine stopped and is being started again. A running call goes on in a moment.';
    return [{ key: 'engine', tone: 'warning', sentence }];
  }
  if (engine.state === 'failed') {
    const sentence =
      engine.problem ?? 'The sound engine does not start. Run “npx kyberline doctor” to see why.';
    return [{ key: 'engine', tone: 'alarm', sentence }];
  }
  return [];
}

function deviceProblems({ input, output }: StateSnapshot): PanelProblem[] {
  const ends = [
    { key: 'input', device: input, name: 'The microphone' },
    { key: 'output', device: output, name: 'The speaker' },
  ];
  return ends.flatMap(({ key, device, name }): PanelProblem[] => {
    if (device.state === 'failed') {
      const why = device.why === '' ? '' : ` ${device.why}`;
      const sentence = `${name} is away.${why} It is opened again by itself as soon as it is back.`;
      return [{ key, tone: 'warning', sentence }];
    }
    if (device.state === 'restarting') {
      return [{ key, tone: 'note', sentence: `${name} is being opened again…` }];
    }
    return [];
  });
}
