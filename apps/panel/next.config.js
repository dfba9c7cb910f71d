/** Next.js for the panel. Plain JavaScript, so that the running server need not compile it. */

// Nothing is reported to anybody, neither by `next build` nor by the server.
process.env.NEXT_TELEMETRY_DISABLED = '1';

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Loopback has bandwidth to spare.
  compress: false,
  // `npm run typecheck` checks the types; a newcomer's first build need not do it again.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  agentRules: false,
  images: { unoptimized: true },
  // Native code (SQLite) and the instance that the server shares stay outside the bundles.
  serverExternalPackages: ['@kyberline/registry', 'better-sqlite3', 'ws'],
};

export default config;
