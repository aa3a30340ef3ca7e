import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

import StreamingAllureReporter from './helpers/report/allure-stream.ts';
import { LiveLines, watched } from './helpers/report/live-lines.ts';
import { timeouts } from './helpers/timeouts.ts';

/** Lessons run and are listed as the curriculum has them. */
class CurriculumOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId, 'en', { numeric: true }));
  }
}

const unit = process.argv.includes('unit');

// Failures as annotations in a job of GitHub. The course writes a table of its own to the job's page.
const annotations: ['github-actions', { jobSummary: { enabled: boolean; title: string } }][] =
  process.env['GITHUB_ACTIONS'] === 'true'
    ? [['github-actions', { jobSummary: { enabled: unit, title: 'Unit tests' } }]]
    : [];

// Lessons in other processes say their steps on the console, which only the lines below the report show.
const live = watched && !unit ? new LiveLines() : undefined;
if (live !== undefined) process.env['LIVE_LINES'] = 'yes';

export default defineConfig({
  test: {
    ...(live === undefined
      ? {}
      : {
          onConsoleLog: (text, _type, entity) => {
            live.step(entity?.id ?? '', text.trim());
            return false;
          },
        }),
    retry: 0,
    testTimeout: timeouts.exerciseMs,
    sequence: { sequencer: CurriculumOrder },
    reporters: unit
      ? ['default', ...annotations]
      : [
          ...(live === undefined ? [] : [live]),
          ['tree', { summary: live === undefined }],
          ...annotations,
          new StreamingAllureReporter({
            resultsDir: process.env['ALLURE_RESULTS'] ?? 'reports/allure-results',
            reportMatchers: false,
          }),
        ],
    projects: [
      { extends: true, test: { name: 'unit', include: ['helpers/**/*.test.ts', 'kind/**/*.test.ts'] } },
      {
        extends: true,
        // Each file has namespaces of its own, so several share the lab at a time; most of their time is waiting.
        test: {
          name: 'lessons',
          include: ['specs/**/*.spec.ts'],
          exclude: ['specs/**/*.mesh-wide.spec.ts'],
          maxWorkers: 5,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // These change what every namespace sees: one at a time, when nothing else runs.
        test: {
          name: 'mesh-wide lessons',
          include: ['specs/**/*.mesh-wide.spec.ts'],
          maxWorkers: 1,
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
