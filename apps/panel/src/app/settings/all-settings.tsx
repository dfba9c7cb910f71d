'use client';
/** The settings page. */
import { useState } from 'react';
import { useNotificationLeave } from '../../attention/use-notification-leave';
import { useRingtoneSample } from '../../attention/use-ringtone';
import { CallSettings } from '../../components/settings/call-settings';
import { KeySettings } from '../../components/settings/key-settings';
import { LookSettings } from '../../components/settings/look-settings';
import { NameSettings } from '../../components/settings/name-settings';
import { RegistrySettings } from '../../components/settings/registry-settings';
import { SoundSettings } from '../../components/settings/sound-settings';
import { VoiceSettings } from '../../components/settings/voice-settings';
import { KeptFocus } from '../../components/ui/kept-focus';
import { useToast } from '../../components/ui/toasts';
import { useLevels, useSnapshot } from '../../daemon/use-call';
import {
  type SettingsChange,
  useMicrophoneTest,
  useSettingsCommands,
} from '../../daemon/use-settings';

export function AllSettings() {
  const state = useSnapshot();
  const levels = useLevels();
  const commands = useSettingsCommands();
  const notifications = useNotificationLeave();
  const ringOnce = useRingtoneSample();
  const toast = useToast();
  const [testing, setTesting] = useState(false);
  useMicrophoneTest(testing);
  if (state === undefined) return null;
  const tell = (asked: Promise<unknown>) => {
    asked.catch((error: unknown) => {
      toast(error instanceof Error ? error.message : String(error));
    });
  };
  const change = (part: SettingsChange) => tell(commands.change(part));
  return (
    <KeptFocus className="grid grid-cols-1 gap-10">
      <h1 className="font-display text-4xl leading-tight sm:text-5xl sm:leading-tight">Settings</h1>
      <NameSettings
        me={state.me}
        onRegister={commands.register}
        onUnregister={commands.unregister}
      />
      <SoundSettings
        state={state}
        levels={levels}
        testing={testing}
        onTest={setTesting}
        onRecord={(on) => tell(commands.testRecording(on))}
        onChime={(on) => tell(commands.testSpeaker(on))}
        onChange={change}
      />
      <VoiceSettings settings={state.settings} onChange={change} />
      <CallSettings
        settings={state.settings}
        leave={notifications.leave}
        onAskLeave={notifications.ask}
        onTryRingtone={ringOnce}
        onChange={change}
      />
      <RegistrySettings
        registry={state.registry}
        url={state.settings.registryUrl}
        onSave={(registryUrl) => commands.change({ registryUrl })}
      />
      <KeySettings state={state} onSuite={(suite) => change({ suite })} />
      <LookSettings />
      <p className="border-t border-line pt-6 text-sm text-soft">
        Kyberline {state.version} · voice on UDP port {state.engine.udpPort}
      </p>
    </KeptFocus>
  );
}
