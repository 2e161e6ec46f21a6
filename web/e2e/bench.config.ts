import { defineConfig } from "vitest/config";

// Parts of benchmarks that need a real browser; scripts/task bench runs them.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["bench/**/*.bench.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
