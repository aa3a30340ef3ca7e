import { expect, test } from 'vitest';

import { readApiAudit } from './api-audit.ts';

const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '4d1e-1',
  stage: 'ResponseComplete',
  requestURI: '/apis/networking.istio.io/v1/namespaces/shop/virtualservices',
  verb: 'create',
  user: { username: 'kubernetes-admin' },
  impersonatedUser: { username: 'system:serviceaccount:shop:developer' },
  objectRef: { resource: 'virtualservices', namespace: 'shop', name: 'backend' },
  responseStatus: { code: 201 },
};

test('an audited request is told with whose rights it was made, and how it ended', () => {
  expect(readApiAudit(`I1129 klog\n${JSON.stringify(event)}\n`)).toEqual([
    {
      id: '4d1e-1',
      verb: 'create',
      user: 'system:serviceaccount:shop:developer',
      actingUser: 'kubernetes-admin',
      resource: 'virtualservices',
      namespace: 'shop',
      name: 'backend',
      code: 201,
    },
  ]);
});

test('of a request that was refused early the name is not known, and one that goes on is not told', () => {
  const refused = {
    ...event,
    objectRef: { resource: 'peerauthentications', namespace: 'shop' },
    responseStatus: { code: 403 },
  };
  const log = [JSON.stringify({ ...event, stage: 'ResponseStarted' }), JSON.stringify(refused)].join('\n');
  expect(readApiAudit(log)).toMatchObject([{ resource: 'peerauthentications', name: '', code: 403 }]);
});
