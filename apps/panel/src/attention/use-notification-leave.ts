'use client';
/** Whether this browser may show notifications for this page, and asking for that. */
import { useCallback, useEffect, useState } from 'react';

export type NotificationLeave = NotificationPermission | 'unsupported';

function current(): NotificationLeave {
  return typeof Notification === 'undefined' ? 'unsupported' : Notification.permission;
}

/** `ask` has to be called from a click, or browsers refuse. */
export function useNotificationLeave(): { leave: NotificationLeave; ask: () => void } {
  // Unknown on the server; 'granted' shows no button until the browser has been asked.
  const [leave, setLeave] = useState<NotificationLeave>('granted');
  useEffect(() => setLeave(current()), []);
  const ask = useCallback(() => {
    if (typeof Notification === 'undefined') return;
    void Notification.requestPermission().then(setLeave);
  }, []);
  return { leave, ask };
}
