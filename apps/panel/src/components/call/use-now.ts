'use client';
/** The time, for lengths that grow and days that pass while one looks at them. */
import { useEffect, useState } from 'react';

/** Unix ms, brought up to date every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
