/** The built program as a person runs it, with nothing of the surrounding environment but what it needs. */
import { fileURLToPath } from 'node:url';
import { startChild } from './child.js';

/** The command's script; `npm run build` must have made its dist. */
export const KYBERLINE = fileURLToPath(
  new URL('../../apps/daemon/bin/kyberline.js', import.meta.url),
);

/** Our environment without whatever would point Kyberline at somebody's real data or registry. */
export function plainEnv(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(KYBERLINE_|REGISTRY_|VITEST|NODE_OPTIONS$)/.test(name)) delete env[name];
  }
  return { ...env, ...more };
}

export interface CommandResult {
  code: number;
  stdout: string;
  /** Everything it wrote, stderr included. */
  output: string;
}

/** Runs `kyberline …` to its end. */
export async function kyberline(
  args: string[],
  env: NodeJS.ProcessEnv,
  limitMs = 30_000,
): Promise<CommandResult> {
  const child = await startChild(process.execPath, [KYBERLINE, ...args], { env });
  let stdout = '';
  child.process.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  const timer = setTimeout(() => void child.kill9(), limitMs);
  const { code } = await child.ended;
  clearTimeout(timer);
  if (code === null) throw new Error(`kyberline ${args.join(' ')} did not end:\n${child.output()}`);
  return { code, stdout, output: child.output() };
}
