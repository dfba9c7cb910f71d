/** The registry: does it answer, is it one, and do the two clocks agree? */
import { healthResponse } from '@kyberline/shared/registry';
import type { StateSnapshot } from '@kyberline/shared/snapshot';
import { about, type Finding } from './finding.js';

const registry = about('registry');
const clock = about('clock');
const name = about('name');

const ASK_MS = 5_000;
/** Signed requests pass up to 60 s and offers up to 90 s (SPEC 4, 12): warn long before. */
const CLOCK_MS = 5_000;

/** @param now Unix ms, as this machine has it */
export async function checkRegistry(url: string, now: () => number): Promise<Finding[]> {
  const askedAt = now();
  const body = await health(url);
  if (body === 'silent') {
    return [
      registry.wrong(
        `The registry at ${url} does not answer. Check that it runs there and that this machine is on the network, or name another one with "kyberline settings registry HOST:PORT".`,
      ),
    ];
  }
  const answeredAt = now();
  const reply = healthResponse.safeParse(body);
  if (!reply.success) {
    return [
      registry.wrong(
        `What answers at ${url} is not a Kyberline registry. Name the right one with "kyberline settings registry HOST:PORT".`,
      ),
    ];
  }
  const offset = Math.round((reply.data.time - (askedAt + answeredAt) / 2) / 1000);
  return [registry.ok(`The registry at ${url} answers.`), judgeClock(offset)];
}

function judgeClock(offsetSeconds: number): Finding {
  const by = Math.abs(offsetSeconds);
  if (by * 1000 <= CLOCK_MS) return clock.ok('The clock agrees with the registry’s.');
  const how = offsetSeconds > 0 ? 'behind' : 'ahead of';
  return clock.wrong(
    `The clock of this machine is ${by} seconds ${how} the registry's. Let the system set it (on Linux "timedatectl set-ntp true"), or have the registry's set: past 90 seconds no call goes through.`,
  );
}

/** What the daemon says of its standing there. */
export function checkName({ me, registry: view }: StateSnapshot): Finding[] {
  const findings: Finding[] = [];
  if (view.state === 'polling') {
    findings.push(
      registry.note(
        'The push connection to the registry is down; it is asked every second instead.',
      ),
    );
  }
  if (me === undefined) {
    findings.push(name.note('You have no name yet. Take one with "kyberline register NAME".'));
  } else if (me.registered) {
    findings.push(name.ok(`You are registered as ${me.name}.`));
  } else {
    const why = view.problem ?? `Type "kyberline register ${me.name}".`;
    findings.push(name.wrong(`The registry does not hold your name ${me.name} now. ${why}`));
  }
  return findings;
}

async function health(url: string): Promise<unknown> {
  try {
    const response = await fetch(new URL('/api/health', url), {
      redirect: 'error',
      signal: AbortSignal.timeout(ASK_MS),
    });
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  } catch {
    return 'silent';
  }
}
