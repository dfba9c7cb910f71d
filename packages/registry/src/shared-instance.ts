/**
 * The one registry of a process. A bundler gives route code its own copy of every module, so a
 * variable in a module is not one variable; a symbol of the global registry on globalThis is.
 * Whoever opens the registry shares it; whoever serves its routes asks for it here. Only types are
 * imported, so that this file draws no database into a bundle.
 */
import type { OpenRegistry } from './open.js';

const KEY = Symbol.for('kyberline.registry');
const holder = globalThis as { [KEY]?: OpenRegistry };

/** Make `registry` the process's own; undefined takes it away again. */
export function shareRegistry(registry: OpenRegistry | undefined): void {
  holder[KEY] = registry;
}

/** The registry that was shared, if one was. */
export function sharedRegistry(): OpenRegistry | undefined {
  return holder[KEY];
}
