/** The calls of the past. */
import type { Metadata } from 'next';
import { CallHistory } from './call-history';

export const metadata: Metadata = { title: 'History' };

export default function Page() {
  return <CallHistory />;
}
