import { expect, test } from 'vitest';

import { emptyRecord, recordedExercise } from '../../record/record.ts';
import { pageId } from '../../record/results.ts';
import { type RunFacts, unknownFacts } from '../../record/run-facts.ts';
import { frontPageHtml } from './front-page.ts';

const facts: RunFacts = {
  ...unknownFacts,
  versions: { Istio: '1.31' },
  engine: 'Podman 4.3',
  provider: 'k3s',
  imageSource: 'assembled',
  standIns: [{ upstream: 'docker.io/library/nginx:1.30.5', madeOf: 'Debian nginx-light' }],
  startedAt: '2026-11-21T03:12:00.000Z',
  durationMs: 83_000,
  timings: { 'cluster start': 7_000 },
  machine: '2 cores',
};
const run = { facts, exercises: [], leftovers: [] };
const labels = [
  { name: 'epic', value: '01 Foundation' },
  { name: 'feature', value: '04 Network policy' },
  { name: 'story', value: 'NetworkPolicy blocks' },
];
const skipped = recordedExercise(
  { uuid: 'a', name: '01 NetworkPolicy blocks', status: 'skipped', labels },
  { ...emptyRecord, skipped: ['needs netpol: not found'] },
);
const failed = recordedExercise({
  uuid: 'b',
  name: 'x',
  status: 'broken',
  labels,
  statusDetails: { message: 'Why\nmore' },
});

test('it says that success with customers is not the course’s to prove', () => {
  expect(frontPageHtml(run)).toContain('no result of it supports a sales figure');
});

test('reads the reason of a skip out of the record and that of a failure out of its first line', () => {
  expect(skipped).toMatchObject({
    module: '01 Foundation',
    claim: 'NetworkPolicy blocks',
    reason: 'needs netpol: not found',
  });
  expect(failed.reason).toBe('Why');
});

test('lists each exercise with a link to its page, its status and its reason', () => {
  const html = frontPageHtml({ ...run, exercises: [skipped, failed] });
  expect(html).toContain(`href="#${pageId('a')}"`);
  expect(html).toContain('needs netpol: not found');
  expect(html).toContain('2 exercises: 0 proven, 1 not proven, 1 skipped.');
});

test('leads three kinds of readers to what the report has for them, before it says how to read it', () => {
  const modules = [{ persona: 'Sarah Martinez', title: 'Foundation', page: 'head' }];
  const html = frontPageHtml(run, { modules });
  expect(html).toMatch(/I want to learn.*I maintain this course.*I meet a customer tomorrow.*How to read it/s);
  expect(html).toContain('<a href="#head">Foundation</a>');
});

test('warns of a wait that came close to its deadline, and of exercises that ended both ways', () => {
  const wait = { step: 'After', reason: 'no answer', held: true, waitedMs: 29_000, deadlineMs: 30_000, attempts: 9 };
  const html = frontPageHtml(
    { ...run, exercises: [{ ...failed, waits: [wait] }] },
    {
      flakes: [{ path: '01-a/02-b', passed: 1, runs: 2 }],
    },
  );
  expect(html).toContain('1 of 1 waits used more than 75 %');
  expect(html).toContain('1 of 2 runs');
});

test('names versions, stand-ins and where the time went', () => {
  const html = frontPageHtml(run);
  for (const part of ['1.31', 'Podman 4.3', 'docker.io/library/nginx:1.30.5', 'Debian nginx-light', 'cluster start']) {
    expect(html).toContain(part);
  }
});

test('what was wrong after the last lesson stands beside the verdict, escaped', () => {
  expect(frontPageHtml({ ...run, leftovers: ['Namespace <a> is still there.'] })).toContain('Namespace &lt;a&gt;');
});

test('what is about the course texts as a whole is told, and nothing else of what they got wrong', () => {
  const erratum = { id: 'E1', evidence: ['run' as const], claim: 'It never answers.', truth: 'It does.' };
  const errata = [
    { ...erratum, frontPage: true },
    { ...erratum, id: 'E2' },
  ];
  const html = frontPageHtml(run, { errata });
  expect(html).toContain('About the course texts');
  expect(html).toContain('E1');
  expect(html).not.toContain('E2');
});
