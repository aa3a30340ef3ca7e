/** Records as unit tests need them: each holds what is usual, and a test says what of it is special. */
import type { Card } from './card.ts';
import type { Observation } from './observation.ts';
import { emptyRecord, type RecordedExercise } from './record.ts';
import { type RunFacts, unknownFacts } from './run-facts.ts';

export const exampleObservation: Observation = {
  step: 'Before',
  caller: 'attacker',
  callerNamespace: 'bank',
  cluster: '',
  target: 'backend',
  request: 'GET /',
  verdict: 'allowed',
  signature: 'HTTP 200',
  changed: false,
  waitedMs: 100,
  deadlineMs: 30_000,
  attempts: 5,
};

export const exampleCard: Card = {
  persona: 'Sarah Martinez',
  question: 'Who may call?',
  proof: 'The same call is made before and after.',
  takeaway: 'Names resolve until nobody is there.',
  needs: [],
  proves: ['m1.e1.a1'],
  readMore: 'https://example.org/page',
};

export const exampleExercise: RecordedExercise = {
  ...emptyRecord,
  path: '01-foundation/04-network-policy/01-blocks',
  page: 'p',
  module: 'm',
  exercise: 'e',
  claim: 'c',
  status: 'passed',
  reason: '',
  message: '',
  startMs: 0,
  durationMs: 12_345,
  card: undefined,
  effectMs: undefined,
};

export const exampleFacts: RunFacts = {
  ...unknownFacts,
  versions: { istiod: '1.31' },
  provider: 'k3s',
  startedAt: '2026-11-21T03:12:00.000Z',
  durationMs: 83_000,
};
