import { expect, test } from 'vitest';

import { readProxyStatus, readRejections, readTypeStatus } from './proxy-status.ts';

const table = `NAME                                      CLUSTER     ISTIOD                        VERSION               SUBSCRIBED TYPES
backend-6c5f9b7d4-x2x9k.m5-e11-upgrade    west        istiod-1-30-7d9c5b8f6-2lq8w   1.30-9739e10eb9d7     4 (CDS,LDS,EDS,RDS)
visitor-5d8c7b6f5-abcde.m5-e11-upgrade    west        istiod-6f7b9c8d5-q4w2z        1.31.1                3 (CDS,LDS,EDS)
`;

test('each proxy is read with its pod, its istiod and its version', () => {
  expect(readProxyStatus(table)).toEqual([
    {
      pod: 'backend-6c5f9b7d4-x2x9k',
      namespace: 'm5-e11-upgrade',
      cluster: 'west',
      istiod: 'istiod-1-30-7d9c5b8f6-2lq8w',
      version: '1.30-9739e10eb9d7',
    },
    {
      pod: 'visitor-5d8c7b6f5-abcde',
      namespace: 'm5-e11-upgrade',
      cluster: 'west',
      istiod: 'istiod-6f7b9c8d5-q4w2z',
      version: '1.31.1',
    },
  ]);
});

test('where no proxy is connected there is a head alone, or nothing', () => {
  expect(readProxyStatus('NAME     CLUSTER     ISTIOD     VERSION     SUBSCRIBED TYPES\n')).toEqual([]);
  expect(readProxyStatus('')).toEqual([]);
});

test('the longer table has a status for each type', () => {
  const longTable = `
NAME                         CLUSTER        CDS               ECDS        EDS               LDS            RDS          ISTIOD                      VERSION
backend-5c9d-x2x2x.shop      Kubernetes     SYNCED (3m2s)     IGNORED     SYNCED (3m2s)     ERROR (4s)     NOT SENT     istiod-7b8b9d6b9d-abcde     1.31.0
`;
  expect(readTypeStatus(longTable)).toEqual([
    {
      pod: 'backend-5c9d-x2x2x',
      namespace: 'shop',
      byType: { CDS: 'SYNCED', ECDS: 'IGNORED', EDS: 'SYNCED', LDS: 'ERROR', RDS: 'NOT SENT' },
    },
  ]);
});

test('what a proxy did not take is told with its reason, by each istiod', () => {
  const type = 'type.googleapis.com/envoy.config.listener.v3.Listener';
  const errorState = { details: 'script load error', lastUpdateAttempt: '2026-11-29T12:00:00Z' };
  const config = { node: { id: 'backend-5c9d-x2x2x.shop' }, genericXdsConfigs: [{ typeUrl: type, errorState }] };
  const sound = { node: { id: 'caller-1.shop' }, genericXdsConfigs: [{ typeUrl: type, configStatus: 'SYNCED' }] };
  const printed = [{ resources: [config, sound] }, {}].map((each) => JSON.stringify(each, null, 4)).join('\n');
  expect(readRejections(printed)).toEqual([
    { pod: 'backend-5c9d-x2x2x', namespace: 'shop', type: 'Listener', reason: 'script load error' },
  ]);
});
