import { expect, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../../record/examples.ts';
import { matrixMarkdown, matrixPage, summary } from './matrix-page.ts';

const column = (kubernetes: string, status: string) => ({
  pair: { istio: '1.31.1', kubernetes },
  supported: kubernetes !== '1.37.2',
  folder: `istio-1.31.1-kubernetes-${kubernetes}`,
  run: {
    facts: exampleFacts,
    commit: 'abc',
    only: '',
    leftovers: [],
    exercises: [{ ...exampleExercise, status, claim: 'stops <anyone>', reason: status === 'failed' ? 'got 200' : '' }],
  },
});
const columns = [column('1.36.3', 'passed'), column('1.37.2', 'failed')];
const notYet = { pair: { istio: '1.30.5', kubernetes: '1.36.3' }, supported: true, folder: 'x' };

test('every cell leads into the report of its pair, and a pair that was not run has none', () => {
  const html = matrixPage([...columns, notYet]);
  expect(html).toContain('href="istio-1.31.1-kubernetes-1.36.3/html/index.html#p"');
  expect(html).toContain('title="got 200"');
  expect(html).toContain('stops &lt;anyone&gt;');
  expect(html).not.toContain('href="x/');
  expect(html).toContain('href="istio-1.31.1-kubernetes-1.37.2/drift.html"');
});

test('red pairs are named, and it is said how many were run', () => {
  expect(summary([...columns, notYet])).toBe('2 of 3 pairs have been run; red: Istio 1.31.1 on Kubernetes 1.37.2.');
  expect(summary(columns.slice(0, 1))).toContain('every exercise that could run passed');
});

test('a job is told the same in a table', () => {
  expect(matrixMarkdown([...columns, notYet])).toContain('| 1.31 | 1.37 | no | 0 passed, 1 not |');
  expect(matrixMarkdown([notYet])).toContain('| 1.30 | 1.36 | yes | not run |');
});
