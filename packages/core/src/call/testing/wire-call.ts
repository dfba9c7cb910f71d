/** Two ends of one call over a seeded pipe that loses, reorders and duplicates, in virtual time. */

import type { SuiteId } from '@kyberline/shared/ids';
import { readOffer } from '../../crypto/handshake.js';
import { callSuite } from '../../crypto/suite.js';
import { TEST_NOW, TEST_REGISTRY, testPerson } from '../../crypto/testing/people.js';
import { seededRandom } from '../../crypto/testing/seeded-random.js';
import type { CallTimes } from '../call-state.js';
import { CallSecrets } from '../secrets.js';
import { WireEnd } from './wire-end.js';

export interface Trouble {
  loss: number;
  duplication: number;
  /** Share of packets that are held back by up to 120 ms. */
  reordering: number;
}

const DELAY_MS = 10;
const HELD_MS = 120;
const FRAME_MS = 20;

export class WireCall {
  now = 0;
  readonly ledger = { nonces: new Set<string>(), sealed: 0 };
  readonly a: WireEnd;
  readonly b: WireEnd;
  #flying: { at: number; to: 'a' | 'b'; packet: Uint8Array }[] = [];
  readonly #chance: () => number;

  private constructor(
    secrets: { a: CallSecrets; b: CallSecrets },
    callId: Uint8Array,
    times: CallTimes,
    private readonly trouble: Trouble,
    seed: string,
  ) {
    const random = seededRandom(`pipe ${seed}`);
    this.#chance = () => new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
    const fly = (to: 'a' | 'b') => (packet: Uint8Array) => this.#fly(to, packet);
    this.a = new WireEnd('A', callId, secrets.a, this.ledger, fly('b'), 0, times);
    this.b = new WireEnd('B', callId, secrets.b, this.ledger, fly('a'), 0, times);
  }

  /** Offer and answer as an exchange that works would carry them; the pipe begins with confirm. */
  static async answered(
    preferences: { a: SuiteId; b: SuiteId },
    times: CallTimes,
    trouble: Trouble,
    seed: string,
  ): Promise<WireCall> {
    const alice = await testPerson('alice', { preference: preferences.a });
    const bob = await testPerson('bob', { preference: preferences.b });
    const callId = seededRandom(`call ${seed}`)(16);
    const a = new CallSecrets('A', seededRandom(`a ${seed}`));
    const b = new CallSecrets('B', seededRandom(`b ${seed}`));
    const body = new TextEncoder().encode('{}');
    const offerBytes = await a.offer({
      me: alice.identity,
      myName: alice.name,
      myBundle: alice.bundle,
      preference: preferences.a,
      peerBundle: bob.bundle,
      callId,
      registryId: TEST_REGISTRY,
      now: TEST_NOW,
      body,
    });
    const offer = readOffer(offerBytes);
    const opened = offer && (await b.openOffer(offer, bob.keys, bob.bundle));
    const answer = opened && (await b.answer(bob.identity, body));
    if (!answer || !(await a.openAnswer(answer))) throw new Error('the handshake did not agree');
    if (a.suite !== callSuite(preferences.a, preferences.b)) throw new Error('wrong suite');
    const call = new WireCall({ a, b }, callId, times, trouble, seed);
    call.a.dispatch({ type: 'looked-up' }, 0);
    call.a.dispatch({ type: 'offer-placed' }, 0);
    call.b.dispatch({ type: 'offer-checked' }, 0);
    call.b.dispatch({ type: 'answer-placed' }, 0);
    call.a.dispatch({ type: 'registry', call: { status: 'active', answer: '' } }, 0);
    call.a.dispatch({ type: 'answer-opened' }, 0);
    return call;
  }

  async runFor(ms: number): Promise<void> {
    const until = this.now + ms;
    while (this.now < until) {
      this.now++;
      const due = this.#flying.filter(({ at }) => at <= this.now);
      if (due.length > 0) this.#flying = this.#flying.filter(({ at }) => at > this.now);
      for (const { to, packet } of due) this[to].receive(packet, this.now);
      for (const end of [this.a, this.b]) {
        if (this.now >= end.deadline) end.dispatch({ type: 'tick' }, this.now);
        if (this.now % FRAME_MS === 0) end.speak();
      }
      while (this.a.isComputing || this.b.isComputing) await Promise.resolve();
    }
  }

  #fly(to: 'a' | 'b', packet: Uint8Array): void {
    const { loss, duplication, reordering } = this.trouble;
    const copies = this.#chance() < duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#chance() < loss) continue;
      const held = this.#chance() < reordering ? this.#chance() * HELD_MS : 0;
      this.#flying.push({ at: this.now + DELAY_MS + held, to, packet });
    }
  }
}
