/** People, and the call that one is in. */
import { Home } from './home';

export default function Page() {
  return <Home />;
}
