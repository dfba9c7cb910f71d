'use client';
/** A test of one device: what it does now, and the button that begins or ends it. */
import type { ReactNode } from 'react';
import { Button } from '../ui/button';

type Props = {
  /** What is to be said of it now. */
  sentence: string;
  isOn: boolean;
  /** On the button that begins it, and on the one that ends it. */
  begin: string;
  end: string;
  icon: ReactNode;
  onTest: (on: boolean) => void;
  /** Shown while it goes on. */
  children?: ReactNode;
};

export function SoundTest({ sentence, isOn, begin, end, icon, onTest, children }: Props) {
  return (
    <div>
      <p role="status" className="text-sm text-soft">
        {sentence}
      </p>
      {children}
      <Button size="small" className="mt-4" onClick={() => onTest(!isOn)}>
        {icon}
        {isOn ? end : begin}
      </Button>
    </div>
  );
}
