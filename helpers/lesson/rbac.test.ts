import { expect, test } from 'vitest';

import type { Transcript } from '../system/program.ts';
import { rbacCountersOf } from './rbac.ts';

test('the counters are those of the workload that is named', async () => {
  const asked: string[] = [];
  const kubectl = async (...args: readonly string[]) => {
    asked.push(...args.slice(0, 2));
    return { stdout: 'http.inbound_0.0.0.0_80;.rbac.denied: 3\n' } as Transcript;
  };
  expect(await rbacCountersOf({ kubectl }, 'deployment/backend')).toMatchObject({ allowed: 0, denied: 3 });
  expect(asked).toEqual(['exec', 'deployment/backend']);
});
