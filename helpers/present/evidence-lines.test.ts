import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import type { Assertion } from '../curriculum/curriculum.ts';
import { exampleCard, exampleExercise, exampleFacts, exampleObservation } from '../record/examples.ts';
import type { Judgement } from '../runs/last-judged.ts';
import { evidenceLines, restingLines } from './evidence-lines.ts';

const assertion: Assertion = { id: 'm1.e1.a1', kind: ['negative'], needs: [], requires: 'The attacker is refused.' };
const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJwbGFudGVkIn0', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'].join('.');
const ran = { command: 'curl', typed: `curl -H 'Authorization: ${token}' http://backend/`, exitCode: 0 };
const exercise = {
  ...exampleExercise,
  claim: 'A policy refuses',
  card: { ...exampleCard, proves: ['m1.e1.a1', 'm1.e1.a2'] },
  commands: [
    { ...ran, step: 'Before', shown: ['HTTP/1.1 200 OK'] },
    { ...ran, step: 'After', shown: ['curl: (28) Connection timed out'], exitCode: 28 },
  ],
  observations: [
    { ...exampleObservation, command: 0 },
    { ...exampleObservation, step: 'After', verdict: 'blocked', signature: 'no answer (curl 28)', command: 1 },
  ] as const,
};

function judgement(status: 'passed' | 'failed', day = '2026-11-21'): Judgement {
  const state = status === 'passed' ? 'proven' : 'failed';
  return {
    run: {
      facts: { ...exampleFacts, startedAt: `${day}T03:12:00.000Z` },
      commit: 'e5f115c',
      only: '',
      exercises: [],
      leftovers: [],
    },
    status: { id: assertion.id, state, reason: status === 'passed' ? '' : 'It was served.' },
    exercises: [{ ...exercise, status }],
  };
}

function text(
  last: Judgement,
  proven: Judgement | undefined,
  steps: readonly (readonly [string, string[]])[] = [],
): string {
  const options = { steps: new Map(steps), errata: [], pageOf: () => 'file:///report#p', width: 100 };
  return stripVTControlCharacters(evidenceLines(assertion, { last, proven }, options).join('\n'));
}

test('a proven one has its claim, both commands with what they printed, its exercise and its page', () => {
  const proven = judgement('passed');
  const told = text(proven, proven, [['m1.e1.a1', ['After']]]);
  expect(told).toContain(
    'm1.e1.a1  PROVEN  21 November 2026, k3s, istiod 1.31, commit e5f115c\nCLAIM The attacker is refused.',
  );
  expect(told).toMatch(
    /FIRST Before\n +\$ curl .*\n +HTTP\/1\.1 200 OK\n +✓ let through {2}attacker → backend, GET \/: HTTP 200/,
  );
  expect(told).toMatch(
    /THEN {2}After\n +\$ curl .*\n +curl: \(28\).*\n +✕ refused {2}attacker → backend, GET \/: no answer/,
  );
  expect(told).toMatch(/BY {4}A policy refuses\nPAGE {2}file:\/\/\/report#p\nAGAIN make course ONLY=m1\.e1\.a1$/);
  expect(told).not.toContain('NOTE');
});

test('no secret is repeated', () => {
  expect(text(judgement('passed'), undefined)).not.toContain(token);
});

test('where no step is named, it says what else the exercise proves', () => {
  const proven = judgement('passed');
  expect(text(proven, proven).replaceAll(/\s+/g, ' ')).toContain(
    'NOTE The same exercise proves m1.e1.a2, and no step of this run is known to be the one for m1.e1.a1.',
  );
});

test('one that was not proven says why, and what proved it before', () => {
  const told = text(judgement('failed', '2026-11-22'), judgement('passed'));
  expect(told).toContain('m1.e1.a1  NOT PROVEN  22 November 2026');
  expect(told).toContain('WHY   It was served.');
  expect(told.indexOf('BEFORE THAT, PROVEN  21 November 2026')).toBeLessThan(told.indexOf('FIRST Before'));
  expect(text(judgement('failed'), undefined)).not.toContain('$ curl');
});

test('one that follows from others has each of them', () => {
  const last = judgement('passed');
  const cited = [
    { id: 'm1.e1.a1', requires: 'The attacker is refused.', judged: { last, proven: last } },
    { id: 'm1.e1.a2', requires: 'The frontend is served.', judged: { last: undefined, proven: undefined } },
  ];
  const status = { id: 'm1.e1.rq', state: 'open', reason: 'rests on m1.e1.a2' } as const;
  const told = stripVTControlCharacters(restingLines({ ...assertion, id: 'm1.e1.rq' }, status, cited, 100).join('\n'));
  expect(told).toMatch(/^m1\.e1\.rq {2}NOT PROVEN\n/);
  expect(told).toMatch(
    /proven +m1\.e1\.a1 +2026-11-21 e5f115c +The attacker is refused\.\n +not proven +m1\.e1\.a2 +The frontend/,
  );
});
