/** What manifests say, as far as a map shows it: what a rule selects, which pods a Service stands for, who is deployed. */
import { parseAllDocuments } from 'yaml';

import type { AppliedManifest } from '../record/observation.ts';

/** A manifest, and the cluster that got it where there are several. */
export type Manifest = Pick<AppliedManifest, 'yaml' | 'cluster'>;

/** Where an object is. */
interface Home {
  /** Where there are several clusters, e.g. `west`. */
  readonly cluster?: string;
  readonly namespace: string;
}

/** Labels that a pod must carry; every pod carries none. */
type Labels = Readonly<Record<string, string>>;

/** What else a selector asks of the labels of a pod. */
export interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A policy or route, and where it applies. */
export interface Rule extends Home {
  readonly kind: string;
  readonly name: string;
  /** Where it applies: to pods with these labels, to whoever calls these hosts, or to the whole mesh. */
  readonly applies:
    | { readonly to: 'pods'; readonly labels: Labels; readonly expressions?: readonly Expression[] }
    | { readonly to: 'callers'; readonly hosts: readonly string[] }
    | { readonly to: 'mesh' };
}

/** A name for pods. */
export interface NamedService extends Home {
  readonly name: string;
  readonly labels: Labels;
}

/** Who is to be there, by the manifest that says so. */
export interface DeclaredWorkload extends Home {
  readonly name: string;
  readonly labels: Labels;
}

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Expression[];
}

interface KubernetesObject {
  /** Of the manifest that it stands in. */
  readonly cluster?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: {
    readonly podSelector?: Selector;
    readonly selector?: Selector & Labels;
    readonly workloadSelector?: { readonly labels?: Labels };
    readonly hosts?: readonly string[];
    readonly host?: string;
    readonly template?: { readonly metadata?: { readonly labels?: Labels } };
  };
}

/** Istio's own namespace: what selects nothing there means the whole mesh. */
const rootNamespace = 'istio-system';
const bySelector = new Set(['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication', 'Telemetry']);
const byWorkloadSelector = new Set(['Sidecar', 'EnvoyFilter']);
const workloadKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Pod']);

/** The policies and routes of manifests; where one comes again, e.g. with other weights, once. */
export function rulesOf(manifests: readonly Manifest[]): Rule[] {
  const rules = manifests.flatMap(objectsOf).flatMap((object) => {
    const applies = appliesTo(object);
    return applies === undefined ? [] : [{ ...placeOf(object), kind: object.kind ?? '', applies }];
  });
  return [
    ...new Map(rules.map((rule) => [[rule.kind, rule.cluster, rule.namespace, rule.name].join(' '), rule])).values(),
  ];
}

/** The Services of manifests that stand for pods. */
export function servicesOf(manifests: readonly Manifest[]): NamedService[] {
  return manifests
    .flatMap(objectsOf)
    .flatMap((object) =>
      object.kind === 'Service' && object.spec?.selector !== undefined
        ? [{ ...placeOf(object), labels: object.spec.selector }]
        : [],
    );
}

/** The workloads of manifests. */
export function workloadsOf(manifests: readonly Manifest[]): DeclaredWorkload[] {
  return manifests
    .flatMap(objectsOf)
    .flatMap((object) =>
      workloadKinds.has(object.kind ?? '')
        ? [{ ...placeOf(object), labels: object.spec?.template?.metadata?.labels ?? object.metadata?.labels ?? {} }]
        : [],
    );
}

/** True if a pod carries every one of these labels. */
export function carries(pod: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => pod[key] === value);
}

/** True if a pod is as a selector's expression wants it. */
export function satisfies(pod: Labels, { key, operator, values = [] }: Expression): boolean {
  const value = pod[key];
  const isListed = value !== undefined && values.includes(value);
  if (operator === 'In') return isListed;
  if (operator === 'NotIn') return !isListed;
  return (value !== undefined) === (operator === 'Exists');
}

function appliesTo({ kind = '', metadata, spec = {} }: KubernetesObject): Rule['applies'] | undefined {
  const pods = (labels: Labels = {}): Rule['applies'] =>
    Object.keys(labels).length === 0 && metadata?.namespace === rootNamespace ? { to: 'mesh' } : { to: 'pods', labels };
  if (kind === 'NetworkPolicy') {
    const { matchLabels: labels = {}, matchExpressions: expressions = [] } = spec.podSelector ?? {};
    return { to: 'pods', labels, ...(expressions.length === 0 ? {} : { expressions }) };
  }
  if (bySelector.has(kind)) return pods(spec.selector?.matchLabels);
  if (byWorkloadSelector.has(kind)) return pods(spec.workloadSelector?.labels);
  if (kind === 'VirtualService') return { to: 'callers', hosts: spec.hosts ?? [] };
  if (kind === 'DestinationRule') return { to: 'callers', hosts: spec.host === undefined ? [] : [spec.host] };
  return kind === 'IstioOperator' ? { to: 'mesh' } : undefined;
}

function placeOf({ cluster, metadata }: KubernetesObject): Home & { readonly name: string } {
  const { name = '', namespace = 'default' } = metadata ?? {};
  return { ...(cluster === undefined ? {} : { cluster }), name, namespace };
}

/** Objects of a manifest; none of what is no YAML, such as a chart. */
function objectsOf({ yaml, cluster }: Manifest): KubernetesObject[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const object = document.errors.length === 0 ? (document.toJS() as KubernetesObject | null) : null;
    if (object === null || typeof object !== 'object') return [];
    return [cluster === undefined ? object : { ...object, cluster }];
  });
}
