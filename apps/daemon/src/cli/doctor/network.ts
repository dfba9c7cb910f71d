/** Can voice get in and out? Nobody can see a firewall from inside, but its traces can be seen. */
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { HistoryEntry } from '@kyberline/shared/history';
import { ECHO_NAME } from '@kyberline/shared/ids';
import { DEFAULT_UDP_PORT } from '../../config.js';
import { about, type Finding } from './finding.js';

const { ok, note, wrong } = about('network');

export interface NetworkFacts {
  /** 0 while it is not open. */
  udpPort: number;
  /** Newest first. */
  history: readonly HistoryEntry[];
  hasAddress: boolean;
  /** The firewall program that is switched on, if one can be seen. */
  firewall: 'ufw' | 'firewalld' | undefined;
}

/** How many of the newest calls are looked at. */
const RECENT = 5;

export function checkNetwork(facts: NetworkFacts): Finding[] {
  const { history, hasAddress, firewall } = facts;
  const udpPort = facts.udpPort || DEFAULT_UDP_PORT;
  const findings: Finding[] = [];
  if (!hasAddress) {
    findings.push(
      wrong('This machine is on no network: only calls on this machine itself can work.'),
    );
  }
  const allow = firewall === undefined ? 'allow it in the firewall' : ALLOW[firewall](udpPort);
  const recent = history.filter(({ peer }) => peer !== ECHO_NAME).slice(0, RECENT);
  const failed = recent.filter(({ endReason }) => endReason === 'not-confirmed').length;
  const worked = recent.some(({ connectedAt }) => connectedAt !== undefined);
  if (failed > 0 && !worked) {
    findings.push(
      wrong(
        `Of the last ${recent.length} calls, ${failed} could not connect although both sides were there, and none did: a firewall is likely between. Voice needs UDP port ${udpPort} open here or there: ${allow}.`,
      ),
    );
  } else if (firewall !== undefined) {
    findings.push(note(`The firewall ${firewall} is on. If calls do not connect: ${allow}.`));
  }
  if (findings.length === 0) findings.push(ok('Nothing points to a firewall in the way.'));
  return findings;
}

const ALLOW = {
  ufw: (port: number) => `"sudo ufw allow ${port}/udp"`,
  firewalld: (port: number) => `"sudo firewall-cmd --add-port=${port}/udp"`,
};

/** Whether this machine has an address that others could reach. */
export function hasAddress(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((address) => address !== undefined && !address.internal);
}

/** What every user may read about firewalls; rules themselves only root may. */
export function seenFirewall(root = '/'): NetworkFacts['firewall'] {
  try {
    if (/^ENABLED=yes/im.test(readFileSync(`${root}etc/ufw/ufw.conf`, 'utf8'))) return 'ufw';
  } catch {
    // No ufw here.
  }
  return existsSync(`${root}run/firewalld`) ? 'firewalld' : undefined;
}
