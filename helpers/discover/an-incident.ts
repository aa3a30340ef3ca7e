import { policiesOf } from './authorization.ts';
import {
  amount,
  type Answer,
  type Finding,
  found,
  gapsOf,
  type Ground,
  sees,
  seesAll,
  seesLabels,
  together,
} from './finding.ts';
import type { Telemetry } from './objects.ts';
import { mayCall } from './reach.ts';
import { hasLabels, type RunningPod, workloadsOf } from './workloads.ts';

/** A workload that somebody has named. */
export interface WorkloadName {
  readonly namespace: string;
  readonly workload: string;
}

/** The fourth question: what an incident looks like, for one workload. @param named if none is, the one with most callers */
export function anIncident(ground: Ground, named: WorkloadName | undefined): Answer {
  const { landscape, names } = ground;
  const asked = { title: 'An incident', question: 'What does an incident look like?' } as const;
  const gaps = gapsOf(
    ground,
    'pods',
    'namespaces',
    'networkPolicies',
    'peerAuthentications',
    'authorizationPolicies',
    'telemetries',
  );
  const facing = named === undefined ? mostCalled(ground) : podOf(named, landscape.pods);
  if (facing === undefined) {
    const line = sees(ground, 'pods')
      ? 'There is no pod to ask this of.'
      : 'Pods were not seen, so this question has no answer.';
    return { ...asked, line, facts: [], findings: [], gaps };
  }
  const { pod, because } = facing;
  const who = names.within('app', pod.namespace, pod.workload);
  const others = landscape.all.filter(
    ({ namespace, workload }) => namespace !== pod.namespace || workload !== pod.workload,
  );
  const callers = others.filter((other) => mayCall(other, pod, landscape, ground.walls));
  const called = others.filter((other) => mayCall(pod, other, landscape, ground.walls));
  const strangers = callers.filter(({ namespace }) => namespace !== pod.namespace);
  const decided = sees(ground, 'networkPolicies', 'peerAuthentications', 'authorizationPolicies');
  const { has, lacks, unknown } = sourcesOf(ground, pod);
  const those = landscape.scope === undefined ? '' : ' of the namespaces that were named';
  const untold = landscape.scope === undefined ? '' : '; others were not looked at';
  const isFree = !ground.walls.closes(pod) && (pod.proxy === undefined || policiesOf(pod, landscape).length === 0);
  const reach = decided
    ? `${isFree ? 'is selected by no policy' : 'is selected by policies'}: ${callers.length} of ${amount(others.length, 'other pod')}${those} may call it${isForTargets(ground) ? ' (policies by targetRefs are not judged)' : ''}${untold}.`
    : 'who may call it was not seen.';
  return {
    ...asked,
    line: `${who} ${gaps.length > 0 ? '(as far as was seen) ' : ''}${reach} ${together(`Sources: ${has.join(', ')}.`, lacks.length > 0 && `Missing: ${lacks.join(', ')}.`, unknown.length > 0 && `Not known: ${unknown.join(', ')}.`)}`,
    facts: [
      `The workload is ${because}.`,
      ...(pod.proxy === undefined
        ? []
        : [
            `What its proxy logs and traces for the whole mesh is set in a ConfigMap, which is not read.${ground.counted === undefined ? ' What it counts was not asked (METRICS=yes).' : ''}`,
          ]),
      ...(decided
        ? [
            `If somebody took it over, that pod may call ${called.length} of ${amount(others.length, 'other pod')}${those}${untold}.`,
            'A call that only its port, method or path decides is counted as one that may pass.',
            ...namespacesInWords(ground),
          ]
        : []),
    ],
    findings: [
      ...found(
        decided && strangers.length > 0 ? [who] : [],
        () => `${amount(strangers.length, 'pod')} of other namespaces may call ${who}.`,
        'm1.e2.a2',
      ),
      ...found(
        lacks.length > 0 ? [who] : [],
        () => `An incident at ${who} would lack ${lacks.join(', ')}.`,
        'm6.e4.a2',
        'm1.e3.a3',
      ),
      ...(sees(ground, 'telemetries') ? telemetryFindings(ground) : []),
    ],
    gaps,
  };
}

/** True if policies of gateways or waypoints are there, of which nothing is said here. */
function isForTargets({ landscape: { seen } }: Ground): boolean {
  return seen.authorizationPolicies.items.some(
    ({ spec }) => spec?.targetRef !== undefined || spec?.targetRefs !== undefined,
  );
}

/** What it means where labels of namespaces were not seen. */
function namespacesInWords(ground: Ground): string[] {
  return seesLabels(ground)
    ? []
    : ['Labels of namespaces were not all seen: whoever a NetworkPolicy admits by them is counted as kept out.'];
}

type Facing = { readonly pod: RunningPod; readonly because: string } | undefined;

function podOf({ namespace, workload }: WorkloadName, pods: readonly RunningPod[]): Facing {
  const pod = pods.find((each) => each.namespace === namespace && each.workload === workload);
  return pod && { pod, because: 'the one that was named' };
}

