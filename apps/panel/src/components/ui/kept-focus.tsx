'use client';
/**
 * A part of the page that may go away while it has the focus, such as a stage of a call: the
 * focus then goes to the heading of what is there instead, and not to nowhere.
 */
import { type ComponentProps, useLayoutEffect, useRef } from 'react';

/** Dialogs give the focus back after they have closed, and pages follow commands, in this time. */
const SETTLED_MS = 50;

export function KeptFocus(props: ComponentProps<'div'>) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = place.current;
    return () => {
      // React takes the node out of the document after this; then it is too late to ask.
      if (node?.contains(document.activeElement)) setTimeout(toHeading, SETTLED_MS);
    };
  }, []);
  return <div ref={place} {...props} />;
}

function toHeading(): void {
  if (document.activeElement !== document.body) return;
  const heading = document.querySelector<HTMLElement>('main h1');
  if (heading === null) return;
  heading.tabIndex = -1;
  heading.focus();
}
