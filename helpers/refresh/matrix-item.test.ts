import { expect, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { matrixItem } from './matrix-item.ts';

test('each pair has its day, and one without a run of this commit says so', () => {
  const run = { facts: exampleFacts, commit: 'abc', only: '', exercises: [exampleExercise], leftovers: [] };
  const column = { pair: { istio: '1.31.1', kubernetes: '1.36.3' }, supported: true, folder: 'f' };
  expect(matrixItem([{ ...column, run }, column])).toMatchObject({
    state: 'unknown',
    lines: [
      'Istio 1.31.1 on Kubernetes 1.36.3, 2026-11-21: 1 proven, 0 not, 0 skipped',
      'Istio 1.31.1 on Kubernetes 1.36.3: not run on this commit',
    ],
  });
});
