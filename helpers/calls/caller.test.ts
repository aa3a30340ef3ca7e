import { expect, test } from 'vitest';

import { execArguments, roleOf } from './caller.ts';

const reports = { namespace: 'shop', workload: 'deployment/reports' };

test('a command runs in the default container, or in the one that is named', () => {
  expect(execArguments(reports, ['date']).join(' ')).toBe('--namespace shop exec deployment/reports -- date');
  expect(execArguments({ ...reports, container: 'past-proxy' }, ['date']).join(' ')).toBe(
    '--namespace shop exec deployment/reports --container past-proxy -- date',
  );
});

test('the story calls it by its container where one is named', () => {
  expect(roleOf(reports)).toBe('reports');
  expect(roleOf({ ...reports, container: 'past-proxy' })).toBe('past-proxy');
});
