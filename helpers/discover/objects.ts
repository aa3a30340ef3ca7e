/** Objects as far as discovery keeps them; their other fields were dropped when they arrived. */
import type { V1Namespace, V1NetworkPolicy, V1Pod, V1Service } from '@kubernetes/client-node';

import type { KindName } from './kinds.ts';

interface Meta {
  readonly name?: string;
  readonly namespace?: string;
  readonly creationTimestamp?: string;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface PeerAuthentication {
  readonly metadata: Meta;
  readonly spec?: {
    readonly selector?: Selector;
    readonly mtls?: { readonly mode?: string };
    readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: string }>>;
  };
}

/** Where a rule of an AuthorizationPolicy admits calls from; lists that are not named here depend on the request. */
export interface Source {
  readonly principals?: readonly string[];
  readonly notPrincipals?: readonly string[];
  /** As `account`, in the namespace of the policy, or as `namespace/account`. */
  readonly serviceAccounts?: readonly string[];
  readonly notServiceAccounts?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly notNamespaces?: readonly string[];
  readonly [other: string]: readonly string[] | undefined;
}

export interface AuthorizationRule {
  readonly from?: readonly { readonly source?: Source }[];
  readonly to?: object;
  readonly when?: object;
}

export interface AuthorizationPolicy {
  readonly metadata: Meta;
  readonly spec?: {
    readonly selector?: Selector;
    readonly targetRef?: object;
    readonly targetRefs?: object;
    readonly action?: string;
    readonly rules?: readonly AuthorizationRule[];
  };
}

interface Route {
  readonly destination?: { readonly host?: string; readonly subset?: string };
}

export interface VirtualService {
  readonly metadata: Meta;
  readonly spec?: {
    readonly hosts?: readonly string[];
    readonly http?: readonly {
      readonly route?: readonly Route[];
      readonly timeout?: string;
      readonly retries?: { readonly attempts?: number };
    }[];
    readonly tcp?: readonly { readonly route?: readonly Route[] }[];
    readonly tls?: readonly { readonly route?: readonly Route[] }[];
  };
}

export interface DestinationRule {
  readonly metadata: Meta;
  readonly spec?: {
    readonly host?: string;
    readonly workloadSelector?: Selector;
    readonly subsets?: readonly { readonly name?: string; readonly labels?: Readonly<Record<string, string>> }[];
    readonly trafficPolicy?: {
      readonly tls?: { readonly mode?: string };
      readonly outlierDetection?: { readonly maxEjectionPercent?: number };
    };
  };
}

export interface ServiceEntry {
  readonly metadata: Meta;
  readonly spec?: { readonly hosts?: readonly string[] };
}

export interface Telemetry {
  readonly metadata: Meta;
  readonly spec?: {
    readonly selector?: Selector;
    readonly targetRefs?: object;
    readonly tracing?: readonly {
      readonly providers?: object;
      readonly randomSamplingPercentage?: number;
      readonly disableSpanReporting?: boolean;
    }[];
    readonly accessLogging?: readonly { readonly disabled?: boolean; readonly filter?: object }[];
  };
}

export interface Gateway {
  readonly metadata: Meta;
  readonly spec?: { readonly gatewayClassName?: string };
}

export interface WarningEvent {
  readonly metadata: Meta;
  readonly reason?: string;
  readonly count?: number;
}

/** What each kind is read as. */
export interface Objects {
  readonly nodes: { readonly metadata: Meta };
  readonly namespaces: V1Namespace;
  readonly services: V1Service;
  readonly pods: V1Pod;
  readonly networkPolicies: V1NetworkPolicy;
  readonly peerAuthentications: PeerAuthentication;
  readonly authorizationPolicies: AuthorizationPolicy;
  readonly virtualServices: VirtualService;
  readonly destinationRules: DestinationRule;
  readonly serviceEntries: ServiceEntry;
  readonly istioGateways: { readonly metadata: Meta };
  readonly telemetries: Telemetry;
  readonly gateways: Gateway;
  readonly events: WarningEvent;
}

/** What was seen of a kind. */
export interface Seen<T> {
  readonly items: readonly T[];
  /** Why some or all of it was not seen, e.g. `not allowed to look`; undefined where all was. */
  readonly gap?: string;
  /** True if what acts on all namespaces from the mesh's root namespace was not seen beside it. */
  readonly rootUnseen?: boolean;
  /** True if some of what was asked for was not seen, apart from the mesh's root namespace: what is not there may be. */
  readonly inPart?: boolean;
  /** True if the cluster knows no such kind. */
  readonly unserved?: boolean;
  /** True if nothing of it was seen, so that no count says anything. */
  readonly blind: boolean;
}

/** All that was seen of a cluster. */
export type Collected = { readonly [Kind in KindName]: Seen<Objects[Kind]> };
