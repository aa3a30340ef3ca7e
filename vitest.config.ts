import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

import ClaimOrder from './helpers/lesson/claim-order.ts';
import { patternsOf, specKinds } from './helpers/record/spec-kinds.ts';
import StreamingAllureReporter from './helpers/report/live/allure-stream.ts';
import { LiveLines, watched } from './helpers/report/live/live-lines.ts';
import { stateDir } from './helpers/system/paths.ts';
import { timeouts } from './helpers/system/timeouts.ts';

// vitest keeps the token of its interface there, which would be in the user's home.
process.env['XDG_DATA_HOME'] = stateDir;

/**
 * Lessons side by side. They wait for the cluster most of the time; three to a processor keep it busy, and more only make each
 * of them longer.
 */
const lanes = () => Math.min(3 * availableParallelism(), 16);

const unit = process.argv.includes('unit');

// Failures as annotations in a job of GitHub. The course writes a table of its own to the job's page.
const annotations: ['github-actions', { jobSummary: { enabled: boolean; title: string } }][] =
  process.env['GITHUB_ACTIONS'] === 'true'
    ? [['github-actions', { jobSummary: { enabled: unit, title: 'Unit tests' } }]]
    : [];

// Lessons in other processes say their steps on the console, which only the lines below the report show.
const live = watched && !unit ? new LiveLines() : undefined;

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
    // Lessons run in other processes, which have no terminal.
    provide: { watched: live !== undefined },
    retry: 0,
    // Each worker loads these: as one file each instead of some 1,600.
    deps: {
      optimizer: {
        ssr: {
          enabled: true,
          include: ['@kubernetes/client-node', '@observablehq/plot', 'execa', 'happy-dom', 'undici', 'yaml'],
        },
      },
    },
    // Answers of the cluster are large and short-lived: with room for them, half as many of them are copied by the collector.
    execArgv: ['--max-semi-space-size=32'],
    sequence: { sequencer: ClaimOrder },
    testTimeout: timeouts.exerciseMs,
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
      ...specKinds.map((kind, index) => ({
        extends: true as const,
        // Each file has namespaces of its own, or a turn on those of its exercise, so several share the lab at a time. What
        // failed the last time goes first, and then the longest, so that none is left over for the end.
        // What changes more than that runs one at a time, when nothing else does.
        test: {
          name: kind.project,
          ...patternsOf(kind),
          globalSetup: './helpers/lab/global-setup.ts',
          maxWorkers: kind.sideBySide ? lanes() : 1,
          isolate: false,
          sequence: { groupOrder: index + 1 },
        },
      })),
    ],
  },
});
