'use client';
/** Every page's surroundings, fed from the snapshot: frame, incoming calls, problems, strip. */
import { usePathname, useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { CallAnnouncer } from '../components/call/call-announcer';
import { CallStrip } from '../components/call/call-strip';
import { callOnStage } from '../components/call/pick-call';
import { Away } from '../components/shell/away';
import { MeCard } from '../components/shell/me-card';
import { ProblemList } from '../components/shell/problem-list';
import { problems } from '../components/shell/problems';
import { Shell } from '../components/shell/shell';
import { useCallCommands, useLink, useSnapshot } from '../daemon/use-call';
import { Incoming } from './incoming';

const NONE_PUT_AWAY: ReadonlySet<string> = new Set();

export function Panel({ children }: { children: ReactNode }) {
  const link = useLink();
  const state = useSnapshot();
  const here = usePathname();
  const commands = useCallCommands();
  const call = state && here !== '/' ? callOnStage(state.calls, NONE_PUT_AWAY) : undefined;
  return (
    <>
      <CallAnnouncer calls={state?.calls ?? []} />
      <IncomingCalls>
        <Shell
          navigation={here !== '/welcome'}
          me={state !== undefined && <MeCard state={state} />}
        >
          {state === undefined ? (
            <Away link={link} />
          ) : (
            <>
              <ProblemList problems={problems(state)} />
              {call !== undefined && (
                <CallStrip
                  call={call}
                  onMute={(muted) => void commands.mute(call.callId, muted)}
                  onHangUp={() => void commands.hangUp(call.callId)}
                />
              )}
              {children}
            </>
          )}
        </Shell>
      </IncomingCalls>
    </>
  );
}

function IncomingCalls({ children }: { children: ReactNode }) {
  const state = useSnapshot();
  const commands = useCallCommands();
  const router = useRouter();
  return (
    <Incoming
      state={state}
      onAccept={(callId) => {
        router.push('/');
        void commands.answer(callId);
      }}
      onDecline={(callId) => void commands.reject(callId)}
      onCallBack={async (name) => {
        const placed = await commands.call(name);
        if (placed) router.push('/');
        return placed;
      }}
    >
      {children}
    </Incoming>
  );
}
