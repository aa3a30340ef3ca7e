import { expect, test } from 'vitest';

import { exampleObservation } from '../record/examples.ts';
import type { Observation } from '../record/observation.ts';
import { apiDrift, drift } from './drift.ts';

const observation: Observation = {
  ...exampleObservation,
  step: 'After: the same attack gets no answer',
  verdict: 'blocked',
  signature: 'no answer (curl 28)',
  waitedMs: 1_000,
};
const wait = { step: 'After', reason: 'no answer', held: true, waitedMs: 1_000, deadlineMs: 30_000, attempts: 5 };
const finding = { step: 'And', claim: 'two endpoints', evidence: '10.244.0.7 10.244.0.8' };
const exercise = {
  path: '01-foundation/04-network-policy/01-blocks',
  status: 'passed',
  message: '',
  reason: '',
  observations: [observation],
  findings: [finding],
  waits: [wait],
  card: undefined,
};

test('two runs that saw the same differ in nothing, whatever addresses and seconds they had', () => {
  const later = {
    ...exercise,
    findings: [{ ...finding, evidence: '10.244.0.17 10.244.0.18' }],
    waits: [{ ...wait, waitedMs: 2_500 }],
  };
  expect(drift([exercise], [later], 3)).toEqual([]);
});

test('a changed verdict is shown with the evidence of both', () => {
  const open = { ...exercise, observations: [{ ...observation, verdict: 'allowed' as const, signature: 'HTTP 200' }] };
  expect(drift([exercise], [open], 3)).toEqual([
    {
      path: exercise.path,
      kind: 'verdict',
      what: 'After: the same attack gets no answer: attacker → backend, GET /',
      a: 'blocked: no answer (curl 28)',
      b: 'allowed: HTTP 200',
    },
  ]);
});

test('a failure is shown with its message, and what it did not come to is no drift of its own', () => {
  const failed = { ...exercise, status: 'failed', message: 'Expected…\ngot…', observations: [], findings: [] };
  expect(drift([exercise], [failed], 3)).toMatchObject([{ kind: 'status', a: 'passed', b: 'failed: Expected…\ngot…' }]);
});

test('a call that one of two passing runs did not make is a drift', () => {
  expect(drift([exercise], [{ ...exercise, observations: [] }], 3)).toMatchObject([
    { kind: 'verdict', b: 'not called' },
  ]);
});

test('an exercise that came or went is a drift of status', () => {
  expect(drift([exercise], [], 3)).toMatchObject([{ kind: 'status', b: 'not there' }]);
  expect(drift([], [exercise], 3)).toMatchObject([{ kind: 'status', a: 'not there' }]);
});

test('a wait differs beyond the factor, and only where it takes more than half of its deadline', () => {
  const waiting = (waitedMs: number) => ({ ...exercise, waits: [{ ...wait, waitedMs }] });
  expect(drift([waiting(5_000)], [waiting(16_000)], 3)).toMatchObject([{ kind: 'wait', b: '16.0 s of 30 s' }]);
  expect(drift([waiting(16_000)], [waiting(5_000)], 3)).toHaveLength(1);
  expect(drift([waiting(5_000)], [waiting(16_000)], 4)).toEqual([]);
  expect(drift([waiting(1_000)], [waiting(14_000)], 3)).toEqual([]);
});

test('a call to nobody ends in two ways without a difference, a call that was answered does not', () => {
  const nobody = (signature: string) => ({
    ...exercise,
    observations: [{ ...observation, verdict: 'broken' as const, signature }],
  });
  expect(drift([nobody('connection refused (curl 7)')], [nobody('no answer (curl 28)')], 3)).toEqual([]);
  expect(drift([nobody('connection refused (curl 7)')], [nobody('HTTP 503')], 3)).toHaveLength(1);
});

test('the same call made twice is compared one by one', () => {
  const twice = { ...exercise, observations: [observation, observation] };
  const second = {
    ...exercise,
    observations: [observation, { ...observation, signature: 'connection refused (curl 7)' }],
  };
  expect(drift([twice], [second], 3)).toHaveLength(1);
});

test('of what was cut only the claim counts; what grew until it was cut differs', () => {
  const saying = (evidence: string) => ({ ...exercise, findings: [{ ...finding, evidence }] });
  expect(drift([saying('listener a\n…')], [saying('listener b\n…')], 3)).toEqual([]);
  expect(drift([saying('listener a')], [saying('listener a\n…')], 3)).toMatchObject([{ kind: 'output' }]);
});

