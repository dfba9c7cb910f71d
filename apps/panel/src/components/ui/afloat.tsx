'use client';
/**
 * What floats above the page, such as a call that rings: over its foot, or inside of a dialog
 * while one is open, since a dialog keeps pointer, focus and screen readers to itself.
 */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';

const HEIGHT = '--afloat';

type Floating = { shown: ReactNode; enterDialog: () => () => void };

const FloatingContext = createContext<Floating>({
  shown: undefined,
  enterDialog: () => () => undefined,
});

type Props = {
  /** Undefined while nothing floats. */
  shown: ReactNode;
  children: ReactNode;
};

export function Afloat({ shown, children }: Props) {
  const [dialogs, setDialogs] = useState(0);
  const enterDialog = useCallback(() => {
    setDialogs((open) => open + 1);
    return () => setDialogs((open) => open - 1);
  }, []);
  const floating = useMemo(() => ({ shown, enterDialog }), [shown, enterDialog]);
  return (
    <FloatingContext value={floating}>
      {shown !== undefined && dialogs === 0 && <Foot>{shown}</Foot>}
      {children}
    </FloatingContext>
  );
}

/** Belongs into every dialog, after what is its own: the focus begins with that. */
export function AfloatInDialog() {
  const { shown, enterDialog } = useContext(FloatingContext);
  useEffect(enterDialog, [enterDialog]);
  if (shown === undefined) return null;
  return (
    <div className="grid shrink-0 justify-items-center gap-3 px-4 sm:px-0 [&>*]:w-full sm:[&>*]:max-w-none">
      {shown}
    </div>
  );
}

/** Whether anything floats now. */
export function useIsAfloat(): boolean {
  return useContext(FloatingContext).shown !== undefined;
}

/**
 * The page leaves room for it, so that whatever has the focus can be scrolled clear of it
 * (WCAG 2.2, 2.4.11). globals.css and the shell read its height.
 */
function Foot({ children }: { children: ReactNode }) {
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
