/** Answers of a registry that arrive late, for what may happen meanwhile. */
import type { Site } from './site.js';

/** Answers to requests of `path` are made at once, but sent only when they are released. */
export function holdBack({ registry }: Site, path: string) {
  const { handle } = registry;
  let made = false;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow: typeof handle = async (request, from) => {
    const response = await handle(request, from);
    if (new URL(request.url).pathname !== path) return response;
    made = true;
    await released;
    return response;
  };
  Object.assign(registry, { handle: slow });
  return { isMade: () => made, release: () => release() };
}
