/** Real programs, really crashed. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, isAlive } from '../../tests/rig/child.js';
import { type Service, supervise } from './supervise.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyberline-supervise-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that writes its pid to a file and goes on; `body` comes before that. */
function program(name: string, body = ''): { service: Service; pidFile: string } {
  const pidFile = join(folder, `${name}.pid`);
  const script = join(folder, `${name}.mjs`);
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs';
${body}
writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
setInterval(() => {}, 1000);
`,
  );
  return {
    pidFile,
    service: {
      name: `the ${name}`,
      args: [script],
      readyWithinMs: 5000,
      isReady: async () => existsSync(pidFile),
    },
  };
}

const pidIn = (file: string) => Number(readFileSync(file, 'utf8'));

describe('a supervisor', () => {
  test('starts a crashed program again and says so', async () => {
    const { service, pidFile } = program('one');
    const said: string[] = [];
    const supervisor = supervise([service], (sentence) => said.push(sentence));
    await supervisor.ready();
    const first = pidIn(pidFile);
    rmSync(pidFile);
    process.kill(first, 'SIGKILL');
    await eventually('it is up again', 5000, () => said.some((s) => s.includes('is up again')));
    expect(pidIn(pidFile)).not.toBe(first);
    expect(said[0]).toContain('The one was ended by SIGKILL; starting it again');
    await supervisor.stop();
  });

  test('starts a crashed program at once when what it is made of has changed', async () => {
    const broken = join(folder, 'broken');
    const { service, pidFile } = program(
      'one',
      `import { existsSync } from 'node:fs'; if (existsSync(${JSON.stringify(broken)})) process.exit(3);`,
    );
    const said: string[] = [];
    const supervisor = supervise([service], (sentence) => said.push(sentence));
    await supervisor.ready();
    writeFileSync(broken, '');
    const first = pidIn(pidFile);
    rmSync(pidFile);
    process.kill(first, 'SIGKILL');
    await eventually('it waits for longer than a moment', 5000, () => said.length >= 3);
    rmSync(broken);
    await supervisor.restart(0);
    await eventually('it is up again', 1500, () => said.some((s) => s.includes('is up again')));
    await supervisor.stop();
  });

  test('stops the last first, and each before the next', async () => {
    const one = program('one');
    const two = program(
      'two',
      `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300));`,
    );
    const supervisor = supervise([one.service, two.service], () => {});
    await supervisor.ready();
    const stopped = supervisor.stop();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(isAlive(pidIn(one.pidFile))).toBe(true);
    await stopped;
    expect([one, two].map(({ pidFile }) => isAlive(pidIn(pidFile)))).toEqual([false, false]);
  });

  test('stops every program, and forgets about restarting', async () => {
    const one = program('one');
    const two = program('two', `process.on('SIGTERM', () => process.exit(0));`);
    const supervisor = supervise([one.service, two.service], () => {});
    await supervisor.ready();
    const pids = [pidIn(one.pidFile), pidIn(two.pidFile)];
    expect(supervisor.pids()).toEqual(pids);
    await supervisor.stop();
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test('believes a program that says by itself that it is ready', async () => {
    const { service, pidFile } = program(
      'one',
      `setTimeout(() => process.send({ type: 'ready' }), 300);`,
    );
    const { isReady: _, ...silent } = service;
    const supervisor = supervise([silent], () => {});
    const started = performance.now();
    await supervisor.ready();
    expect(performance.now() - started).toBeGreaterThan(300);
    expect(existsSync(pidFile)).toBe(true);
    await supervisor.stop();
  });

  test('reports a program that never came up with its last words', async () => {
    const { service } = program('one', `console.error('the disk is full'); process.exit(3);`);
    const supervisor = supervise([service], () => {});
    await expect(supervisor.ready()).rejects.toMatchObject({
      message: 'The one could not be started.',
      detail: 'the disk is full',
    });
    await supervisor.stop();
  });

  test('takes along what a program had started', async () => {
    const grandchild = join(folder, 'grandchild.pid');
    const { service } = program(
      'one',
      `import { spawn } from 'node:child_process';
const child = spawn('sleep', ['600'], { stdio: 'ignore' });
writeFileSync(${JSON.stringify(grandchild)}, String(child.pid));`,
    );
    const supervisor = supervise([service], () => {});
    await supervisor.ready();
    const pid = pidIn(grandchild);
    expect(isAlive(pid)).toBe(true);
    await supervisor.stop();
    await eventually('the grandchild is gone', 2000, () => !isAlive(pid));
  });

  test("does not follow into a program's own children and their channels", async () => {
    const said = join(folder, 'said');
    const child = join(folder, 'child.mjs');
    writeFileSync(
      child,
      `import { writeFileSync } from 'node:fs';
process.on('disconnect', () => setTimeout(() => {
  writeFileSync(${JSON.stringify(said)}, 'goodbye');
  process.exit(0);
}, 300));
process.send('here');
`,
    );
    const { service, pidFile } = program(
      'one',
      `import { fork } from 'node:child_process';
const child = fork(${JSON.stringify(child)}, { detached: true });
await new Promise((resolve) => child.once('message', resolve));`,
    );
    const supervisor = supervise([service], () => {});
    await supervisor.ready();
    process.kill(pidIn(pidFile), 'SIGKILL');
    await eventually('the grandchild said goodbye', 3000, () => existsSync(said));
    await supervisor.stop();
  });

  test('that is killed itself leaves nothing behind', async () => {
    const { service, pidFile } = program('one');
    const host = join(folder, 'host.mjs');
    const module = new URL('./supervise.mjs', import.meta.url).href;
    writeFileSync(
      host,
      `import { supervise } from ${JSON.stringify(module)};
await supervise([{ name: 'the one', args: ${JSON.stringify(service.args)}, readyWithinMs: 5000,
  isReady: async () => true }], () => {}).ready();
setInterval(() => {}, 1000);
`,
    );
    const supervisor = spawn(process.execPath, [host], { stdio: 'ignore' });
    await eventually('the program runs', 5000, () => existsSync(pidFile) && pidIn(pidFile) > 0);
    const pid = pidIn(pidFile);
    supervisor.kill('SIGKILL');
    await eventually('the program is gone', 7000, () => !isAlive(pid));
  });
});
