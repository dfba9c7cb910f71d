/**
 * The registry's routes on the panel's own port. All rules are in packages/registry; the panel's
 * server opened the instance and says, in a header that it alone can set, who is asking.
 */
import { sharedRegistry } from '@kyberline/registry/shared-instance';
import { REMOTE_ADDRESS_HEADER } from '../../../server/remote-address';

export const dynamic = 'force-dynamic';

async function answer(request: Request): Promise<Response> {
  const registry = sharedRegistry();
  if (registry === undefined) {
    const message =
      'This machine keeps no registry. REGISTRY_SERVER names the one that it uses; ask that one.';
    return Response.json({ error: { code: 'no-registry', message } }, { status: 404 });
  }
  return registry.handle(request, { address: request.headers.get(REMOTE_ADDRESS_HEADER) ?? '' });
}

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
