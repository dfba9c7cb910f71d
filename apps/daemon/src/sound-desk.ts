/**
 * What the daemon wants of the engine's sound devices beside voice: a meter for the microphone,
 * tests of both ends, and the ringtone where it is not the browser's page that rings.
 */
import type { RingChoice } from '@kyberline/shared/devices';
import type { UserName } from '@kyberline/shared/ids';
import type { SoundTest } from '@kyberline/shared/snapshot';
import type { DaemonToEngine } from './media/messages.js';
import type { RehearsalTest } from './media/rehearsal.js';
import { Problem } from './problem.js';

/** The microphone of a test is closed again after this long, should the page forget it. */
const METER_MS = 60_000;

export interface SoundDeskParts {
  /** False if there is no engine that listens now. */
  tell(message: DaemonToEngine): boolean;
  /** Whom there is a call with, in whatever phase. */
  inCallWith(): UserName | undefined;
  /** Where it is to ring now; undefined while nobody calls, or nothing is to be heard of it. */
  rings(): RingChoice | undefined;
}

export class SoundDesk {
  #meter: NodeJS.Timeout | undefined;
  #ringsOn: string | undefined;
  #test: SoundTest = 'idle';

  constructor(private readonly parts: SoundDeskParts) {}

  get test(): SoundTest {
    return this.#test;
  }

  /** What the engine says of a test; `idle` also when it is gone. */
  tested(state: SoundTest): void {
    this.#test = state;
  }

  meter(on: boolean): void {
    clearTimeout(this.#meter);
    this.parts.tell({ type: 'meter', on });
    if (!on) return;
    this.#meter = setTimeout(() => this.parts.tell({ type: 'meter', on: false }), METER_MS);
    this.#meter.unref();
  }

  /** Begins this test, or ends whichever is under way. @throws Problem `in-a-call`, `no-engine` */
  rehearse(test: RehearsalTest, on: boolean): void {
    if (!on) {
      this.parts.tell({ type: 'sound-test' });
      return;
    }
    const peer = this.parts.inCallWith();
    if (peer) {
      throw new Problem(
        'in-a-call',
        `There is a call with ${peer}, which has the sound. Test it when the call is over.`,
      );
    }
    if (this.parts.tell({ type: 'sound-test', test })) return;
    throw new Problem('no-engine', 'The sound engine is not running. Try again in a moment.');
  }

  /** After every change of calls and settings. */
  settle(): void {
    const choice = this.parts.rings();
    const output = choice === 'panel' ? undefined : choice;
    if (output === this.#ringsOn) return;
    this.#ringsOn = output;
    this.parts.tell({ type: 'ring', ...(output !== undefined && { output }) });
  }
}
