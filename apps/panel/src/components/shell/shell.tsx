/** The frame around every page. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from '../brand/mark';
import { Navigation } from './navigation';

type Props = {
  /** The first run has one way only. */
  navigation: boolean;
  /** Who one is; absent before the first snapshot. */
  me: ReactNode;
  children: ReactNode;
};

export function Shell({ navigation, me, children }: Props) {
  return (
    <div className="mx-auto max-w-[76rem] lg:grid lg:min-h-dvh lg:grid-cols-[17rem_1fr]">
      <a
        href="#page"
        className="sr-only z-50 rounded-full bg-ink px-5 py-3 text-paper focus:not-sr-only focus:fixed focus:top-4 focus:left-4"
      >
        Go to the page
      </a>
      <header className="flex items-center justify-between gap-6 px-5 pt-5 lg:sticky lg:top-0 lg:h-dvh lg:flex-col lg:items-stretch lg:justify-start lg:gap-10 lg:px-6 lg:py-9">
        <Link href="/" className="flex items-center gap-3 rounded-lg lg:px-4">
          <Mark className="size-8" />
          <span className="font-display text-[1.375rem]">Kyberline</span>
        </Link>
        {navigation && <Navigation />}
        <div className="lg:mt-auto lg:px-4">{me}</div>
      </header>
      <main
        id="page"
        className="mx-auto w-full max-w-3xl px-5 pt-9 pb-[max(10rem,var(--afloat,0px))] lg:px-10 lg:pt-16 lg:pb-[max(5rem,var(--afloat,0px))]"
      >
        {children}
      </main>
    </div>
  );
}
