import { expect, test } from 'vitest';

import type { IstioRelease } from '../../kind/istio-releases.ts';
import { exampleExercise } from '../record/examples.ts';
import { changelogItem, versionsItem } from './of-versions.ts';
import { askSupport, readSupportTable } from './support.ts';

/** Rows of the form that the site of Istio has. */
const table = `
- version: "master"
  supported: "No, development only"
  eolDate:
  k8sVersions: ["1.36"]
- version: "1.31"
  supported: "Yes"
  releaseDate: "Aug 20, 2026"
  eolDate: "~May 2027 (Expected)"
  k8sVersions: ["1.35", "1.36"]
- version: "1.30"
  supported: "No"
  eolDate: "Nov 1, 2026"
  k8sVersions:
`;
const rows = readSupportTable(table);
const releases = (...versions: string[]) => versions.map((version) => ({ version }) as IstioRelease);
const quiet = [{ source: 'npm', offers: [], asked: 3 }] as const;

test('the table is read, without what is only in development', () => {
  expect(rows).toEqual([
    { version: '1.31', supported: true, ends: '~May 2027 (Expected)', kubernetes: ['1.35', '1.36'] },
    { version: '1.30', supported: false, ends: 'Nov 1, 2026', kubernetes: [] },
  ]);
});

test('a release that is no longer supported, and a supported one that is not there, are red', () => {
  expect(versionsItem(quiet, rows, releases('1.31.1')).state).toBe('good');
  expect(versionsItem(quiet, rows, releases('1.31.1', '1.30.5'))).toMatchObject({
    state: 'bad',
    lines: expect.arrayContaining(['Istio 1.30.5 is no longer supported']),
  });
  expect(versionsItem(quiet, rows, releases('1.29.0')).lines).toContain(
    'Istio 1.31 is supported, and the course is not run on it',
  );
});

test('what was not looked up is said', async () => {
  const silent = [{ source: 'npm', offers: [], asked: 0, silent: 'no answer' }] as const;
  const reason = await askSupport('http://127.0.0.1:9/');
  expect(reason).toBe('its site could not be reached');
  expect(versionsItem(silent, reason, releases('1.31.1'))).toMatchObject({
    state: 'unknown',
    says: expect.stringContaining('The support table was not looked up: its site could not be reached.'),
    lines: ['npm: not asked, or not all of it: no answer'],
  });
  expect(changelogItem(['1.30', '1.31'], 'no sources', []).state).toBe('unknown');
});

test('a note is shown if it names what an exercise has in its manifests', () => {
  const exercise = {
    ...exampleExercise,
    manifests: [{ file: 'f', yaml: 'outlierDetection:\n  consecutive5xxErrors: 3', added: false }],
  } as unknown as typeof exampleExercise;
  const others = Array.from({ length: 20 }, (_, index) => ({ ...exampleExercise, path: `p${index}` }));
  const notes = [
    { file: 'a.yaml', text: `**Fixed** \`consecutive5xxErrors\` ${'x'.repeat(300)}` },
    { file: 'b.yaml', text: '**Added** `somethingElse`' },
  ];
  const { says, lines } = changelogItem(['1.30', '1.31'], notes, [exercise, ...others]);
  expect(says).toContain('1 of 2 release notes between Istio 1.30 and 1.31 name something');
  expect(lines).toEqual([expect.stringMatching(/^a\.yaml: .* … \(1 exercise, e\.g\. 01-foundation/)]);
});
