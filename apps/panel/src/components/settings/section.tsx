/** A group of settings under one heading. */
import { type ReactNode, useId } from 'react';

type Props = { title: string; intro?: ReactNode; children: ReactNode };

export function Section({ title, intro, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid grid-cols-1 gap-5 border-t border-line pt-8 md:grid-cols-[13rem_1fr] md:gap-10"
    >
      <div>
        <h2 id={id} className="font-display text-2xl">
          {title}
        </h2>
        {intro !== undefined && <p className="mt-2 text-sm text-soft">{intro}</p>}
      </div>
      <div className="grid min-w-0 grid-cols-1 content-start gap-6">{children}</div>
    </section>
  );
}
