'use client';
/** The call that is on, or the people one can call. */
import type { CallView, StateSnapshot } from '@kyberline/shared/snapshot';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useNotificationLeave } from '../attention/use-notification-leave';
import { ActiveCall } from '../components/call/active-call';
import { EndedCall } from '../components/call/ended-call';
import { callOnStage } from '../components/call/pick-call';
import { WaitingCall } from '../components/call/waiting-call';
import { PeoplePage } from '../components/people/people-page';
import { NotificationHint } from '../components/shell/notification-hint';
import { KeptFocus } from '../components/ui/kept-focus';
import { useToast } from '../components/ui/toasts';
import {
  useCallCommands,
  useCallCounters,
  useLevels,
  useRegistryAddresses,
  useSnapshot,
} from '../daemon/use-call';
import { useSettingsCommands } from '../daemon/use-settings';

export function Home() {
  const state = useSnapshot();
  const router = useRouter();
  const commands = useCallCommands();
  const registryAddresses = useRegistryAddresses();
  const notifications = useNotificationLeave();
  const [putAway, setPutAway] = useState<ReadonlySet<string>>(() => new Set());
  const firstRun = state !== undefined && state.me === undefined && state.calls.length === 0;
  useEffect(() => {
    if (firstRun) router.replace('/welcome');
  }, [firstRun, router]);
  if (state === undefined || firstRun) return null;

  const call = callOnStage(state.calls, putAway);
  if (call !== undefined) {
    return (
      <Stage
        key={call.callId}
        call={call}
        state={state}
        onClose={() => setPutAway((all) => new Set(all).add(call.callId))}
      />
    );
  }
  return (
    <KeptFocus>
      <PeoplePage
        state={state}
        registryAddresses={registryAddresses}
        onCall={(name) => void commands.call(name)}
        onReset={({ name, newFingerprint }) => void commands.resetContact(name, newFingerprint)}
      />
      <NotificationHint leave={notifications.leave} onAsk={notifications.ask} />
    </KeptFocus>
  );
}

type StageProps = { call: CallView; state: StateSnapshot; onClose: () => void };

function Stage({ call, state, onClose }: StageProps) {
  const commands = useCallCommands();
  const { callId } = call;
  switch (call.phase) {
    case 'active':
    case 'reconnecting':
      return (
        <KeptFocus key="talking">
          <Talking call={call} state={state} />
        </KeptFocus>
      );
    case 'ended':
      return (
        <KeptFocus key="ended">
          <EndedCall
            call={call}
            onRedial={() => void commands.call(call.peer).then((placed) => placed && onClose())}
            onClose={onClose}
          />
        </KeptFocus>
      );
    default:
      return (
        <KeptFocus key="waiting">
          <WaitingCall call={call} onHangUp={() => void commands.hangUp(callId)} />
        </KeptFocus>
      );
  }
}

function Talking({ call, state }: Omit<StageProps, 'onClose'>) {
  const commands = useCallCommands();
  const settings = useSettingsCommands();
  const toast = useToast();
  const levels = useLevels();
  const counters = useCallCounters(call.callId);
  return (
    <ActiveCall
      call={call}
      levels={levels}
      counters={counters}
      warnings={state.warnings}
      processing={state.settings.processing}
      onMute={(muted) => void commands.mute(call.callId, muted)}
      onHangUp={() => void commands.hangUp(call.callId)}
      onVerify={(match) => void commands.verifyWords(call.callId, match)}
      onCancelEcho={() => {
        settings.change({ processing: { echoCancellation: true } }).catch((error: unknown) => {
          toast(error instanceof Error ? error.message : String(error));
        });
      }}
    />
  );
}
