'use client';
/**
 * A voice as a moving line: the last few seconds of one sound level, newest at the right.
 * It is a meter for whoever cannot see it: 0 is silence (-60 dBFS), 100 is full scale.
 */
import { type ReactNode, useEffect, useState } from 'react';
import { cn } from '../ui/class-names';

const FLOOR_DB = -60;
/** Levels come ten times a second; after this without one nothing is known of the voice. */
const STALE_MS = 500;
const STROKES = 40;
const STEP = 6;
const HEIGHT = 56;

type Props = {
  label: string;
  /** RMS in dBFS, -100 (silence) to 0; undefined while nothing is measured. */
  decibel: number | undefined;
  /** Changes whenever a new measurement came in, even one with the same value. */
  tick: unknown;
  /** Drawn faint: the sound is muted. */
  faint?: boolean;
  children?: ReactNode;
  className?: string;
};

const SILENCE: readonly number[] = new Array(STROKES).fill(0);

export function VoiceLine({ label, tick, faint = false, children, className, ...last }: Props) {
  const [stale, setStale] = useState(false);
  const decibel = stale ? undefined : last.decibel;
  const loud = loudness(decibel);
  const [trail, setTrail] = useState(SILENCE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each tick is one step of the line
  useEffect(() => {
    setStale(false);
    setTrail((old) => [...old.slice(1), loudness(last.decibel)]);
    const timer = setTimeout(() => {
      setStale(true);
      setTrail(SILENCE);
    }, STALE_MS);
    return () => clearTimeout(timer);
  }, [tick, last.decibel]);
  return (
    <div className={className}>
      {children}
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot hold the line */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(loud * 100)}
        aria-valuetext={decibel === undefined ? 'not measured' : `${Math.round(decibel)} decibel`}
      >
        <svg
          viewBox={`0 0 ${STROKES * STEP} ${HEIGHT}`}
          preserveAspectRatio="none"
          className={cn(
            'h-14 w-full overflow-visible transition-opacity motion-reduce:hidden',
            faint ? 'text-strong-line opacity-50' : 'text-accent',
          )}
          aria-hidden="true"
        >
          <path
            d={strokes(trail)}
            stroke="currentColor"
            strokeWidth="2.5"
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        <span className="hidden h-14 items-center motion-reduce:flex" aria-hidden>
          <span className="h-2 w-full overflow-hidden rounded-full bg-line">
            <span
              className={cn('block h-full rounded-full', faint ? 'bg-strong-line' : 'bg-accent')}
              style={{ width: `${loud * 100}%` }}
            />
          </span>
        </span>
      </div>
    </div>
  );
}

/** 0 for silence to 1 for full scale, linear in decibels. */
export function loudness(decibel: number | undefined): number {
  if (decibel === undefined || !Number.isFinite(decibel)) return 0;
  return Math.min(1, Math.max(0, (decibel - FLOOR_DB) / -FLOOR_DB));
}

function strokes(trail: readonly number[]): string {
  let path = '';
  trail.forEach((loud, i) => {
    const x = i * STEP + STEP / 2;
    const half = 0.01 + (loud ** 1.4 * (HEIGHT - 6)) / 2;
    path += `M${x} ${(HEIGHT / 2 - half).toFixed(2)}V${(HEIGHT / 2 + half).toFixed(2)}`;
  });
  return path;
}
