import { expect, test } from 'vitest';

import { readProxyStatus } from './proxy-status.ts';

const table = `NAME                                      CLUSTER     ISTIOD                        VERSION               SUBSCRIBED TYPES
backend-6c5f9b7d4-x2x9k.m5-e11-upgrade    west        istiod-1-30-7d9c5b8f6-2lq8w   1.30-9739e10eb9d7     4 (CDS,LDS,EDS,RDS)
visitor-5d8c7b6f5-abcde.m5-e11-upgrade    west        istiod-6f7b9c8d5-q4w2z        1.31.1                3 (CDS,LDS,EDS)
`;

test('each proxy is read with its pod, its istiod and its version', () => {
  expect(readProxyStatus(table)).toEqual([
    {
      pod: 'backend-6c5f9b7d4-x2x9k',
      namespace: 'm5-e11-upgrade',
      istiod: 'istiod-1-30-7d9c5b8f6-2lq8w',
      version: '1.30-9739e10eb9d7',
    },
    {
      pod: 'visitor-5d8c7b6f5-abcde',
      namespace: 'm5-e11-upgrade',
      istiod: 'istiod-6f7b9c8d5-q4w2z',
      version: '1.31.1',
    },
  ]);
});

test('where no proxy is connected there is a head alone, or nothing', () => {
  expect(readProxyStatus('NAME     CLUSTER     ISTIOD     VERSION     SUBSCRIBED TYPES\n')).toEqual([]);
  expect(readProxyStatus('')).toEqual([]);
});
