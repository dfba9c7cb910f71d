'use client';
/** The first run: a name, a microphone that hears, a call to oneself. */
import { ECHO_NAME } from '@kyberline/shared/ids';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { RegistrySettings } from '../../components/settings/registry-settings';
import { KeptFocus } from '../../components/ui/kept-focus';
import { useToast } from '../../components/ui/toasts';
import { EchoStep } from '../../components/welcome/echo-step';
import { NameStep } from '../../components/welcome/name-step';
import { SoundStep } from '../../components/welcome/sound-step';
import { StepLine } from '../../components/welcome/step-line';
import { useCallCommands, useLevels, useSnapshot } from '../../daemon/use-call';
import { type Settings, useMicrophoneTest, useSettingsCommands } from '../../daemon/use-settings';

export function Welcome() {
  const state = useSnapshot();
  const levels = useLevels();
  const router = useRouter();
  const toast = useToast();
  const calls = useCallCommands();
  const settings = useSettingsCommands();
  const [heard, setHeard] = useState(false);
  const [mending, setMending] = useState(false);
  // A name is what the daemon says it is; the other two steps are only about looking.
  const step = state?.me === undefined ? 0 : heard ? 2 : 1;
  useMicrophoneTest(state !== undefined && step === 1);
  if (state === undefined) return null;
  // It stays once it was needed: a new address has no problem yet while it is being tried.
  if (state.registry.problem !== undefined && !mending) setMending(true);
  const change = (part: Partial<Settings>) => {
    settings.change(part).catch((error: unknown) => {
      toast(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <div className="grid grid-cols-1 gap-12">
      <StepLine step={step} />
      <KeptFocus key={step} className="grid grid-cols-1 gap-12">
        {step === 0 && <NameStep registry={state.registry} onTake={settings.register} />}
        {step === 0 && mending && (
          <RegistrySettings
            registry={state.registry}
            url={state.settings.registryUrl}
            onSave={(registryUrl) => settings.change({ registryUrl })}
          />
        )}
        {step === 1 && (
          <SoundStep
            state={state}
            levels={levels}
            onChange={change}
            onNext={() => setHeard(true)}
          />
        )}
        {step === 2 && (
          <EchoStep
            name={ECHO_NAME}
            onCall={() => void calls.call(ECHO_NAME).then((placed) => placed && router.push('/'))}
            onSkip={() => router.push('/')}
          />
        )}
      </KeptFocus>
    </div>
  );
}
