'use client';
/** A notification of the browser for a call that rings while the page is not being looked at. */
import { useEffect } from 'react';

/** `tag` names the call, so that several tabs make one notification. */
export function useCallNotification(tag: string | undefined, sentence: string): void {
  useEffect(() => {
    if (tag === undefined || typeof Notification === 'undefined') return;
    let shown: Notification | undefined;
    const look = () => {
      if (shown !== undefined || Notification.permission !== 'granted') return;
      if (!document.hasFocus()) shown = notify(tag, sentence);
    };
    look();
    // The page may be left while it rings.
    window.addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('blur', look);
      document.removeEventListener('visibilitychange', look);
      shown?.close();
    };
  }, [tag, sentence]);
}

function notify(tag: string, sentence: string): Notification | undefined {
  try {
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
    return notification;
  } catch {
    // Chrome on Android has the constructor and throws in it: only service workers may notify there.
    return undefined;
  }
}
