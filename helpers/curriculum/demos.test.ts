import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';

import { UsageProblem } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { readCurriculum } from './curriculum.ts';
import { demoNamed, readDemos, shownBy } from './demos.ts';
import { exampleCurriculum, exampleDemo, exampleDemoCard } from './examples.ts';

const spec = `
  proves: ['m1.e1.a1'],
  await lesson.step("Before: nobody's name is known", async () => {});
  await lesson.step('After: it is', async () => {});
`;

/** A course of one exercise with the demo given, and another in each other folder that is named. */
async function course(card: object, ...others: string[]): Promise<{ specs: string; fixtures: string }> {
  const root = await mkdtemp(join(tmpdir(), 'demos-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const [specs, fixtures] = [join(root, 'specs'), join(root, 'fixtures')];
  for (const exercise of ['01-foundation/01-names', ...others]) {
    await mkdir(join(specs, exercise), { recursive: true });
    await writeFile(join(specs, exercise, 'demo.yaml'), stringify(card));
    await writeFile(join(specs, exercise, '01-resolve.spec.ts'), spec);
    await mkdir(join(fixtures, exercise, '01-resolve'), { recursive: true });
    await writeFile(join(fixtures, exercise, '01-resolve', '20-names.yaml'), '');
  }
  return { specs, fixtures };
}

test('a demo comes with the spec that it presents', async () => {
  const { specs, fixtures } = await course(exampleDemoCard);
  const [demo] = await readDemos(exampleCurriculum, specs, fixtures);
  expect(demo).toMatchObject({
    demo: 'names',
    path: '01-foundation/01-names/01-resolve',
    proves: ['m1.e1.a1'],
    file: join(specs, '01-foundation/01-names/01-resolve.spec.ts'),
  });
});

test('every fault is told with the file that has it', async () => {
  const { specs, fixtures } = await course({ ...exampleDemoCard, limit: 60 }, '01-foundation/02-more');
  await expect(readDemos(exampleCurriculum, specs, fixtures)).rejects.toThrow(
    [
      'Demos have faults:',
      'specs/01-foundation/01-names/demo.yaml beats: take 120 seconds, the limit is 60',
      'specs/01-foundation/02-more/demo.yaml beats: take 120 seconds, the limit is 60',
      "specs/01-foundation/02-more/demo.yaml demo: names is another's name too",
    ].join('\n'),
  );
});

test('a demo whose spec is not there is a fault', async () => {
  const { specs, fixtures } = await course({ ...exampleDemoCard, spec: '09-gone.spec.ts' });
  await expect(readDemos(exampleCurriculum, specs, fixtures)).rejects.toThrow(
    'demo.yaml spec: 09-gone.spec.ts is no spec beside it',
  );
});

test('a name that is no demo is answered with those that are', () => {
  expect(demoNamed([exampleDemo], 'names', 'demo-script')).toBe(exampleDemo);
  expect(() => demoNamed([exampleDemo], 'nams', 'demo-script')).toThrow('DEMO=nams is no demo');
  expect(() => demoNamed([exampleDemo], undefined, 'demo-script')).toThrow(
    expect.objectContaining({ next: 'make demo-script DEMO=names' }) as UsageProblem,
  );
});

test('ids that the exercise proves come with their words, and others apart', () => {
  expect(shownBy(['m1.e1.a1', 'm1.e1.a2'], exampleDemo, exampleCurriculum)).toEqual({
    own: [{ id: 'm1.e1.a1', requires: 'It answers.' }],
    others: ['m1.e1.a2'],
  });
});

test('every demo of the course fits, and can be typed', async () => {
  const demos = await readDemos(await readCurriculum());
  const makefile = await readFile(join(projectRoot, 'Makefile'), 'utf8');
  expect(demos.filter(({ demo }) => !makefile.includes(`\ndemo-${demo}:`)).map(({ path }) => path)).toEqual([]);
});
