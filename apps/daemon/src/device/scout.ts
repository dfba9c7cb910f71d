/**
 * A program of its own that looks for sound cards, says what there is and ends: PortAudio looks only
 * when it is initialised, which an engine that has a stream open cannot do. `node scout.js BINDING`.
 */
import { loadBinding } from './binding.js';
import { BINDING_NAMES } from './binding-names.js';
import { systemClock } from './clock.js';

const wanted = BINDING_NAMES.find((name) => name === process.argv[2]) ?? BINDING_NAMES[0];
const { binding } = loadBinding(wanted, systemClock);
await binding?.look?.();
process.send?.(binding?.list().devices ?? [], () => process.exit(0));
