import { expect, test } from 'vitest';

import type { Card } from '../../record/card.ts';
import { exampleObservation } from '../../record/examples.ts';
import type { Observation } from '../../record/observation.ts';
import { emptyRecord, type ExerciseRecord } from '../../record/record.ts';
import { lessonHtml } from './lesson-page.ts';

const card: Card = {
  persona: 'Ahmed Hassan',
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
const story: ExerciseRecord = { ...emptyRecord, observations: [seen, after], manifests: [manifest] };

const explained = {
  assertions: [{ id: 'm1.e4.a1', requires: 'Both get in.' }],
  errata: [
    { id: 'E1', evidence: [], claim: 'It is red.', truth: 'It is green.' },
    { id: 'E2', evidence: [], claim: 'Another claim.', truth: 'Another truth.' },
  ],
};
const none = { map: '', sequence: '' };
const pageOf = (told: ExerciseRecord, pictures = none) => lessonHtml(card, told, pictures, explained);

test('carries everything a card demands, escaped', () => {
  const html = pageOf(story, { map: '<svg/>', sequence: '<svg></svg>' });
  for (const part of ['Is &lt;this&gt; safe?', 'Ahmed', 'Because.', 'Remember.', 'It is red.', 'It is green.']) {
    expect(html).toContain(part);
  }
  expect(html).not.toContain('Another claim.');
  for (const part of [
    'kind: NetworkPolicy',
    'm1.e4.a1',
    'https://istio.io/',
    'data:image/svg+xml;charset=utf-8,%3Csvg/%3E',
  ]) {
    expect(html).toContain(part);
  }
});

test('shows a manifest once, and says when it was applied again', () => {
  const manifests = [manifest, { ...manifest, step: 'And back' }, { ...manifest, yaml: 'kind: Other', step: 'Third' }];
  const html = pageOf({ ...story, manifests });
  expect(html.split('kind: NetworkPolicy')).toHaveLength(2);
  expect(html).toContain('applied again in “And back”');
  expect(html).toContain('kind: Other');
});

test('leaves out the parts that a skipped exercise cannot have', () => {
  const html = pageOf(emptyRecord);
  expect(html).not.toContain('What happened');
  expect(html).not.toContain('What changes');
  expect(html).toContain('Remember.');
});

test('says of a skipped exercise that nothing was seen, and what it lacks', () => {
  const html = pageOf({ ...emptyRecord, skipped: ['needs <kiali>: not found'] });
  expect(html).toContain('nothing on this page was seen in this run');
  expect(html).toContain('Why: needs &lt;kiali&gt;: not found.');
  expect(html).not.toContain('Why this proves it');
  expect(pageOf(story)).not.toContain('was skipped');
});

test('names the cluster of a caller and of a manifest where there are several, and how to start them', () => {
  const commands = [
    { step: 'After', command: '', typed: "kubectl --context west exec a -- curl 'https://ledger/'", exitCode: 0 },
  ];
  const html = pageOf({
    ...story,
    observations: [
      { ...after, caller: 'frontend', cluster: 'west', target: 'ledger', host: 'ledger:8443', command: 0 },
    ],
    manifests: [{ ...manifest, cluster: 'east' }],
    commands,
  });
  expect(html).toContain('frontend in west → ledger');
  expect(html).toContain('by https at :8443');
  expect(html).toContain('applied to cluster east in “The policy”');
  expect(html).toContain('<code>make up CLUSTERS=2</code> starts the clusters');
});

test('marks a wait that nearly used up its deadline, and no other', () => {
  expect(pageOf(story).split('⚠')).toHaveLength(2);
});

test('shows what else was found and measured, the picture as an image before the manifest, a table after the findings', () => {
  const findings = [{ step: 'After', claim: 'nobody logged it', evidence: 'lines: <0>' }];
  const exhibits = [
    { title: 'Cost', html: '<table>rows</table>' },
    { title: 'Spread', html: '<svg>bars</svg>' },
  ];
  const html = pageOf({ ...story, findings, exhibits });
  const order = ['%3Csvg%3Ebars%3C/svg%3E', 'What changes', 'lines: &lt;0&gt;', '<table>rows</table>'];
  const places = order.map((text) => html.indexOf(text));
  expect(places[0]).toBeGreaterThan(0);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('tells what an id of the curriculum means', () => {
  expect(pageOf(story)).toContain('Both get in.');
});

test('shows a call with its command and what it printed, and a finding with what stands around it', () => {
  const commands = [{ step: 'After', command: '', typed: 'kubectl exec a', exitCode: 0, shown: ['HTTP/1.1 403'] }];
  const findings = [{ step: 'After', claim: 'it was logged', evidence: 'the line', around: 'before\nthe line' }];
  const html = pageOf({ ...story, observations: [{ ...after, command: 0 }], commands, findings });
  expect(html).toContain('$ kubectl exec a\nHTTP/1.1 403');
  expect(html).toMatch(/the line<\/code><details/);
});

test('says how to do it alone, in this order', () => {
  const commands = [{ step: 'Before', command: '', typed: 'kubectl apply -f x.yaml', exitCode: 0 }];
  const html = pageOf({ ...story, commands, namespaces: ['shop'] });
  expect(html).toContain('# Before\nkubectl apply -f x.yaml\n\n# Clean up\nkubectl delete namespace shop');
  const places = [
    'What changes',
    'What was typed',
    'Why this proves it',
    'Takeaway',
    'often told wrong',
    'Do it yourself',
  ];
  expect(places.map((part) => html.indexOf(part))).toEqual(
    places.map((part) => html.indexOf(part)).toSorted((a, b) => a - b),
  );
});

test('a finding has the command that printed it, and a count has none', () => {
  const commands = [{ step: 'After', command: 'c', typed: 'kubectl logs deployment/<a>', exitCode: 0 }];
  const finding = { step: 'After', claim: 'it was logged', evidence: 'the line', command: 0 };
  const told = (printed: boolean) => pageOf({ ...story, commands, findings: [{ ...finding, printed }] });
  expect(told(true)).toMatch(/the command that printed it[^]*\$ kubectl logs deployment\/&lt;a&gt;/);
  expect(told(false)).not.toContain('the command that printed it');
});
