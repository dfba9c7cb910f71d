/**
 * A call goes on with one end of its sound while the other is missing: what was chosen is looked for
 * elsewhere (device/scout.ts), since to look here would take a running stream away. Once it is there,
 * both ends are opened anew, which is heard for a moment, and then not tried again for a minute.
 *
 *   one end runs, the other is silence or in trouble ── 5 s ──► scout ──► there: exchange ── 60 s ──┐
 *          ▲                                               └──► not there                           │
 *          └────────────────────────────────────────────────────────┴───────────────────────────────┘
 */
import type { DeviceInUse, SoundDevice } from '@kyberline/shared/devices';
import type { Cancel, Clock } from '../device/clock.js';

const EVERY_MS = 5_000;
const AFTER_EXCHANGE_MS = 60_000;
const ENDS = ['input', 'output'] as const;

export interface ScoutingParts {
  clock: Clock;
  /** The devices that another program finds; undefined where it could not look. */
  scout(): Promise<SoundDevice[] | undefined>;
  /** The devices that are known here. */
  known(): SoundDevice[];
  /** Both ends as they are, while a call or a test needs both. */
  ends(): Record<'input' | 'output', DeviceInUse> | undefined;
  /** Chooses and opens both ends anew. */
  exchange(): void;
}

export class Scouting {
  #cancel: Cancel = () => undefined;
  #isOver = false;

  constructor(private readonly parts: ScoutingParts) {
    this.#wait(EVERY_MS);
  }

  close(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #wait(ms: number): void {
    if (!this.#isOver) this.#cancel = this.parts.clock.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const found = (this.#missing.length > 0 ? await this.parts.scout() : undefined) ?? [];
    // What is known here is being tried already; and who is missing, is so by now.
    const isNews = JSON.stringify(found) !== JSON.stringify(this.parts.known());
    const isThere = isNews && this.#missing.some(([end, inUse]) => has(found, end, inUse));
    if (isThere && !this.#isOver) this.parts.exchange();
    this.#wait(isThere ? AFTER_EXCHANGE_MS : EVERY_MS);
  }

  /** The ends without sound, while the other one has it. */
  get #missing(): ['input' | 'output', DeviceInUse][] {
    const ends = this.parts.ends();
    if (!ends) return [];
    const missing = ENDS.filter((end) => isMissing(ends[end]) || isInTrouble(ends[end]));
    return missing.length === 1 ? missing.map((end) => [end, ends[end]]) : [];
  }
}

/** Silence, though it was not silence that was chosen. */
export function isMissing({ kind, choice }: DeviceInUse): boolean {
  return kind === 'silence' && choice !== 'silence';
}

function isInTrouble({ kind, state }: DeviceInUse): boolean {
  return kind === 'portaudio' && (state === 'failed' || state === 'restarting');
}

/** Whether what an end was chosen to be is among these devices. */
function has(devices: SoundDevice[], end: 'input' | 'output', inUse: DeviceInUse): boolean {
  const usable = devices.filter(
    (device) => (end === 'input' ? device.inputChannels : device.outputChannels) > 0,
  );
  if (inUse.kind === 'portaudio') return usable.some(({ name }) => name === inUse.name);
  if (inUse.choice === 'default') return usable.length > 0;
  const wanted = inUse.choice.replace(/^portaudio:/, '');
  return usable.some(({ id, name }) => id === wanted || name === wanted);
}
