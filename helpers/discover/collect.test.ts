import { expect, test } from 'vitest';

import { collect, planOf } from './collect.ts';
import { answering, groundOf, object, podAnswer, shop, unread } from './examples.ts';
import { GetOnly } from './get-only.ts';

const atOnce = async () => undefined;

test('nothing of environment, commands, images, annotations or messages is kept', async () => {
  const { landscape } = await groundOf();
  expect(JSON.stringify(landscape.seen)).not.toContain(unread);
  expect(JSON.stringify(shop)).toContain(unread);
});

test('the requests of a whole cluster, in their order', async () => {
  const { api } = await groundOf();
  expect(api.asked.map(({ path, status }) => `${status} ${path}`)).toMatchInlineSnapshot(`
    [
      "200 /api/v1/nodes?limit=200",
      "200 /api/v1/namespaces?limit=200",
      "200 /api/v1/services?limit=200",
      "200 /api/v1/pods?limit=200",
      "200 /apis/networking.k8s.io/v1/networkpolicies?limit=200",
      "200 /apis/security.istio.io/v1/peerauthentications?limit=200",
      "200 /apis/security.istio.io/v1/authorizationpolicies?limit=200",
      "200 /apis/networking.istio.io/v1/virtualservices?limit=200",
      "200 /apis/networking.istio.io/v1/destinationrules?limit=200",
      "404 /apis/networking.istio.io/v1/serviceentries?limit=200",
      "404 /apis/networking.istio.io/v1beta1/serviceentries?limit=200",
      "404 /apis/networking.istio.io/v1/gateways?limit=200",
      "404 /apis/networking.istio.io/v1beta1/gateways?limit=200",
      "404 /apis/telemetry.istio.io/v1/telemetries?limit=200",
      "404 /apis/telemetry.istio.io/v1alpha1/telemetries?limit=200",
      "404 /apis/gateway.networking.k8s.io/v1/gateways?limit=200",
      "404 /apis/gateway.networking.k8s.io/v1beta1/gateways?limit=200",
      "200 /api/v1/events?limit=200&fieldSelector=type%3DWarning",
    ]
  `);
});

test('a list goes on page by page until it ends', async () => {
  const pods = Array.from({ length: 450 }, (_, index) => podAnswer('shop', `p${index}`));
  const { landscape, api } = await groundOf({ ...shop, '/api/v1/pods': pods });
  expect(landscape.pods.length).toBe(450);
  expect(api.asked.filter(({ path }) => path.startsWith('/api/v1/pods')).map(({ path }) => path)).toEqual([
    '/api/v1/pods?limit=200',
    '/api/v1/pods?limit=200&continue=200',
    '/api/v1/pods?limit=200&continue=400',
  ]);
});

test('a read that is refused leaves a gap, and the rest goes on', async () => {
  const { landscape } = await groundOf(shop, { refused: (path) => path.endsWith('networkpolicies') });
  expect(landscape.seen.networkPolicies).toEqual({
    items: [],
    gap: 'not allowed to look',
    inPart: true,
    blind: true,
  });
  expect(landscape.seen.pods.blind).toBe(false);
});

test('a kind that the cluster does not know is asked for in its older version, and then there is none', async () => {
  const { landscape, api } = await groundOf({ '/api/v1/pods': [] });
  expect(landscape.seen.virtualServices).toEqual({ items: [], unserved: true, blind: false });
  expect(api.asked.map(({ path }) => path)).toContain('/apis/networking.istio.io/v1beta1/virtualservices?limit=200');
  const old = '/apis/security.istio.io/v1beta1/peerauthentications';
  const older = await groundOf({ [old]: [{ metadata: { name: 'a', namespace: 'shop' } }] });
  expect(older.landscape.seen.peerAuthentications.items.length).toBe(1);
});

test('namespaces that were named are read alone, with what acts on all from the mesh’s root namespace', async () => {
  const { landscape, api } = await groundOf(shop, { scope: ['bare'] });
  const paths = api.asked.map(({ path }) => path);
  expect(paths).toContain('/api/v1/namespaces/bare/pods?limit=200');
  expect(paths).toContain('/apis/security.istio.io/v1/namespaces/istio-system/peerauthentications?limit=200');
  expect(paths.filter((path) => path.includes('/shop/'))).toEqual([]);
  expect(landscape.pods.map(({ workload }) => workload)).toEqual(['db', 'batch']);
});

test('where all namespaces may not be listed, each that was named is asked for', async () => {
  const refused = (path: string) => path === '/api/v1/namespaces' || path === '/api/v1/nodes';
  const { api, landscape } = await groundOf(shop, { scope: ['bare'], refused });
  expect(api.asked.map(({ path }) => path)).toContain('/api/v1/namespaces/bare');
  expect(landscape.seen.namespaces.blind).toBe(false);
  expect(landscape.seen.namespaces.gap).toContain('not allowed to list all');
});

