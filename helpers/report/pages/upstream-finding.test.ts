import { expect, test } from 'vitest';

import type { KnownErratum } from '../../curriculum/curriculum.ts';
import { exampleExercise } from '../../record/examples.ts';
import { unknownFacts } from '../../record/run-facts.ts';
import { findingText, upstreamFindings } from './upstream-finding.ts';

const erratum: KnownErratum = {
  id: 'E401',
  evidence: ['source'],
  claim: 'The field is ignored.',
  truth: 'The rule is dropped.',
  toldBy: 'C11',
  reportTo: 'https://tracker.example/issues',
};
const card = { ...exampleExercise.card, errata: ['E401'] } as NonNullable<typeof exampleExercise.card>;
const shown = {
  ...exampleExercise,
  card,
  status: 'passed',
  manifests: [{ file: '20-policy.yaml', yaml: 'kind: AuthorizationPolicy\n', step: 'Change' }],
  findings: [
    { step: 'After', claim: 'nobody is let in', evidence: '403' },
    { step: 'After', claim: 'nobody is let in', evidence: 'not yet', superseded: true as const },
  ],
};

test('only what passed and can be reported is found', () => {
  expect(upstreamFindings([erratum], [shown])).toEqual([{ erratum, exercise: shown }]);
  expect(upstreamFindings([erratum], [{ ...shown, status: 'failed' }])).toEqual([]);
  expect(upstreamFindings([erratum], [{ ...shown, card: { ...card, errata: [] } }])).toEqual([]);
  const { reportTo: _, ...ofNobody } = erratum;
  expect(upstreamFindings([ofNobody], [shown])).toEqual([]);
});

test('the text has versions, manifest, what is told and what was seen last', () => {
  const facts = { ...unknownFacts, versions: { Istio: '1.31.1' } };
  const sources = [{ id: 'C11', title: 'Concepts', pages: ['https://istio.example/security/'], read: '2026-11-29' }];
  const text = findingText({ erratum, exercise: shown }, facts, sources);
  const order = [
    '# The field is ignored.',
    'Not so: The rule is dropped.',
    'https://tracker.example/issues',
    'https://istio.example/security/',
    '- Istio: 1.31.1',
    '## Expected',
    '### Change',
    'kind: AuthorizationPolicy',
    '### After',
    '403',
  ].map((words) => text.indexOf(words));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(text).not.toContain('not yet');
});
