import { expect, test } from 'vitest';

import type { Card } from '../../record/card.ts';
import { exampleObservation } from '../../record/examples.ts';
import type { Observation, Story } from '../../record/observation.ts';
import { emptyRecord } from '../../record/record.ts';
import { lessonHtml } from './lesson-page.ts';

const card: Card = {
  persona: 'Ahmed',
  question: 'Is <this> safe?',
  proof: 'Because.',
  takeaway: 'Remember.',
  needs: ['k8s'],
  proves: ['m1.e4.a1'],
  errata: ['E1'],
  readMore: 'https://istio.io/',
};
const seen: Observation = { ...exampleObservation, step: 'Before: open', waitedMs: 29_000 };
const manifest = { file: '20-policy.yaml', yaml: 'kind: NetworkPolicy', step: 'The policy' };
const after: Observation = { ...seen, step: 'After: shut', verdict: 'blocked', changed: true, waitedMs: 1234 };
const story: Story = { ...emptyRecord, observations: [seen, after], manifests: [manifest] };

const errata = [
  { id: 'E1', evidence: [], claim: 'It is red.', truth: 'It is green.' },
  { id: 'E2', evidence: [], claim: 'Another claim.', truth: 'Another truth.' },
];

test('carries everything a card demands, escaped', () => {
  const html = lessonHtml(card, story, '<svg/>', errata);
  for (const part of ['Is &lt;this&gt; safe?', 'Ahmed', 'Because.', 'Remember.', 'It is red.', 'It is green.']) {
    expect(html).toContain(part);
  }
  expect(html).not.toContain('Another claim.');
  for (const part of ['kind: NetworkPolicy', 'm1.e4.a1', 'https://istio.io/', 'data:image/svg+xml;base64,PHN2Zy8+']) {
    expect(html).toContain(part);
  }
});

test('shows a manifest once, and says when it was applied again', () => {
  const manifests = [manifest, { ...manifest, step: 'And back' }, { ...manifest, yaml: 'kind: Other', step: 'Third' }];
  const html = lessonHtml(card, { ...story, manifests }, '', errata);
  expect(html.split('kind: NetworkPolicy')).toHaveLength(2);
  expect(html).toContain('applied again in “And back”');
  expect(html).toContain('kind: Other');
});

test('leaves out the parts that a skipped exercise cannot have', () => {
  const html = lessonHtml(card, emptyRecord, '', errata);
  expect(html).not.toContain('What happened');
  expect(html).not.toContain('What changes');
  expect(html).toContain('Remember.');
});

test('marks a wait that nearly used up its deadline, and no other', () => {
  expect(lessonHtml(card, story, '', errata).split('⚠')).toHaveLength(2);
});

test('shows what else was found and measured, the picture as an image', () => {
  const findings = [{ step: 'After', claim: 'nobody logged it', evidence: 'lines: <0>' }];
  const html = lessonHtml(
    card,
    { ...story, findings, exhibits: [{ title: 'Spread', html: '<svg>bars</svg>' }] },
    '',
    errata,
  );
  expect(html).toContain('lines: &lt;0&gt;');
  expect(html).toContain(Buffer.from('<svg>bars</svg>').toString('base64'));
});