test('counts differ beyond chance only, and then also where both have some', () => {
  const counting = (evidence: string) => ({ ...exercise, findings: [{ ...finding, evidence }] });
  const few = counting('{"HTTP 500":16,"HTTP 200":14}');
  expect(drift([few], [counting('{"HTTP 200":19,"HTTP 500":11}')], 3)).toEqual([]);
  const canary = counting('{"v1":900,"v2":100}');
  expect(drift([canary], [counting('{"v1":500,"v2":500}')], 3)).toMatchObject([{ kind: 'output' }]);
  const cut = '8 × HTTP 200 from a-c9b786c76-cqlzf\n…';
  expect(drift([counting(cut)], [counting('40 × HTTP 200 from a-c9b786c76-cqlzf')], 3)).toEqual([]);
});

test('warnings that came or went are told, and those that stayed are not', () => {
  const warned = (...texts: string[]) => ({
    ...exercise,
    warnings: texts.map((text) => ({ step: 'After', text })),
  });
  const endpoints = 'Warning: v1 Endpoints is deprecated in v1.33+';
  expect(drift([warned(endpoints)], [warned(endpoints, endpoints)], 3)).toEqual([]);
  expect(drift([exercise], [warned(endpoints)], 3)).toEqual([
    { path: exercise.path, kind: 'warning', what: 'it came', a: 'not warned of', b: endpoints },
  ]);
  expect(drift([warned(endpoints)], [warned()], 3)).toMatchObject([{ kind: 'warning', what: 'it went' }]);
});

test('a disproof that ended red says that the claim of the text may hold now', () => {
  const card = {
    persona: 'Ahmed Hassan' as const,
    question: '',
    proof: '',
    takeaway: '',
    needs: [],
    proves: [],
    errata: ['E114'],
    readMore: '',
  };
  const failed = { ...exercise, card, status: 'failed', message: 'Expected 403, got 200' };
  expect(drift([{ ...exercise, card }], [failed], 3)).toMatchObject([
    { kind: 'status' },
    { kind: 'disproof', what: 'E114', a: 'shown to be wrong', b: 'no longer shown to be wrong' },
  ]);
  expect(drift([{ ...exercise, card }], [{ ...failed, status: 'skipped' }], 3)).toMatchObject([{ kind: 'status' }]);
});

test('a deprecated API that only one run asked for is told; a run that does not know says nothing', () => {
  expect(apiDrift(['v1 endpoints'], ['v1 endpoints'])).toEqual([]);
  expect(apiDrift([], ['v1 endpoints'])).toMatchObject([
    { kind: 'warning', what: 'deprecated API: v1 endpoints', a: 'not asked for', b: 'asked for' },
  ]);
  expect(apiDrift(undefined, ['v1 endpoints'])).toEqual([]);
});

test('of a load in several parts, each is a count that chance decides', () => {
  const saying = (evidence: string) => ({ ...exercise, findings: [{ ...finding, evidence }] });
  const load = (half: number) =>
    `before: (calls: 11, failed: 0), half: (calls: 59, failed: ${half}), once in 10^14 runs`;
  expect(drift([saying(load(6))], [saying(load(0).replace('14', '18'))], 3)).toEqual([]);
  expect(drift([saying(load(0))], [saying(load(59))], 3)).toMatchObject([{ kind: 'output' }]);
  expect(drift([saying(load(0))], [saying(load(0).replace('calls: 59', 'calls: 0'))], 3)).toHaveLength(1);
  const part = (failed: number) => `before: (calls: 11, failed: ${failed})`;
  expect(drift([saying(part(0))], [saying(part(11))], 3)).toHaveLength(1);
  expect(drift([saying(load(6))], [saying(load(6).replace('half', 'end'))], 3)).toMatchObject([{ kind: 'output' }]);
});

test('what was done again counts as it was at last, and a measured figure is the run’s own', () => {
  const inVain = { ...finding, evidence: 'in vain' };
  const gotThrough = { ...finding, evidence: 'got through' };
  const looks = (...findings: (typeof inVain & { superseded?: true })[]) => ({ ...exercise, findings });
  expect(drift([looks(inVain)], [looks({ ...gotThrough, superseded: true }, inVain)], 3)).toEqual([]);
  expect(drift([looks(inVain)], [looks(gotThrough, inVain)], 3)).toMatchObject([
    { kind: 'output' },
    { kind: 'output' },
  ]);
  const measured = (evidence: string) => ({
    ...exercise,
    findings: [{ ...finding, claim: 'measured: pods', evidence }],
  });
  expect(drift([measured('0 pods')], [measured('1 pods')], 3)).toEqual([]);
});

test('a measured figure that happens to be a whole number is one all the same, none is not', () => {
  const saying = (evidence: string) => ({ ...exercise, findings: [{ ...finding, evidence }] });
  expect(drift([saying('toV2: 1.7, backToV1: 1.98')], [saying('toV2: 3.21, backToV1: 3')], 3)).toEqual([]);
  expect(drift([saying('[1795950114.32,"101"]')], [saying('[1795950616,"101"]')], 3)).toEqual([]);
  expect(drift([saying('lost: 3')], [saying('lost: 0')], 3)).toMatchObject([{ kind: 'output' }]);
});
