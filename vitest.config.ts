import { defineConfig } from 'vitest/config'

// The tests import the built program (`#oltp/…` is dist/), natively: one build is what users run, what worker threads load and what is covered.
const shared = {
  pool: 'forks' as const,
  setupFiles: ['tests/support/coverage.ts'],
  server: { deps: { external: [/\/dist\//] } },
}

// Real servers share the machine with those who load them: one group after the other, few files at a time.
const withServers = { ...shared, globalSetup: ['tests/support/servers.ts'], hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['tests/unit/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
