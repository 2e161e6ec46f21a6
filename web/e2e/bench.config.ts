import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Parts of benchmarks that need a real browser; scripts/task bench runs them.
export default defineConfig({
  cacheDir: join(import.meta.dirname, '../node_modules/.vite'),
  test: {
    root: import.meta.dirname,
    include: ['bench/**/*.bench.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
