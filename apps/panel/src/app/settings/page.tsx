/** Everything that can be changed. */
import type { Metadata } from 'next';
import { AllSettings } from './all-settings';

export const metadata: Metadata = { title: 'Settings' };

export default function Page() {
  return <AllSettings />;
}
