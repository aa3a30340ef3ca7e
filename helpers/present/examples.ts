/** A drill for tests: one fault, what may be guessed, and what customers met. */
import type { FortioResult } from '../calls/fortio.ts';
import type { FaultKind, HiddenFault } from '../curriculum/incident-card.ts';

export const exampleKinds: readonly FaultKind[] = [
  { kind: 'slow pod', means: 'a pod is slow', wouldShow: 'One pod takes long.' },
  { kind: 'failing pod', means: 'a pod fails', wouldShow: 'One pod answers 5xx.' },
];

export const exampleFault: HiddenFault = {
  manifest: '01-a/30-failing.yaml',
  kind: 'failing pod',
  component: 'backend-d',
  customer: 'Now and then it fails.',
  names: ['backend-d'],
  partOf: 'backend',
  decides: 'Q3',
  hint: 'Ask each pod.',
  why: 'Siblings do the same work.',
  provenBy: ['m1.e1.a1'],
  needs: ['k8s'],
};

export const exampleCalls: FortioResult = {
  startedAt: 0,
  seconds: 3,
  perSecond: 20,
  calls: 60,
  codes: { '200': 41, '502': 19 },
  mean: 31,
  least: 2,
  most: 812,
  percentile: () => 0,
};
