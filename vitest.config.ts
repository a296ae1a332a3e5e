import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** These begin first: the longest file of all, begun last, would run alone for most of its time. */
const LONGEST = ['chaos.e2e-spec.ts', 'damaged-log.e2e-spec.ts', 'killed-nodes.e2e-spec.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((name) => moduleId.endsWith(`/${name}`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** tsconfig.json says the rest: where `@replog/…` lies, and that decorators keep the types which Nest injects by. */
const common = { resolve: { tsconfigPaths: true } };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // What is decided and what is kept: every branch is reached, or the reason stands beside it (`v8 ignore`).
    coverage: {
      include: ['libs/replication-core/src/**/*.ts', 'libs/log-store/src/**/*.ts'],
      exclude: ['**/*.spec.ts', '**/*.d.ts', 'libs/log-store/src/testing/**'],
      reporter: ['text'],
      reportsDirectory: 'node_modules/.cache/replog/coverage',
      skipFull: true,
      thresholds: { 100: true },
    },
    projects: [
      {
        ...common,
        test: {
          name: 'unit',
          // No test keeps anything outside of itself, so each worker reads the code once and not for every file again.
          isolate: false,
          include: ['{apps,libs,test,bench}/**/*.spec.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 30_000,
        },
      },
      {
        ...common,
        test: {
          name: 'simulation',
          // A run keeps nothing outside of itself.
          isolate: false,
          include: ['test/simulation/**/*.sim-spec.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 120_000,
        },
      },
      {
        ...common,
        test: {
          name: 'e2e',
          // Most of their time goes by in waiting for processes: two files at once keep two cores busy.
          maxWorkers: 2,
          // No test keeps anything outside of itself, so each worker reads the code once and not for every file again.
          isolate: false,
          include: ['{test,bench}/**/*.e2e-spec.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...common,
        test: {
          name: 'heavy',
          include: ['test/**/*.heavy-spec.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
