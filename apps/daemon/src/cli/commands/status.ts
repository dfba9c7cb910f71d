/**
 * `kyberline status`: the daemon's one state snapshot, for people or as it is. For people also how
 * long a voice takes in a call, which the counters say once a second.
 */
import type { DeviceInUse } from '@kyberline/shared/devices';
import { SUITE_NAMES } from '@kyberline/shared/ids';
import type { CallCounters, CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import { warningSentence } from '@kyberline/shared/voice-warnings';
import type { Command } from 'commander';
import type { DaemonConnection } from '../client.js';
import { columns, grouped, length } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import { DEVICE, ENGINE, phaseWords, registryWords } from '../state-words.js';
import type { Terminal } from '../terminal.js';

/** Counters of a running call have come by then. */
const COUNTERS_MS = 1_500;

export function addStatus(program: Command, terminal: Terminal): void {
  findable(program.command('status'))
    .summary('what the daemon is doing')
    .description('What the daemon is doing: name, registry, sound, calls.')
    .option(...JSON_OPTION)
    .action(async (options: FindOptions & { json?: boolean }) => {
      await withDaemon(options, terminal, async (daemon) => {
        const state = await daemon.ask((api) => api.state.query());
        if (options.json) {
          terminal.out(json(state));
          return;
        }
        const isTalking = state.calls.some(({ phase }) => phase === 'active');
        const counters = isTalking ? await nextCounters(daemon) : [];
        terminal.out(describeState(state, counters, Date.now()));
      });
    });
}

async function nextCounters(daemon: DaemonConnection): Promise<CallCounters[]> {
  for await (const event of daemon.watch(AbortSignal.timeout(COUNTERS_MS))) {
    if (event.type === 'counters') return event.counters.calls;
  }
  return [];
}

/** @param now Unix ms */
function describeState(state: StateSnapshot, counters: CallCounters[], now: number): string {
  const rows = [
    ...describeMe(state),
    ['Registry', `${state.registry.url}, ${registryWords(state.registry)}`],
    ['Suite', SUITE_NAMES[state.settings.suite]],
    ['Voice', `UDP port ${state.engine.udpPort}, ${ENGINE[state.engine.state]}`],
    ['Microphone', describeDevice(state.input)],
    ['Loudspeaker', describeDevice(state.output)],
    ...(state.calls.length === 0
      ? [['Calls', 'none']]
      : state.calls.map((call) => {
          const counted = counters.find(({ callId }) => callId === call.callId);
          return ['Call', describeCall(call, counted?.mouthToEarMs, now)];
        })),
  ];
  const problems = [
    ...[state.registry.problem, state.engine.problem].filter((p) => p !== undefined),
    ...state.warnings.map((warning) => warningSentence(warning, state.settings.processing)),
  ];
  return [columns(rows), ...problems].join('\n');
}

function describeMe({ me }: StateSnapshot): string[][] {
  if (me === undefined) return [['Name', 'none yet: take one with "kyberline register NAME"']];
  const held = me.registered ? '' : ', which the registry does not hold now';
  return [
    ['Name', `${me.name}${held}`],
    ['Key', grouped(me.fingerprint)],
  ];
}

function describeCall(call: CallView, mouthToEarMs: number | undefined, now: number): string {
  if (call.phase === 'ended') return call.endSentence ?? phaseWords(call);
  const since = call.connectedAt ?? call.startedAt;
  const muted = [call.muted && 'you are muted', call.peerMuted && `${call.peer} is muted`];
  const delay = mouthToEarMs !== undefined && `mouth to ear ${Math.round(mouthToEarMs)} ms`;
  return [phaseWords(call), length((now - since) / 1000), delay, ...muted, `call ${call.callId}`]
    .filter(Boolean)
    .join(', ');
}

function describeDevice(device: DeviceInUse): string {
  return `${device.name}, ${DEVICE[device.state]}: ${device.why}`;
}
