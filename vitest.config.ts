import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/watchdog.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: process.env.TEST_REPORT_FILE
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT_FILE }]]
      : ['default'],
  },
})
