'use client';
/** Offers notifications once, below the people; the settings offer them for good. */
import { Bell } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { NotificationLeave } from '../../attention/use-notification-leave';
import { Button } from '../ui/button';

const DISMISSED_KEY = 'kyberline notification hint';

type Props = { leave: NotificationLeave; onAsk: () => void };

export function NotificationHint({ leave, onAsk }: Props) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(localStorage.getItem(DISMISSED_KEY) === null), []);
  if (!open || leave !== 'default') return null;
  return (
    <aside
      aria-label="Notifications"
      className="mt-14 flex flex-wrap items-center gap-x-4 gap-y-3 border-t border-line pt-6 text-soft"
    >
      <Bell className="size-5 shrink-0" aria-hidden />
      <p className="min-w-52 flex-1">Hear of a call while this page is in the background?</p>
      <span className="flex gap-1.5">
        <Button size="small" onClick={onAsk}>
          Allow notifications
        </Button>
        <Button
          size="small"
          look="quiet"
          onClick={() => {
            localStorage.setItem(DISMISSED_KEY, 'dismissed');
            setOpen(false);
          }}
        >
          No, thanks
        </Button>
      </span>
    </aside>
  );
}
