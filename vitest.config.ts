import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests read the packages' sources, so that no build stands between an edit and its test. */
const alias = [
  {
    find: /^@kyberline\/(shared|core|registry)\/(.+)$/,
    replacement: fileURLToPath(new URL('./packages/$1/src/$2.ts', import.meta.url)),
  },
  {
    find: /^@kyberline\/portaudio$/,
    replacement: fileURLToPath(new URL('./packages/portaudio/src/index.ts', import.meta.url)),
  },
  {
    find: /^@kyberline\/daemon\/(.+)$/,
    replacement: fileURLToPath(new URL('./apps/daemon/src/$1.ts', import.meta.url)),
  },
];

const project = (name: string, include: string[], timeoutMs: number, parallel: boolean) => ({
  resolve: { alias },
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
    testTimeout: timeoutMs,
    hookTimeout: 60_000,
    fileParallelism: parallel,
    // Half of two processors is what Vitest would take.
    ...(parallel && { maxWorkers: '100%' }),
  },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        [
          'packages/*/src/**/*.test.ts',
          'apps/*/src/**/*.test.{ts,tsx}',
          'scripts/**/*.test.ts',
          'tests/*.test.ts',
          'tests/{bench,rig}/**/*.test.ts',
        ],
        20_000,
        true,
      ),
      project('net', ['tests/{attacks,registry,start}/**/*.test.ts'], 60_000, true),
      project('calls', ['tests/calls/**/*.test.ts'], 120_000, false),
      project('browser', ['tests/e2e/**/*.test.ts'], 120_000, true),
    ],
  },
});
