'use client';
/** The page itself failed. A running call does not notice: the daemon has it. */
import { Button } from '../components/ui/button';

export default function PageFailed({ retry }: { error: unknown; retry: () => void }) {
  return (
    <div
      role="alert"
      className="grid min-h-[50dvh] place-content-center justify-items-center gap-5 text-center"
    >
      <h1 className="font-display text-3xl">This page stumbled</h1>
      <p className="max-w-md text-soft">
        A running call goes on; only what you see here failed. Show the page again to get it back.
      </p>
      <Button look="accent" onClick={retry}>
        Show the page again
      </Button>
    </div>
  );
}
