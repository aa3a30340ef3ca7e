import { appendFile } from 'node:fs/promises';

import { deadlineShare, type RecordedExercise, warningShare } from '../record/record.ts';
import type { RunRecord } from './run-record.ts';

const marks: Readonly<Record<string, string>> = { passed: '✓ proven', skipped: '– skipped' };

/** The report has the whole of it. */
const longestReason = 300;

/** A run as the table that GitHub shows on the page of a job: Markdown, failures first. */
export function jobSummary({ facts, exercises }: RunRecord): string {
  const order = (status: string) => ['passed', 'skipped'].indexOf(status);
  const rows = exercises
    .toSorted((a, b) => Number(order(a.status) >= 0) - Number(order(b.status) >= 0))
    .map((exercise) => {
      const { path, claim, status, reason, durationMs } = exercise;
      const shown = reason.length > longestReason ? `${reason.slice(0, longestReason)}…` : reason;
      const why = shown === '' ? '' : `<br>${cell(shown)}`;
      return `| ${marks[status] ?? '✕ not proven'} | ${cell(claim)}<br><code>${path}</code>${why} | ${(durationMs / 1000).toFixed(1)} s | ${worstWait(exercise)} |`;
    });
  const count = (status: string) => exercises.filter((each) => each.status === status).length;
  const wrong = exercises.length - count('passed') - count('skipped');
  const versions = Object.entries({ ...facts.versions, Cluster: facts.provider }).map(
    ([name, value]) => `${name} ${value}`,
  );
  return [
    '## Mesh Mastery',
    `${exercises.length} exercises: ${count('passed')} proven, ${wrong} not proven, ${count('skipped')} skipped.`,
    cell(versions.join(', ')),
    ['| Result | Exercise | Took | Closest wait |', '|---|---|--:|--:|', ...rows].join('\n'),
    '',
  ].join('\n\n');
}

/** Appends a run's table to the job's page where a job of GitHub runs us; nothing elsewhere. */
export async function writeJobSummary(run: RunRecord, file = process.env['GITHUB_STEP_SUMMARY']): Promise<void> {
  if (file !== undefined && file !== '') await appendFile(file, jobSummary(run));
}

function worstWait({ waits }: Pick<RecordedExercise, 'waits'>): string {
  if (waits.length === 0) return '';
  const share = Math.max(...waits.map(deadlineShare));
  return `${share > warningShare ? '⚠ ' : ''}${Math.round(share * 100)} %`;
}

/** Text that stays one cell and is no markup. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', String.raw`\|`)
    .replaceAll('\n', ' ');
}
