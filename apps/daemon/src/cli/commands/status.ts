/** `kyberline status`: the daemon's one state snapshot, for people or as it is. */
import type { DeviceInUse } from '@kyberline/shared/devices';
import { SUITE_NAMES } from '@kyberline/shared/ids';
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import type { Command } from 'commander';
import { columns, grouped, length } from '../columns.js';
import { type FindOptions, findable, JSON_OPTION, json, withDaemon } from '../command.js';
import { DEVICE, ENGINE, phaseWords, registryWords } from '../state-words.js';
import type { Terminal } from '../terminal.js';

export function addStatus(program: Command, terminal: Terminal): void {
  findable(program.command('status'))
    .summary('what the daemon is doing')
    .description('What the daemon is doing: name, registry, sound, calls.')
    .option(...JSON_OPTION)
    .action(async (options: FindOptions & { json?: boolean }) => {
      await withDaemon(options, terminal, async (daemon) => {
        const state = await daemon.ask((api) => api.state.query());
        terminal.out(options.json ? json(state) : describeState(state, Date.now()));
      });
    });
}

/** @param now Unix ms */
export function describeState(state: StateSnapshot, now: number): string {
  const rows = [
    ...describeMe(state),
    ['Registry', `${state.registry.url}, ${registryWords(state.registry)}`],
    ['Suite', SUITE_NAMES[state.settings.suite]],
    ['Voice', `UDP port ${state.engine.udpPort}, ${ENGINE[state.engine.state]}`],
    ['Microphone', describeDevice(state.input)],
    ['Loudspeaker', describeDevice(state.output)],
    ...(state.calls.length === 0
      ? [['Calls', 'none']]
      : state.calls.map((call) => ['Call', describeCall(call, now)])),
  ];
  const problems = [state.registry.problem, state.engine.problem].filter((p) => p !== undefined);
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

export function describeCall(call: CallView, now: number): string {
  if (call.phase === 'ended') return call.endSentence ?? phaseWords(call);
  const since = call.connectedAt ?? call.startedAt;
  const muted = [call.muted && 'you are muted', call.peerMuted && `${call.peer} is muted`];
  return [phaseWords(call), length((now - since) / 1000), ...muted, `call ${call.callId}`]
    .filter(Boolean)
    .join(', ');
}

function describeDevice(device: DeviceInUse): string {
  return `${device.name}, ${DEVICE[device.state]}: ${device.why}`;
}
