'use client';
/** Sentences about commands that failed, shown for a while at the top and read out. */
import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';

const SHOWN_MS = 9000;

type Toast = { id: number; sentence: string };

const ShowToast = createContext<(sentence: string) => void>(() => undefined);

/** Shows a sentence to the person. */
export function useToast(): (sentence: string) => void {
  return useContext(ShowToast);
}

export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const nextId = useRef(0);
  const drop = useCallback((id: number) => {
    setToasts((all) => all.filter((toast) => toast.id !== id));
  }, []);
  const show = useCallback(
    (sentence: string) => {
      const id = nextId.current++;
      setToasts((all) => [...all.filter((toast) => toast.sentence !== sentence), { id, sentence }]);
      setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  return (
    <ShowToast value={show}>
      {children}
      <div
        aria-live="assertive"
        className="pointer-events-none fixed inset-x-4 top-4 z-50 grid justify-items-center gap-2"
      >
        {toasts.map((toast) => (
          <div
            key={toast.id}
            className="pointer-events-auto flex max-w-lg animate-rise items-start gap-3 rounded-2xl bg-ink py-3 pr-2 pl-5 text-paper shadow-lift"
          >
            <p className="py-1">{toast.sentence}</p>
            <button
              type="button"
              aria-label="Dismiss"
              onClick={() => drop(toast.id)}
              className="grid size-8 shrink-0 place-items-center rounded-full hover:bg-paper/15"
            >
              <X className="size-4" aria-hidden />
            </button>
          </div>
        ))}
      </div>
    </ShowToast>
  );
}
