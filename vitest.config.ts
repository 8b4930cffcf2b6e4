import { defineConfig } from 'vitest/config';

/** Encoders and a browser that must not stall: these have the machine to themselves. */
const ALONE = ['e2e/adaptive.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 20_000,
          // Many wait for a timer: more files than cores.
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ALONE,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Real encoders and browsers share the machine's few cores: two files at a time keep their clocks honest.
          maxWorkers: 2,
          // When the unit tests are done.
          sequence: { groupOrder: 1 },
          // Tests that say so run beside one another: they wait for real time, mostly.
          maxConcurrency: 3,
        },
      },
      {
        test: {
          name: 'e2e-alone',
          include: ALONE,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