/** The workload with most callers by the metrics, else the one behind most Services, else the one with most pods. */
function mostCalled({ landscape, counted }: Ground): Facing {
  const { pods, services } = landscape;
  const callers = Map.groupBy(counted?.edges ?? [], ({ to }) => `${to.namespace}/${to.name}`);
  const [busiest] = [...callers].toSorted(([, a], [, b]) => b.length - a.length);
  const isIt = ({ namespace, workload, account }: RunningPod) =>
    // Some proxies name a workload by its account.
    [`${namespace}/${workload}`, `${namespace}/${account}`].includes(busiest?.[0] ?? '');
  const called = busiest && pods.find(isIt);
  if (called !== undefined) return { pod: called, because: `the one with most callers, ${busiest?.[1].length}` };
  const size = (pod: RunningPod) =>
    pods.filter(({ namespace, workload }) => namespace === pod.namespace && workload === pod.workload).length;
  const behind = (pod: RunningPod) =>
    services.filter((service) =>
      service.pods.some(({ workload }) => workload === pod.workload && service.namespace === pod.namespace),
    ).length;
  const [first] = workloadsOf(pods)
    .map((pod) => ({ pod, rank: behind(pod) * 1_000_000 + size(pod) }))
    .toSorted((a, b) => b.rank - a.rank);
  return (
    first && {
      pod: first.pod,
      because: 'the one behind most Services and, of these, with most pods; who has most callers is not known',
    }
  );
}

/** What would tell of an incident at a pod, what would not, and of what nobody knows whether it would. */
function sourcesOf(ground: Ground, pod: RunningPod): { has: string[]; lacks: string[]; unknown: string[] } {
  const { landscape } = ground;
  const { seen, root } = landscape;
  const told = seen.telemetries.items.filter((each) => isAbout(each, pod, root));
  const hasProxy = pod.proxy !== undefined;
  const calls = hasProxy ? countsCalls(ground) : false;
  const isGuarded = policiesOf(pod, landscape).length > 0;
  const mayBeGuarded =
    seen.authorizationPolicies.rootUnseen === true ||
    !seesAll(ground, 'authorizationPolicies') ||
    (pod.proxy === 'ambient' && isForTargets(ground));
  const refusals = isGuarded ? calls : calls !== false && mayBeGuarded ? undefined : false;
  // The narrowest Telemetry decides, and what is switched on for the whole mesh stands in a ConfigMap.
  const logging = told.flatMap(({ spec }) => spec?.accessLogging ?? []);
  const logs =
    pod.proxy === 'sidecar' && logging.length > 0 && logging.every(({ disabled }) => disabled !== true)
      ? true
      : hasProxy
        ? undefined
        : false;
  const sources: readonly (readonly [string, boolean | undefined])[] = [
    ['pod logs', true],
    ['events', true],
    ['calls and callers that a proxy counts', calls],
    ['refusals that a proxy counts', refusals],
    ['access logs of a proxy', logs],
    ['spans of a proxy', hasProxy ? undefined : false],
  ];
  const names = (there: boolean | undefined) => sources.filter(([, is]) => is === there).map(([source]) => source);
  return { has: names(true), lacks: names(false), unknown: names(undefined) };
}

/** True if calls are counted, false if none were; undefined where Prometheus was not asked, or did not say. */
function countsCalls({ counted }: Ground): boolean | undefined {
  return counted === undefined || counted.gap !== undefined ? undefined : counted.edges.length > 0;
}

function isAbout({ metadata, spec }: Telemetry, { namespace, labels }: RunningPod, root: string): boolean {
  if (spec?.targetRefs !== undefined) return false;
  if (metadata.namespace !== namespace && metadata.namespace !== root) return false;
  const wanted = spec?.selector?.matchLabels ?? {};
  return Object.keys(wanted).length === 0 || (metadata.namespace === namespace && hasLabels(labels, wanted));
}

function telemetryFindings({ landscape, names }: Ground): Finding[] {
  const own = landscape.seen.telemetries.items.filter(({ metadata: { namespace = '' } }) =>
    [...landscape.namespaces, landscape.root].includes(namespace),
  );
  const rule = ({ metadata: { namespace = '', name = '' } }: Telemetry) => names.within('rule', namespace, name);
  const tracing = own.filter(({ spec }) => spec?.tracing?.some(({ providers }) => providers !== undefined));
  const unset = own.filter(({ spec }) =>
    spec?.tracing?.some(
      ({ providers, randomSamplingPercentage }) => providers !== undefined && randomSamplingPercentage === undefined,
    ),
  );
  const filtered = own.filter(({ spec }) => spec?.accessLogging?.some(({ filter }) => filter !== undefined));
  const wide = Map.groupBy(
    own.filter(({ spec }) => spec?.selector === undefined && spec?.targetRefs === undefined),
    ({ metadata }) => metadata.namespace,
  );
  const rivals = [...wide.values()].filter((same) => same.length > 1).flat();
  return [
    ...found(
      tracing.map(rule),
      (count) =>
        `${amount(count, 'Telemetry')} with a tracing provider by name: whether it is defined stands in a ConfigMap, which is not read.`,
      'm2.e9.a6',
    ),
    ...found(
      unset.map(rule),
      (count) =>
        `${amount(count, 'Telemetry')} with tracing and no percentage: one call in a hundred, unless the whole mesh has another share.`,
      'm6.e3.a3',
    ),
    ...found(
      filtered.map(rule),
      (count) => `${amount(count, 'Telemetry')} with a filter for access logs, which may leave lines out that matter.`,
      'm6.e9.a2',
    ),
    ...found(
      rivals.map(rule),
      (count) => `${count} Telemetries without a selector share a namespace, where the oldest decides.`,
      'm6.e9.a3',
    ),
  ];
}
