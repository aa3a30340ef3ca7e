import { expect, test } from 'vitest';

import type { Transcript } from '../system/program.ts';
import { askedMeanwhile } from './ext-authz.ts';

test('what counts is what the proxy of the workload has counted while calls were made', async () => {
  const said: string[] = [];
  let denied = 2;
  const kubectl = async (...args: readonly string[]) => {
    said.push(args.slice(0, 2).join(' '));
    return { stdout: `http.inbound_0.0.0.0_80;.ext_authz.denied: ${denied}\n` } as Transcript;
  };
  const counted = await askedMeanwhile({ kubectl }, 'deployment/backend', async () => {
    said.push('call');
    denied += 5;
  });
  expect(counted).toEqual({ ok: 0, denied: 5, failed: 0, letThrough: 0, notAsked: 0 });
  expect(said).toEqual(['exec deployment/backend', 'call', 'exec deployment/backend']);
});
