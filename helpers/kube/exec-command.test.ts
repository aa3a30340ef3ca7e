import { expect, test } from 'vitest';

import { readExecCommand } from './exec-command.ts';

test('namespace, workload, container and command are read, wherever the flags stand', () => {
  expect(readExecCommand(['--namespace', 'shop', 'exec', 'deployment/till', '--', 'curl', '-c', 'jar'])).toEqual({
    namespace: 'shop',
    workload: 'deployment/till',
    container: undefined,
    words: ['curl', '-c', 'jar'],
  });
  expect(readExecCommand(['exec', '-n=shop', 'till', '-c', 'istio-proxy', '--', 'id'])).toEqual({
    namespace: 'shop',
    workload: 'till',
    container: 'istio-proxy',
    words: ['id'],
  });
});

test.each([
  ['another verb', ['--namespace', 'shop', 'logs', 'till', '--', 'id']],
  ['an unknown flag', ['--namespace', 'shop', 'exec', '-i', 'till', '--', 'id']],
  ['no namespace', ['exec', 'till', '--', 'id']],
  ['no command', ['--namespace', 'shop', 'exec', 'till', '--']],
  ['no separator', ['--namespace', 'shop', 'exec', 'till', 'id']],
])('%s is left to kubectl', (_, args) => {
  expect(readExecCommand(args)).toBeUndefined();
});