test('a namespace that is not there is a mistake of whoever named it', async () => {
  await expect(groundOf(shop, { scope: ['nosuch'] })).rejects.toMatchObject({ exitCode: 2 });
});

test('what was refused in one of two namespaces is told, and what was seen in the other stays', async () => {
  const { landscape } = await groundOf(shop, {
    scope: ['shop', 'bare'],
    refused: (path) => path.includes('/bare/pods'),
  });
  expect(landscape.pods.map(({ namespace }) => namespace)).toEqual(['shop', 'shop']);
  expect(landscape.seen.pods).toMatchObject({ gap: 'in part: not allowed to look', blind: false });
});

test('when requests run out, what was read stays and the rest is told', async () => {
  const many = Array.from({ length: 500 }, (_, index) => `ns-${index}`);
  const lists = { ...shop, '/api/v1/namespaces': many.map((name) => ({ metadata: { name } })) };
  const api = new GetOnly(answering(lists), atOnce);
  const seen = await collect(api, many);
  expect(api.asked.length).toBe(500);
  expect(seen.services.gap).toContain('limit of 500 requests');
  expect(seen.pods).toMatchObject({ gap: 'the limit of 500 requests was reached', blind: true });
});

test('the plan names every request of a run', async () => {
  const plan = new Set(planOf(['bare'], false).map((line) => line.split(/\s{3}/)[0]?.replace('GET ', '')));
  const { api } = await groundOf(shop, { scope: ['bare'] });
  const asked = api.asked.map(({ path }) => path.replace(/\/v1(beta1|alpha1)\//, '/v1/'));
  expect(asked.filter((path) => !plan.has(path))).toEqual([]);
});

const meshWide = {
  '/apis/security.istio.io/v1/peerauthentications': [object('mesh', 'all', { mtls: { mode: 'STRICT' } })],
};
const istiodIn = (namespace: string) =>
  object(namespace, 'istiod', { selector: { app: 'istiod' } }, { labels: { app: 'istiod' } });
const services = (shop['/api/v1/services'] ?? []).filter(
  ({ metadata }) => (metadata as { name: string }).name !== 'istiod',
);

test('the root namespace is the one where istiod is', async () => {
  const { landscape } = await groundOf({ ...shop, ...meshWide, '/api/v1/services': [...services, istiodIn('mesh')] });
  expect(landscape.root).toBe('mesh');
  expect(landscape.seen.peerAuthentications.gap).toBeUndefined();
});

test('where no istiod was seen beside the namespaces that were named, the root namespace is not known', async () => {
  const lists = {
    ...shop,
    ...meshWide,
    '/api/v1/services': [...services, istiodIn('mesh')],
    '/api/v1/namespaces': [...(shop['/api/v1/namespaces'] ?? []), { metadata: { name: 'mesh' } }],
  };
  const { landscape } = await groundOf(lists, { scope: ['shop'] });
  expect(landscape.seen.peerAuthentications).toMatchObject({
    gap: expect.stringContaining('no istiod was seen') as string,
    rootUnseen: true,
  });
  // A kind that is not served has no objects anywhere.
  expect(landscape.seen.telemetries).toEqual({ items: [], unserved: true, blind: false });
  const named = await groundOf(lists, { scope: ['shop', 'mesh'] });
  expect(named.landscape.root).toBe('mesh');
  expect(named.landscape.seen.peerAuthentications.gap).toBeUndefined();
});

test('of two control planes the usual place is taken, and that is told', async () => {
  const lists = { ...shop, '/api/v1/services': [istiodIn('canary'), ...services, istiodIn('istio-system')] };
  const { landscape } = await groundOf(lists);
  expect(landscape.root).toBe('istio-system');
  expect(landscape.seen.peerAuthentications.gap).toContain('istiod is in 2 namespaces');
});

test('a pod that is nothing but a proxy is none of an application, and neither is its Service', async () => {
  const gateway = podAnswer('shop', 'gate', { containers: [{ name: 'istio-proxy' }] });
  const lists = {
    ...shop,
    '/api/v1/pods': [...(shop['/api/v1/pods'] ?? []), gateway],
    '/api/v1/services': [
      ...(shop['/api/v1/services'] ?? []),
      object('shop', 'gate', { selector: { app: 'gate' }, ports: [{ port: 80 }] }),
    ],
  };
  const { landscape } = await groundOf(lists);
  const workloads = (pods: readonly { workload: string }[]) => pods.map(({ workload }) => workload);
  expect(workloads(landscape.gateways)).toEqual(['gate']);
  expect(workloads(landscape.pods)).not.toContain('gate');
  expect(workloads(landscape.all)).toContain('gate');
  expect(landscape.services.map(({ name }) => name)).toEqual(['web', 'db']);
});
