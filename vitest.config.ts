import { defineConfig } from 'vitest/config'

// The tests import the built program (`#oltp/…` is dist/), natively: one build is what users run, what worker threads load and what is covered.
const shared = {
  pool: 'forks' as const,
  setupFiles: ['tests/support/coverage.ts'],
  server: { deps: { external: [/\/dist\//] } },
}

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['tests/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 } },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/support/servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/support/servers.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
