'use client';
/** A notification of the browser for a call that rings while the page is not being looked at. */
import { useEffect } from 'react';

/** `tag` names the call, so that several tabs make one notification. */
export function useCallNotification(tag: string | undefined, sentence: string): void {
  useEffect(() => {
    if (tag === undefined || typeof Notification === 'undefined') return;
    if (Notification.permission !== 'granted' || document.hasFocus()) return;
    const notification = new Notification(sentence, {
      tag,
      body: 'Open Kyberline to answer.',
      icon: '/icon.svg',
      requireInteraction: true,
    });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
    return () => notification.close();
  }, [tag, sentence]);
}
