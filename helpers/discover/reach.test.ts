import { expect, test } from 'vitest';

import { mayPass } from './authorization.ts';
import { groundOf, object, podAnswer, shop } from './examples.ts';
import { takenBy } from './mutual-tls.ts';
import type { AuthorizationPolicy } from './objects.ts';
import { mayCall } from './reach.ts';

const front = { namespace: 'shop', account: 'front' };

function policy(action: string | undefined, rules: object[] | undefined, namespace = ''): AuthorizationPolicy {
  return { metadata: { namespace }, spec: { ...(action && { action }), ...(rules && { rules }) } };
}

const of = (source: object) => ({ from: [{ source }] });

test.each([
  ['no policy', [], true],
  ['an empty policy allows nobody', [policy(undefined, undefined)], false],
  ['an empty rule allows everybody', [policy('ALLOW', [{}])], true],
  ['the account is named', [policy('ALLOW', [of({ principals: ['cluster.local/ns/shop/sa/front'] })])], true],
  ['another is named', [policy('ALLOW', [of({ principals: ['cluster.local/ns/shop/sa/web'] })])], false],
  ['by the end', [policy('ALLOW', [of({ principals: ['*/sa/front'] })])], true],
  ['by the beginning', [policy('ALLOW', [of({ principals: ['cluster.local/ns/shop/*'] })])], true],
  ['whoever is of the trust domain', [policy('ALLOW', [of({ principals: ['cluster.local/*'] })])], true],
  ['by a part of the trust domain', [policy('ALLOW', [of({ principals: ['cluster*'] })])], true],
  ['denied by a trust domain that nobody here knows', [policy('DENY', [of({ principals: ['other.org/*'] })])], true],
  ['all but those of a trust domain', [policy('ALLOW', [of({ notPrincipals: ['other.org/*'] })])], true],
  ['the account in another way', [policy('ALLOW', [of({ serviceAccounts: ['shop/front'] })])], true],
  ['the account in the namespace of the policy', [policy('ALLOW', [of({ serviceAccounts: ['front'] })], 'shop')], true],
  ['an account of that name elsewhere', [policy('ALLOW', [of({ serviceAccounts: ['front'] })], 'bare')], false],
  ['another account', [policy('ALLOW', [of({ serviceAccounts: ['shop/web'] })])], false],
  ['denied by its account', [policy('DENY', [of({ serviceAccounts: ['shop/front'] })])], false],
  ['all accounts but this one', [policy('ALLOW', [of({ notServiceAccounts: ['shop/front'] })])], false],
  ['the namespace is another', [policy('ALLOW', [of({ namespaces: ['bare'] })])], false],
  ['an address may fit', [policy('ALLOW', [of({ ipBlocks: ['10.0.0.0/8'] })])], true],
  ['only some requests', [policy('ALLOW', [{ ...of({ namespaces: ['shop'] }), to: {} }])], true],
  ['a list without members admits', [policy('ALLOW', [{ from: [] }])], true],
  ['denied as a whole', [policy('DENY', [of({ namespaces: ['shop'] })])], false],
  ['denied for some requests', [policy('DENY', [{ ...of({ namespaces: ['shop'] }), to: {} }])], true],
  ['denied for some addresses', [policy('DENY', [of({ namespaces: ['shop'], ipBlocks: ['10.0.0.0/8'] })])], true],
  ['one of two allows', [policy('ALLOW', [of({ namespaces: ['bare'] })]), policy('ALLOW', [{}])], true],
  ['watched and nothing else', [policy('AUDIT', [of({ namespaces: ['bare'] })])], true],
] as const)('a caller with an identity: %s', (_name, policies, passes) => {
  expect(mayPass(front, policies)).toBe(passes);
});

test('a caller in plaintext has no account to be denied by, and none to be allowed by', () => {
  expect(mayPass(undefined, [policy('DENY', [of({ principals: ['*'] })])])).toBe(true);
  expect(mayPass(undefined, [policy('ALLOW', [of({ principals: ['*'] })])])).toBe(false);
});

test('an exception for a port leaves plaintext in', async () => {
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    mtls: { mode: 'STRICT' },
    portLevelMtls: { 80: { mode: 'PERMISSIVE' } },
  };
  const { landscape } = await groundOf({
    ...shop,
    '/apis/security.istio.io/v1/peerauthentications': [object('shop', 'web', spec)],
  });
  const web = landscape.pods.find(({ workload }) => workload === 'web');
  expect(web && takenBy(web, landscape)).toEqual({ plaintext: true, because: 'one port' });
});

test('a workload inherits what its policy leaves unset', async () => {
  const policies = [
    object('shop', 'web', { selector: { matchLabels: { app: 'web' } } }),
    object('istio-system', 'all', { mtls: { mode: 'STRICT' } }),
  ];
  const { landscape } = await groundOf({ ...shop, '/apis/security.istio.io/v1/peerauthentications': policies });
  const web = landscape.pods.find(({ workload }) => workload === 'web');
  expect(web && takenBy(web, landscape)).toEqual({ plaintext: false, because: 'strict' });
});

test('egress of the caller counts as well as ingress of the called', async () => {
  const { landscape, walls } = await groundOf({
    ...shop,
    '/apis/networking.k8s.io/v1/networkpolicies': [
      object('bare', 'shut', { podSelector: { matchLabels: { app: 'batch' } }, policyTypes: ['Egress'] }),
    ],
  });
  const named = (workload: string) => landscape.pods.find((pod) => pod.workload === workload);
  const [batch, database, old] = [named('batch'), named('db'), named('old')];
  expect(batch && database && mayCall(batch, database, landscape, walls)).toBe(false);
  expect(old && database && mayCall(old, database, landscape, walls)).toBe(true);
});

test('a pod on the network of its node is told of no policy, and has the node’s address', async () => {
  const pods = [podAnswer('bare', 'db'), podAnswer('bare', 'agent', { hostNetwork: true })];
  const { landscape, walls } = await groundOf({ ...shop, '/api/v1/pods': pods });
  const [database, agent] = landscape.pods;
  expect(agent && walls.closes(agent)).toBe(false);
  expect(database && agent && mayCall(agent, database, landscape, walls)).toBe(true);
});

test('policies select pods with addresses of IPv6 as well, and what a range admits of these is not known', async () => {
  const pods = ['db', 'batch', 'other'].map((app) =>
    Object.assign({}, podAnswer('bare', app), { status: { phase: 'Running', podIP: `fd00::${app.length}` } }),
  );
  const closing = (from: object[]) => ({
    ...shop,
    '/api/v1/pods': pods,
    '/apis/networking.k8s.io/v1/networkpolicies': [
      object('bare', 'db', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ from }] }),
    ],
  });
  const reached = async (from: object[]) => {
    const { landscape, walls } = await groundOf(closing(from));
    const [database, ...others] = landscape.pods;
    expect(database && walls.closes(database)).toBe(true);
    return others.filter((pod) => database && walls.letPass(pod, database)).map(({ workload }) => workload);
  };
  expect(await reached([{ podSelector: { matchLabels: { app: 'batch' } } }])).toEqual(['batch']);
  expect(await reached([{ ipBlock: { cidr: 'fd00::/64' } }])).toEqual(['batch', 'other']);
  expect(await reached([{ ipBlock: { cidr: '10.0.0.0/8' } }])).toEqual(['batch', 'other']);
});
