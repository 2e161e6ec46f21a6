import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// End-to-end tests: real programs, real browsers, one file after another, because two cores
// carry few browsers. Limits are generous: they tell "never" from "late", nothing else.
export default defineConfig({
  cacheDir: join(import.meta.dirname, '../node_modules/.vite'),
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
