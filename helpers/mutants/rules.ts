/** How a lesson manifest is changed in one place, so that an exercise can be asked whether it would notice. */
import { parseAllDocuments, stringify } from 'yaml';

/** A manifest with one change. */
export interface Mutant {
  /** What was changed, e.g. `NetworkPolicy backend-policy: spec.ingress.0.ports dropped`. */
  readonly name: string;
  readonly yaml: string;
}

type Path = readonly (string | number)[];
type Json = { [key: string]: unknown } | unknown[];

/** What becomes of one place: its new value, or nothing where it is dropped; in words. */
interface Change {
  readonly how: string;
  readonly value?: unknown;
}

const dropped: Change = { how: 'dropped' };
const to = (value: unknown): Change => ({ how: `is ${JSON.stringify(value)}`, value });
const other = (value: unknown): Change[] => (typeof value === 'string' ? [to(`${value}-of-a-mutant`)] : []);
const far = (value: unknown): Change[] => (typeof value === 'number' ? [to(value * 10 + 1)] : []);
/** A duration as Istio writes it, e.g. `2s`, made thirty times as long. */
const longer = (value: unknown): Change[] => {
  const [, number, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(String(value)) ?? [];
  return number === undefined ? [] : [to(`${Number(number) * 30}${unit}`)];
};
/** A list with each of its entries missing once, where others are left. */
const without = (value: unknown): Change[] =>
  Array.isArray(value) && value.length > 1
    ? value.map((entry, index) => ({ how: `without ${short(entry)}`, value: value.toSpliced(index, 1) }))
    : [];
const short = (entry: unknown): string => JSON.stringify(entry).slice(0, 60);
const onlyText = (value: unknown, instead: string): Change[] => (typeof value === 'string' ? [to(instead)] : []);

/** Changes of a field by its name, for the kinds that lessons are about. */
const rules: Readonly<Record<string, (value: unknown, path: Path) => Change[]>> = {
  // NetworkPolicy
  ports: (value) => (Array.isArray(value) ? [dropped, ...without(value)] : []),
  port: (value) => (typeof value === 'number' ? [to(value + 1)] : []),
  from: (value) => [dropped, ...without(value)],
  namespaceSelector: (value) => (Object.keys(value ?? {}).length > 0 ? [to({})] : []),
  cidr: (value) => onlyText(value, '192.0.2.0/24'),
  podSelector: (value) => (typeof value === 'object' && Object.keys(value ?? {}).length > 0 ? [to({})] : []),
  // AuthorizationPolicy, PeerAuthentication
  action: (value) => (value === 'DENY' ? [to('ALLOW')] : [to('DENY')]),
  selector: (value) => (typeof value === 'object' ? [to({})] : []),
  // Of an operation, or of a Sidecar; routes have hosts too, without which they are refused.
  hosts: (value, path) => {
    if (path.includes('operation')) return [to(['*']), to(['of-a-mutant.example'])];
    return path.includes('egress') ? [to(['*/*']), ...without(value)] : [];
  },
  // Sidecar, DestinationRule
  workloadSelector: () => [dropped],
  methods: (value) => [dropped, to(['PATCH']), ...without(value)],
  paths: (value) => [dropped, to(['/of-a-mutant']), ...without(value)],
  principals: (value) => [dropped, to(['cluster.local/ns/default/sa/of-a-mutant']), ...without(value)],
  mode: (value) => (value === 'STRICT' ? [to('PERMISSIVE')] : value === 'PERMISSIVE' ? [to('STRICT')] : []),
  // VirtualService
  match: (value) => (Array.isArray(value) ? [dropped] : []),
  exact: other,
  regex: other,
  weight: (value) => (typeof value === 'number' ? [to(value === 50 ? 95 : 100 - value)] : []),
  subset: other,
  timeout: longer,
  perTryTimeout: longer,
  attempts: (value) => (typeof value === 'number' ? [to(value === 0 ? 3 : 0)] : []),
  retryOn: (value) => onlyText(value, 'retriable-4xx'),
  // DestinationRule
  version: other,
  maxConnections: far,
  http1MaxPendingRequests: far,
  maxRequestsPerConnection: far,
  consecutive5xxErrors: far,
  baseEjectionTime: longer,
  maxEjectionPercent: (value) => (typeof value === 'number' ? [to(value > 50 ? 1 : 100)] : []),
  httpQueryParameterName: other,
  // HTTPRoute: headers, paths and parameters
  matches: (value) => (Array.isArray(value) ? [dropped] : []),
  value: other,
  // IstioOperator, Telemetry
  service: other,
  tracing: (value) => (Array.isArray(value) && value.every((name) => typeof name === 'string') ? [dropped] : []),
  accessLogging: () => [dropped],
  randomSamplingPercentage: (value) => (typeof value === 'number' ? [to(value > 50 ? 1 : 100)] : []),
  expression: (value) => onlyText(value, 'response.code >= 600'),
};

const kinds = new Set([
  'NetworkPolicy',
  'AuthorizationPolicy',
  'PeerAuthentication',
  'VirtualService',
  'DestinationRule',
  'HTTPRoute',
  'Sidecar',
  'Telemetry',
  'IstioOperator',
]);

/** Every manifest that is this one with a single change, in the order of its places. */
export function mutantsOf(yaml: string): Mutant[] {
  const documents = parseAllDocuments(yaml).map((document) => document.toJS() as Json | null);
  return documents.flatMap((document, index) => {
    const { kind, metadata } = (document ?? {}) as { kind?: string; metadata?: { name?: string } };
    if (kind === undefined || !kinds.has(kind)) return [];
    return changesIn((document as { spec?: unknown }).spec, ['spec']).map(({ path, change }) => ({
      name: `${kind} ${metadata?.name ?? ''}: ${path.join('.')} ${change.how}`,
      yaml: documents.map((each, at) => stringify(at === index ? changed(each, path, change) : each)).join('---\n'),
    }));
  });
}

function changesIn(value: unknown, path: Path): { path: Path; change: Change }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here: Path = path.concat(Array.isArray(value) ? Number(key) : key);
    const own = Array.isArray(value) ? [] : (rules[key]?.(inner, here) ?? []);
    return own.map((change) => ({ path: here, change })).concat(changesIn(inner, here));
  });
}

/** A copy in which the value at a path is another, or missing. */
function changed(root: unknown, path: Path, { value }: Change): unknown {
  const copy = structuredClone(root) as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], copy);
  if (value === undefined) delete (holder as Record<string | number, unknown>)[last];
  else (holder as Record<string | number, unknown>)[last] = value;
  return copy;
}
