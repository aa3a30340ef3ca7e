import { expect, test } from 'vitest';

import { faults } from './faults.ts';
import { cell, faultGrid, inWords } from './verdict.ts';

const [fault = expect.fail('there are no faults')] = faults;
const seen = (state: 'passed' | 'failed' | 'skipped') =>
  ({
    lesson: 'policy',
    state,
    faultState: 'broken',
    seconds: 7,
    reason: state === 'failed' ? 'no answer' : '',
  }) as const;

test('a lesson that is green on broken ground is wrong', () => {
  expect(cell(fault, 'red', seen('passed')).right).toBe(false);
  expect(inWords(cell(fault, 'red', seen('passed')))).toContain('WRONG: passed');
});

test('a lesson that is red although what broke is nothing to it is wrong', () => {
  expect(cell(fault, 'green', seen('failed')).right).toBe(false);
});

test('a lesson that was skipped proves nothing, whatever was demanded', () => {
  for (const demanded of ['red', 'green', 'either'] as const) {
    expect(cell(fault, demanded, seen('skipped')).right).toBe(false);
  }
});

test('a lesson that ended before anything was broken is wrong, whatever was demanded', () => {
  for (const demanded of ['red', 'green', 'either'] as const) {
    const unbroken = cell(fault, demanded, {
      ...seen(demanded === 'green' ? 'passed' : 'failed'),
      faultState: 'not yet' as const,
    });
    expect(unbroken.right).toBe(false);
    expect(inWords(unbroken)).toContain('before anything was broken');
  }
});

test('a lesson whose workloads have nothing to break must not notice the fault', () => {
  const none = { faultState: 'nothing to break' } as const;
  expect(cell(fault, 'red', { ...seen('passed'), ...none })).toMatchObject({ demanded: 'green', right: true });
  expect(cell(fault, 'red', { ...seen('failed'), ...none }).right).toBe(false);
});

test('a fault that passes by itself may be outlived', () => {
  expect(cell(fault, 'either', seen('passed')).right).toBe(true);
  expect(cell(fault, 'either', seen('failed')).right).toBe(true);
});

test('the grid has a row a fault, a column a lesson, and says why each red one was red', () => {
  const grid = faultGrid([cell(fault, 'red', seen('failed'))], faults);
  expect(grid.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(faults.length + 1);
  expect(grid).toContain(`- ${fault.name}, policy: no answer`);
});

test('at least ten faults, each with a name of its own', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.length).toBeGreaterThanOrEqual(10);
});

test('a fault of the mesh is nothing to a lesson without one', () => {
  const demands = (name: string) => faults.find((one) => one.name === name)?.demands;
  expect(demands('istiod-down')?.(['k8s', 'netpol'])).toBe('green');
  expect(demands('istiod-down')?.(['k8s', 'sidecar'])).toBe('red');
  expect(demands('policy-engine-stopped')?.(['k8s', 'sidecar'])).toBe('green');
});
