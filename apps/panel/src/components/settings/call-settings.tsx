'use client';
/** What happens when somebody calls: ringtone, browser notification, answering by itself. */
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { Bell } from 'lucide-react';
import type { NotificationLeave } from '../../attention/use-notification-leave';
import { Button } from '../ui/button';
import { Switch } from '../ui/switch';
import { Section } from './section';

type Props = {
  settings: StateSnapshot['settings'];
  leave: NotificationLeave;
  onAskLeave: () => void;
  onTryRingtone: () => void;
  onChange: (change: { ringtone?: boolean; autoAnswer?: boolean }) => void;
};

const LEAVE_SENTENCES: Record<NotificationLeave, string> = {
  granted: 'This browser tells you about a call while you are doing something else.',
  default: 'Hear of a call while this page is in the background.',
  denied:
    'This browser has been told not to show notifications for this page. Its own settings can allow them again.',
  unsupported: 'This browser cannot show notifications.',
};

export function CallSettings({ settings, leave, onAskLeave, onTryRingtone, onChange }: Props) {
  const byPage = settings.ringOutput === 'panel';
  return (
    <Section title="Incoming calls">
      <div className="grid grid-cols-1 gap-2">
        <Switch
          label="Ringtone"
          hint={
            byPage
              ? 'Played by this page when somebody calls.'
              : 'Played when somebody calls, on the device chosen above.'
          }
          checked={settings.ringtone}
          onChange={(ringtone) => onChange({ ringtone })}
        />
        {byPage && (
          <div>
            <Button size="small" look="quiet" className="-ml-3.5" onClick={onTryRingtone}>
              <Bell aria-hidden />
              Hear it
            </Button>
          </div>
        )}
      </div>
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-48 flex-1">
          <p className="font-medium">Notifications</p>
          <p className="mt-0.5 text-sm text-soft">{LEAVE_SENTENCES[leave]}</p>
        </div>
        {leave === 'default' && (
          <Button size="small" onClick={onAskLeave}>
            Allow notifications
          </Button>
        )}
      </div>
      <Switch
        label="Answer by itself"
        hint="Every call is accepted at once, with the microphone open. For demonstrations."
        checked={settings.autoAnswer}
        onChange={(autoAnswer) => onChange({ autoAnswer })}
      />
    </Section>
  );
}
