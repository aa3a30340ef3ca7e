import { collect, type Scope } from './collect.ts';
import type { Ground } from './finding.ts';
/** A small cluster for the tests beside, as its API server answers. */
import { GetOnly } from './get-only.ts';
import { Names } from './names.ts';
import { Walls } from './reach.ts';
import { landscapeOf } from './workloads.ts';

/** What must stand in nothing that discovery keeps. */
export const unread = 'hunter2-must-not-be-seen';

type Json = Readonly<Record<string, unknown>>;

/** A pod of a Deployment, with all that discovery is to drop. */
export function podAnswer(namespace: string, app: string, spec: Json = {}, labels: Json = {}): Json {
  const last = `${namespace}${app}`.split('').reduce((sum, letter) => (sum * 7 + letter.charCodeAt(0)) % 250, 0) + 2;
  return {
    metadata: {
      name: `${app}-abc-1`,
      namespace,
      labels: { app, 'pod-template-hash': 'abc', ...labels },
      annotations: { note: unread },
      ownerReferences: [{ kind: 'ReplicaSet', name: `${app}-abc`, controller: true }],
    },
    spec: {
      serviceAccountName: 'default',
      containers: [
        { name: app, image: `registry.example/${unread}`, command: [unread], env: [{ name: 'P', value: unread }] },
        ...(spec['proxied'] === true ? [{ name: 'istio-proxy', readinessProbe: { httpGet: {} } }] : []),
      ],
      ...spec,
    },
    status: {
      phase: 'Running',
      podIP: `10.244.0.${last}`,
      conditions: [{ type: 'Ready', status: 'True', message: unread }],
    },
  };
}

/** An object of another kind. */
export function object(namespace: string, name: string, spec: Json, metadata: Json = {}): Json {
  return { metadata: { namespace, name, annotations: { note: unread }, ...metadata }, spec };
}

const security = '/apis/security.istio.io/v1';
const networking = '/apis/networking.istio.io/v1';

/** Lists by their path: a shop in the mesh, and a namespace without. */
export const shop: Readonly<Record<string, readonly Json[]>> = {
  '/api/v1/nodes': [{ metadata: { name: 'node-1' } }],
  '/api/v1/namespaces': [
    { metadata: { name: 'shop', labels: { 'istio-injection': 'enabled' } } },
    { metadata: { name: 'bare' } },
    { metadata: { name: 'istio-system' } },
    { metadata: { name: 'kube-system' } },
  ],
  '/api/v1/services': [
    object('shop', 'web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] }),
    object('bare', 'db', { selector: { app: 'db' }, ports: [{ port: 5432 }] }),
    object('istio-system', 'istiod', { selector: { app: 'istiod' } }, { labels: { app: 'istiod' } }),
    object(
      'istio-system',
      'prometheus',
      { selector: { app: 'prometheus' }, ports: [{ name: 'http', port: 9090 }] },
      { labels: { 'app.kubernetes.io/name': 'prometheus' } },
    ),
  ],
  '/api/v1/pods': [
    podAnswer('shop', 'web', { proxied: true, serviceAccountName: 'web' }),
    podAnswer('shop', 'old'),
    podAnswer('bare', 'db'),
    podAnswer('bare', 'batch'),
    podAnswer('kube-system', 'coredns'),
  ],
  '/apis/networking.k8s.io/v1/networkpolicies': [
    object('bare', 'db', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [
        { from: [{ podSelector: { matchLabels: { app: 'batch' } } }, { ipBlock: { cidr: '192.168.0.0/24' } }] },
      ],
    }),
  ],
  [`${security}/peerauthentications`]: [object('shop', 'strict', { mtls: { mode: 'STRICT' } })],
  [`${security}/authorizationpolicies`]: [
    object('shop', 'typo', { selector: { matchLabels: { app: 'webb' } }, action: 'DENY', rules: [{}] }),
  ],
  [`${networking}/virtualservices`]: [
    object('shop', 'staging', {
      hosts: ['web'],
      http: [{ headers: { request: { set: { token: unread } } }, route: [{ destination: { host: 'web-staging' } }] }],
    }),
  ],
  [`${networking}/destinationrules`]: [
    object('shop', 'web', {
      host: 'web',
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } },
      subsets: [{ name: 'v2', labels: { version: 'v2' } }],
    }),
  ],
  '/api/v1/events': [{ metadata: { namespace: 'shop', name: 'x' }, reason: 'BackOff', count: 3, message: unread }],
};

/** What an API server answers that has these lists: 404 for kinds of Istio that it does not have. */
export function answering(
  lists: Readonly<Record<string, readonly Json[]>>,
  refused: (path: string) => boolean = () => false,
): (path: string) => Promise<{ status: number; body: string }> {
  return async (path) => {
    const { pathname, searchParams } = new URL(path, 'https://cluster');
    if (refused(pathname)) return { status: 403, body: '{}' };
    const whole = pathname.replace(/\/namespaces\/[^/]+(?=\/)/, '');
    const within = /\/namespaces\/([^/]+)\//.exec(pathname)?.[1];
    const all = lists[whole];
    if (all === undefined) return { status: whole.startsWith('/apis/') ? 404 : 200, body: '{"items":null}' };
    const items = all.filter(({ metadata }) => within === undefined || (metadata as Json)['namespace'] === within);
    const from = Number(searchParams.get('continue') ?? 0);
    const limit = Number(searchParams.get('limit') ?? 0);
    const next = from + limit < items.length ? String(from + limit) : '';
    return {
      status: 200,
      body: JSON.stringify({ metadata: { continue: next }, items: items.slice(from, from + limit) }),
    };
  };
}

/** What discovery knows of such a cluster; names are as they are. */
export async function groundOf(
  lists: Readonly<Record<string, readonly Json[]>> = shop,
  { scope, refused, hidden = false }: { scope?: Scope; refused?: (path: string) => boolean; hidden?: boolean } = {},
): Promise<Ground & { readonly api: GetOnly }> {
  const api = new GetOnly(answering(lists, refused), async () => undefined);
  const landscape = landscapeOf(await collect(api, scope), scope);
  return { api, landscape, walls: new Walls(landscape), names: new Names(hidden), counted: undefined, messages: [] };
}
