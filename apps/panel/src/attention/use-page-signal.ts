'use client';
/** While somebody calls: the title blinks and the tab's icon gets a badge. */
import { useEffect } from 'react';

const BLINK_MS = 1000;
const BADGED =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none"><rect width="32" height="32" rx="9" fill="#0f7a5c"/><path d="M6.5 16h3M13 11v10M17 7.5v17M21 12.5v7M25.5 16h.01" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/><circle cx="24" cy="8" r="8" fill="#d83a2e" stroke="#fff" stroke-width="2"/></svg>',
  );

/** `message` is shown in turn with the page's own title; undefined changes nothing. */
export function usePageSignal(message: string | undefined): void {
  useEffect(() => {
    if (message === undefined) return;
    let own = document.title;
    const restore = badgeIcons();
    const blink = () => {
      if (document.title === message) {
        document.title = own;
      } else {
        // Another page may have been opened meanwhile.
        own = document.title;
        document.title = message;
      }
    };
    blink();
    const timer = setInterval(blink, BLINK_MS);
    return () => {
      clearInterval(timer);
      if (document.title === message) document.title = own;
      restore();
    };
  }, [message]);
}

/** Points the page's icons at the badged one; React goes on owning the elements. */
function badgeIcons(): () => void {
  const icons = [...document.querySelectorAll<HTMLLinkElement>('link[rel~="icon"]')];
  const own = icons.map((icon) => icon.href);
  for (const icon of icons) icon.href = BADGED;
  return () => {
    icons.forEach((icon, i) => {
      icon.href = own[i] ?? '/icon.svg';
    });
  };
}
