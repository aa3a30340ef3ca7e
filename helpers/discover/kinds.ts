/** The kinds of objects that discovery reads, and what it keeps of each. What is not named here is dropped unread. */
import type { Shape } from './keep.ts';

/** A kind of object. */
export interface ReadKind {
  /** Empty for the core group. */
  readonly group: string;
  /** Versions under which it may be served, the one to be asked for first. */
  readonly versions: readonly string[];
  readonly kind: string;
  /** As the API server calls it. */
  readonly plural: string;
  /** False where its objects belong to no namespace. */
  readonly namespaced: boolean;
  /** True if objects in the mesh's root namespace act on all others, so that these are read too. */
  readonly inRoot?: boolean;
  /** Restricts the list at the API server. */
  readonly fieldSelector?: string;
  /** Most pages that are read of it; as many as there are unless given. */
  readonly mostPages?: number;
  /** True if no more than metadata is asked for. */
  readonly metadataOnly?: boolean;
  readonly keeps: Shape;
}

const named = { name: true, namespace: true } as const;
const labelled = { ...named, labels: true } as const;
/** Of two objects for the same thing the older one decides. */
const dated = { ...named, creationTimestamp: true } as const;
const container = {
  name: true,
  restartPolicy: true,
  ports: [{ name: true, containerPort: true, protocol: true }],
  readinessProbe: 'there',
} as const;
const istioVersions = ['v1', 'v1beta1'] as const;

/** Fields of a route that decide where calls go; what it sets in requests and answers is not kept. */
const destination = { host: true, subset: true, port: { number: true } } as const;
const route = { destination, weight: true } as const;
const match = { name: true, uri: true, method: true, port: true, headers: true, gateways: true } as const;

/** Every kind that is read, in the order in which it is asked for: the first matter most where requests run out. */
export const kinds = {
  nodes: {
    group: '',
    versions: ['v1'],
    kind: 'Node',
    plural: 'nodes',
    namespaced: false,
    metadataOnly: true,
    keeps: { metadata: { name: true } },
  },
  namespaces: {
    group: '',
    versions: ['v1'],
    kind: 'Namespace',
    plural: 'namespaces',
    namespaced: false,
    keeps: { metadata: { name: true, labels: true } },
  },
  services: {
    group: '',
    versions: ['v1'],
    kind: 'Service',
    plural: 'services',
    namespaced: true,
    inRoot: true,
    keeps: {
      metadata: labelled,
      spec: {
        type: true,
        selector: true,
        ports: [{ name: true, port: true, targetPort: true, protocol: true, appProtocol: true }],
      },
    },
  },
  pods: {
    group: '',
    versions: ['v1'],
    kind: 'Pod',
    plural: 'pods',
    namespaced: true,
    keeps: {
      metadata: { ...labelled, ownerReferences: [{ kind: true, name: true, controller: true }] },
      spec: { serviceAccountName: true, hostNetwork: true, containers: [container], initContainers: [container] },
      status: { phase: true, podIP: true, conditions: [{ type: true, status: true }] },
    },
  },
  networkPolicies: {
    group: 'networking.k8s.io',
    versions: ['v1'],
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    namespaced: true,
    keeps: { metadata: named, spec: true },
  },
  peerAuthentications: {
    group: 'security.istio.io',
    versions: istioVersions,
    kind: 'PeerAuthentication',
    plural: 'peerauthentications',
    namespaced: true,
    inRoot: true,
    keeps: { metadata: dated, spec: { selector: true, mtls: true, portLevelMtls: true } },
  },
  authorizationPolicies: {
    group: 'security.istio.io',
    versions: istioVersions,
    kind: 'AuthorizationPolicy',
    plural: 'authorizationpolicies',
    namespaced: true,
    inRoot: true,
    keeps: {
      metadata: dated,
      spec: {
        selector: true,
        targetRef: 'there',
        targetRefs: 'there',
        action: true,
        rules: [{ from: true, to: 'there', when: 'there' }],
      },
    },
  },
  virtualServices: {
    group: 'networking.istio.io',
    versions: istioVersions,
    kind: 'VirtualService',
    plural: 'virtualservices',
    namespaced: true,
    keeps: {
      metadata: dated,
      spec: {
        hosts: true,
        gateways: true,
        exportTo: true,
        http: [
          {
            name: true,
            match: [match],
            route: [route],
            mirror: destination,
            redirect: 'there',
            directResponse: 'there',
            delegate: true,
            timeout: true,
            retries: { attempts: true, perTryTimeout: true, retryOn: true },
          },
        ],
        tcp: [{ match: [{ port: true, gateways: true }], route: [route] }],
        tls: [{ match: [{ port: true, sniHosts: true, gateways: true }], route: [route] }],
      },
    },
  },
  destinationRules: {
    group: 'networking.istio.io',
    versions: istioVersions,
    kind: 'DestinationRule',
    plural: 'destinationrules',
    namespaced: true,
    inRoot: true,
    keeps: {
      metadata: dated,
      spec: {
        host: true,
        exportTo: true,
        workloadSelector: true,
        subsets: [{ name: true, labels: true }],
        trafficPolicy: { tls: { mode: true }, outlierDetection: true, connectionPool: 'there', loadBalancer: 'there' },
      },
    },
  },
  serviceEntries: {
    group: 'networking.istio.io',
    versions: istioVersions,
    kind: 'ServiceEntry',
    plural: 'serviceentries',
    namespaced: true,
    keeps: {
      metadata: named,
      spec: {
        hosts: true,
        exportTo: true,
        location: true,
        resolution: true,
        ports: [{ name: true, number: true, protocol: true }],
      },
    },
  },
  istioGateways: {
    group: 'networking.istio.io',
    versions: istioVersions,
    kind: 'Gateway',
    plural: 'gateways',
    namespaced: true,
    keeps: {
      metadata: named,
      spec: { selector: true, servers: [{ hosts: true, port: { name: true, number: true, protocol: true } }] },
    },
  },
  telemetries: {
    group: 'telemetry.istio.io',
    versions: ['v1', 'v1alpha1'],
    kind: 'Telemetry',
    plural: 'telemetries',
    namespaced: true,
    inRoot: true,
    keeps: {
      metadata: dated,
      spec: {
        selector: true,
        targetRefs: 'there',
        tracing: [{ providers: 'there', randomSamplingPercentage: true, disableSpanReporting: true }],
        accessLogging: [{ disabled: true, filter: 'there' }],
        metrics: 'there',
      },
    },
  },
  gateways: {
    group: 'gateway.networking.k8s.io',
    versions: ['v1', 'v1beta1'],
    kind: 'Gateway',
    plural: 'gateways',
    namespaced: true,
    keeps: { metadata: named, spec: { gatewayClassName: true } },
  },
  events: {
    group: '',
    versions: ['v1'],
    kind: 'Event',
    plural: 'events',
    namespaced: true,
    fieldSelector: 'type=Warning',
    mostPages: 5,
    keeps: { metadata: { namespace: true }, reason: true, count: true },
  },
} as const satisfies Readonly<Record<string, ReadKind>>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];

/** Folder of a group and version at the API server: `/apis/networking.k8s.io/v1`. */
export function folderOfKind(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}
