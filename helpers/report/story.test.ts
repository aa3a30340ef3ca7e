import { expect, test } from 'vitest';

import type { Card } from '../card.ts';
import type { Sighting, Story } from '../evidence.ts';
import { effectMsOf, seconds, storyHtml } from './story.ts';

const card: Card = {
  persona: 'Ahmed',
  question: 'Is <this> safe?',
  proof: 'Because.',
  takeaway: 'Remember.',
  needs: ['k8s'],
  proves: ['m1.e4.a1'],
  errata: [{ id: 'E1', said: 'It is red.', fact: 'It is green.' }],
  readMore: 'https://istio.io/',
};
const seen: Sighting = {
  step: 'Before: open',
  caller: 'attacker',
  callerNamespace: 'bank',
  target: 'backend',
  request: 'GET /',
  verdict: 'allowed',
  signature: 'HTTP 200',
  waitedMs: 29_000,
  deadlineMs: 30_000,
  attempts: 5,
};
const manifest = { file: '20-policy.yaml', yaml: 'kind: NetworkPolicy', step: 'The policy' };
const after: Sighting = { ...seen, step: 'After: shut', verdict: 'blocked', waitedMs: 1234 };
const story: Story = { sightings: [seen, after], manifests: [manifest], findings: [], exhibits: [] };

test('carries everything a card demands, escaped', () => {
  const html = storyHtml(card, story, '<svg/>');
  for (const part of ['Is &lt;this&gt; safe?', 'Ahmed', 'Because.', 'Remember.', 'It is red.', 'It is green.']) {
    expect(html).toContain(part);
  }
  for (const part of ['kind: NetworkPolicy', 'm1.e4.a1', 'https://istio.io/', 'data:image/svg+xml;base64,PHN2Zy8+']) {
    expect(html).toContain(part);
  }
});

test('shows a manifest once, and says when it was applied again', () => {
  const manifests = [manifest, { ...manifest, step: 'And back' }, { ...manifest, yaml: 'kind: Other', step: 'Third' }];
  const html = storyHtml(card, { ...story, manifests }, '');
  expect(html.split('kind: NetworkPolicy')).toHaveLength(2);
  expect(html).toContain('applied again in “And back”');
  expect(html).toContain('kind: Other');
});

test('leaves out the parts that a skipped exercise cannot have', () => {
  const html = storyHtml(card, { sightings: [], manifests: [], findings: [], exhibits: [] }, '');
  expect(html).not.toContain('What happened');
  expect(html).not.toContain('What changes');
  expect(html).toContain('Remember.');
});

test('marks a wait that nearly used up its deadline, and no other', () => {
  expect(storyHtml(card, story, '').split('⚠')).toHaveLength(2);
});

test('takes the time to effect from the probes after the change', () => {
  expect(effectMsOf(storyHtml(card, story, ''))).toBe(1234);
  expect(effectMsOf(storyHtml(card, { ...story, manifests: [] }, ''))).toBeUndefined();
});

test.each([
  [400, '0.4\u00a0s'],
  [30_000, '30\u00a0s'],
  [59_700, '1\u00a0min 0\u00a0s'],
  [125_000, '2\u00a0min 5\u00a0s'],
])('writes %d ms as %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});

test('shows what else was found and measured, the picture as an image', () => {
  const findings = [{ step: 'After', claim: 'nobody logged it', evidence: 'lines: <0>' }];
  const html = storyHtml(card, { ...story, findings, exhibits: [{ title: 'Spread', html: '<svg>bars</svg>' }] }, '');
  expect(html).toContain('lines: &lt;0&gt;');
  expect(html).toContain(Buffer.from('<svg>bars</svg>').toString('base64'));
});
