/** The person's web browser, where there is one. */
import { spawn } from 'node:child_process';

/**
 * True where opening a page makes sense: a desktop, and not a build machine.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} [platform]
 */
export function hasBrowser(env, platform = process.platform) {
  if (env.CI) return false;
  if (platform === 'darwin' || platform === 'win32') return !env.SSH_CONNECTION;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Opens a page; a missing opener is no error, since the address was printed as well.
 * @param {string} url
 * @param {NodeJS.Platform} [platform]
 */
export function openBrowser(url, platform = process.platform) {
  const [command, args] = opener(url, platform);
  const child = spawn(command, args, { stdio: 'ignore', detached: true, windowsHide: true });
  child.on('error', () => {});
  child.unref();
}

/**
 * @param {string} url
 * @param {NodeJS.Platform} platform
 * @returns {[string, string[]]}
 */
export function opener(url, platform) {
  if (platform === 'darwin') return ['open', [url]];
  // `start` is the shell's own, takes a title first, and reads & as its own.
  if (platform === 'win32') return ['cmd.exe', ['/c', 'start', '', url.replaceAll('&', '^&')]];
  return ['xdg-open', [url]];
}
