/** A page that does not exist. */
import Link from 'next/link';

export default function NotFound() {
  return (
    <div className="grid min-h-[50dvh] place-content-center justify-items-center gap-5 text-center">
      <h1 className="font-display text-3xl">There is no page here</h1>
      <Link href="/" className="rounded text-accent underline underline-offset-4">
        Back to people
      </Link>
    </div>
  );
}
