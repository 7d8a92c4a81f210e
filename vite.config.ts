import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { widgetBuild } from './widget/build/config.ts'

/** What takes minutes begins first, so that nothing waits for it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => Number(other.moduleId.endsWith('/sim.test.ts')) - Number(one.moduleId.endsWith('/sim.test.ts')))
  }
}

export default defineConfig(({ command }) => ({
  ...(command === 'build' ? widgetBuild : {}),
  test: {
    reporters: ['default', './e2e/tally.ts'],
    // The machine's cores are shared by servers and browsers, so limits are generous: a slow pass is a pass.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Loading the modules afresh for each file takes as long as many of the tests; nothing in them is changed by one.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{api,db,widget,e2e}/**/*.test.ts'],
          exclude: ['widget/dist/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'dom',
          include: ['widget/**/*.test.tsx'],
          environment: 'happy-dom',
          isolate: true,
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['e2e/**/*.spec.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}))
