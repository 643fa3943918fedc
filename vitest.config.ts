import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number) => ({
  test: {
    name,
    include: [`tests/${name === 'contract' ? 'contracts' : name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: 60_000,
    // On a busy machine a broker that answers may take longer than a second.
    expect: { poll: { timeout: 5000 } },
  },
});

export default defineConfig({
  test: {
    // Many tests wait for servers and processes: one file at a time, on two cores, would leave both idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: process.env.CI ? ['default'] : ['dot'],
    projects: [
      project('unit', 20_000),
      project('contract', 60_000),
      project('integration', 60_000),
      project('e2e', 180_000),
      project('bench', 600_000),
    ],
  },
});
