'use client';
/**
 * What floats over the foot of the page, and the room that the page leaves for it: whatever has
 * the focus can then be scrolled clear of it (WCAG 2.2, 2.4.11). globals.css and the shell read
 * its height.
 */
import { type ReactNode, useLayoutEffect, useRef } from 'react';

const HEIGHT = '--afloat';

export function Afloat({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = place.current;
    if (node === null) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => style.setProperty(HEIGHT, `${node.offsetHeight}px`));
    observer.observe(node);
    return () => {
      observer.disconnect();
      style.removeProperty(HEIGHT);
    };
  }, []);
  return (
    <div
      ref={place}
      className="pointer-events-none fixed inset-x-0 bottom-0 z-30 grid max-h-dvh justify-items-center gap-3 overflow-y-auto p-4 pb-24 lg:left-auto lg:p-8"
    >
      {children}
    </div>
  );
}
