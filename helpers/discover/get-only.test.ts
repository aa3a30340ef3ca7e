import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { kindDir } from '../system/paths.ts';
import { GetOnly, limits, NoRequestLeft } from './get-only.ts';
import { kindNames, kinds, type ReadKind } from './kinds.ts';

function recorded() {
  const sent: string[] = [];
  const api = new GetOnly(
    async (path) => {
      sent.push(path);
      return { status: 200, body: '{}' };
    },
    async () => undefined,
  );
  return { sent, api };
}

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'get'])('%s is not sent', async (verb) => {
  const { sent, api } = recorded();
  await expect(api.request(verb, '/api/v1/pods?limit=200')).rejects.toThrow('only reads');
  expect(sent).toEqual([]);
});

test.each([
  '/api/v1/secrets',
  '/api/v1/namespaces/shop/secrets?limit=200',
  '/api/v1/namespaces/shop/configmaps',
  '/api/v1/namespaces/shop/configmaps/istio',
  // What only reads by its verb: a shell in a pod, its log, a port, any web page of a node or a Service.
  '/api/v1/namespaces/shop/pods/web/exec?command=sh',
  '/api/v1/namespaces/shop/pods/web/attach',
  '/api/v1/namespaces/shop/pods/web/portforward',
  '/api/v1/namespaces/shop/pods/web/log',
  '/api/v1/namespaces/shop/pods/web/proxy/',
  '/api/v1/nodes/node-1/proxy/logs/',
  '/api/v1/namespaces/shop/services/web:80/proxy/',
  '/api/v1/namespaces/shop/services/prometheus:http/proxy/api/v1/targets',
  '/api/v1/namespaces/shop/services/prometheus:http/proxy/api/v1/query/../admin/tsdb/snapshot',
  '/api/v1/namespaces/shop/services/prometheus:http/proxy/-/quit',
  '/api/v1/pods?watch=true',
  '/api/v1/pods?limit=1&watch=1',
  '/api/v1/namespaces/../secrets',
  '/api/v1/namespaces/shop/../../secrets',
  '/api/v1/pods/../secrets',
  '/api/v1/pods%2F..%2Fsecrets',
  '/apis/apps/v1/deployments',
  '//elsewhere.example/api/v1/pods',
  'https://elsewhere.example/api/v1/pods',
])('GET %s is not sent', async (path) => {
  const { sent, api } = recorded();
  await expect(api.request('GET', path)).rejects.toThrow('does not read');
  expect(sent).toEqual([]);
});

test.each([
  '/version',
  '/api/v1/pods?limit=200',
  '/api/v1/namespaces/shop',
  '/api/v1/namespaces/shop/events?limit=200&fieldSelector=type%3DWarning&continue=abc',
  '/apis/security.istio.io/v1beta1/namespaces/shop/peerauthentications?limit=200',
  '/api/v1/namespaces/istio-system/services/prometheus:http/proxy/api/v1/query?query=up',
])('GET %s is sent and kept in the list of requests', async (path) => {
  const { sent, api } = recorded();
  await api.request('GET', path);
  expect(sent).toEqual([path]);
  expect(api.asked).toEqual([{ path, status: 200, bytes: 2 }]);
});

test('after the last request that may be made no other is sent', async () => {
  const { sent, api } = recorded();
  for (let number = 0; number < limits.requests; number += 1) await api.request('GET', '/version');
  await expect(api.request('GET', '/version')).rejects.toThrow(NoRequestLeft);
  expect(sent.length).toBe(500);
});

test('each request waits for its turn', async () => {
  const order: string[] = [];
  const api = new GetOnly(
    async () => {
      order.push('sent');
      return { status: 200, body: '' };
    },
    async () => void order.push('turn'),
  );
  await api.request('GET', '/version');
  expect(order).toEqual(['turn', 'sent']);
  expect(1_000 / limits.apartMs).toBe(5);
});

test('the role grants reading of these kinds, and nothing else', async () => {
  const documents = parseAllDocuments(await readFile(join(kindDir, 'discover-role.yaml'), 'utf8'));
  const [role, metrics, ...more] = documents.map(
    (document) => document.toJS() as { rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] },
  );
  const granted = (role?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`))),
  );
  const read = kindNames.map((key) => {
    const { plural, group }: ReadKind = kinds[key];
    return `list ${plural}.${group}`;
  });
  expect(granted.toSorted()).toEqual([...read, 'get namespaces.'].toSorted());
  expect(metrics?.rules).toEqual([
    { apiGroups: [''], resources: ['services/proxy'], resourceNames: ['prometheus:http'], verbs: ['get'] },
  ]);
  expect(more).toEqual([]);
});
