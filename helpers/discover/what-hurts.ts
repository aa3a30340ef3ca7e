import {
  amount,
  type Answer,
  type Finding,
  found,
  gapsOf,
  type Ground,
  have,
  sees,
  seesAll,
  seesLabels,
  together,
} from './finding.ts';
import type { KindName } from './kinds.ts';
import { hasLabels, hasReadinessProbe, isReady, type Landscape } from './workloads.ts';

/** Below so many pods the default share of ejection, a tenth, lets none go. */
const tenPods = 10;

/** What codes of the analysis say, and what shows the same on a lab. */
const codesInWords: Readonly<Record<string, { readonly says: string; readonly shows: readonly string[] }>> = {
  IST0101: { says: 'something that a rule names is not there', shows: ['m6.e10.a5'] },
  IST0109: { says: 'VirtualServices share a host', shows: ['m2.demo.a1'] },
  IST0133: { says: 'a field has no effect as it is written', shows: ['m2.e6.a2'] },
  IST0173: { says: 'a subset selects no pod', shows: ['m2.e5.a4'] },
};

/** Codes of the analysis by which something is not there: of a part of the cluster they say nothing. */
const ofAbsence = new Set(['IST0101', 'IST0173']);
/** Kinds in which that might be. */
const searched = [
  'namespaces',
  'services',
  'pods',
  'serviceEntries',
  'istioGateways',
  'virtualServices',
  'destinationRules',
] as const satisfies readonly KindName[];

/** The second question: the biggest operational pain. */
export function whatHurts(ground: Ground): Answer {
  const { landscape, names } = ground;
  const services = landscape.services.filter(({ pods }) => pods.length > 0);
  const place = ({ namespace, name }: { namespace: string; name: string }) => names.within('svc', namespace, name);
  const unprobed = services.filter(({ pods }) => pods.some((pod) => !hasReadinessProbe(pod)));
  const single = services.filter(({ pods }) => pods.length === 1);
  const unready = landscape.services.filter(({ pods }) => !pods.some(isReady));
  const hasPods = sees(ground, 'pods', 'services');
  const hasAll = seesAll(ground, 'pods', 'services');
  const rules = sees(ground, 'virtualServices', 'destinationRules') ? ruleFindings(ground) : [];
  return {
    title: 'What hurts',
    question: 'What is the biggest operational pain?',
    line: hasPods
      ? together(
          `${unprobed.length} of ${amount(services.length, 'Service')} ${have(unprobed.length)} a pod without readiness probe${hasAll ? `, ${single.length} ${have(single.length)} one pod` : ''}.`,
          rules[0]?.says,
        )
      : 'Pods or Services were not seen, so this question has no answer.',
    facts: [
      ...(hasAll
        ? [`${amount(landscape.services.length - services.length, 'Service')} with a selector that fits no pod.`]
        : []),
      ...trafficFacts(ground),
      ...eventFacts(ground),
    ],
    findings: [
      ...(hasPods
        ? [
            ...found(
              unprobed.map(place),
              (count) =>
                `${count} of ${amount(services.length, 'Service')} ${have(count)} a pod without a readiness probe: it gets calls whether it can answer or not.`,
              'm2.e2.a2',
            ),
          ]
        : []),
      ...(hasAll
        ? [
            ...found(
              single.map(place),
              (count) => `${amount(count, 'Service')} with one pod: while it is gone, nobody answers.`,
              'm1.e1.a10',
            ),
            ...found(
              unready.map(place),
              (count) => `${amount(count, 'Service')} without any pod that is ready now.`,
              'm6.e5.a1',
            ),
          ]
        : []),
      ...rules,
    ],
    gaps: [
      ...gapsOf(ground, 'services', 'pods', 'virtualServices', 'destinationRules', 'serviceEntries', 'events'),
      ...(typeof ground.messages === 'string' ? [`Istio’s own analysis: ${ground.messages}`] : []),
      ...(isCutOut(ground) && hasRules(ground)
        ? ['What Istio’s own analysis does not find: not judged, since not all objects were read']
        : []),
    ],
  };
}

/** True if something that the analysis does not find may be where nobody looked. */
function isCutOut(ground: Ground): boolean {
  return ground.landscape.scope !== undefined || !seesAll(ground, ...searched);
}

function hasRules({ landscape: { seen }, messages }: Ground): boolean {
  return typeof messages !== 'string' && seen.virtualServices.items.length + seen.destinationRules.items.length > 0;
}

/** Rules that nothing follows, or not as they are written. */
function ruleFindings(ground: Ground): Finding[] {
  const { landscape, names, messages: told } = ground;
  const { seen, scope } = landscape;
  const hasPods = seesAll(ground, 'pods', 'services');
  const rule = ({
    metadata: { namespace = '', name = '' },
  }: {
    readonly metadata: { readonly namespace?: string; readonly name?: string };
  }) => names.within('rule', namespace, name);
  const all = [...seen.virtualServices.items, ...seen.destinationRules.items];
  const cutOut = isCutOut(ground);
  const messages = typeof told === 'string' ? [] : told.filter(({ code }) => !cutOut || !ofAbsence.has(code));
  const codes = [...Map.groupBy(messages, ({ code }) => code)].filter(([code]) => codesInWords[code] !== undefined);
  const lost = seesAll(ground, 'services', 'serviceEntries')
    ? seen.virtualServices.items.filter((each) => hostsOf(each).some((host) => isLost(host, each, landscape)))
    : [];
  const hosts = Map.groupBy(
    seen.destinationRules.items.filter(({ spec }) => spec?.workloadSelector === undefined),
    ({ metadata, spec }) => fullName(spec?.host ?? '', metadata.namespace ?? ''),
  );
  const twice = [...hosts.values()].filter((same) => same.length > 1).flat();
  const empty = hasPods ? seen.destinationRules.items.filter((each) => hasEmptySubset(each, landscape)) : [];
  // Who follows a rule may be in namespaces that were not looked at, and is a gateway too.
  const isFollowed =
    scope !== undefined ||
    !seesAll(ground, 'pods') ||
    !seesLabels(ground) ||
    landscape.all.some(({ proxy }) => proxy !== undefined);
  const timid = seen.destinationRules.items.filter((each) => {
    const outlier = each.spec?.trafficPolicy?.outlierDetection;
    const of = podsOf(each, landscape);
    return (
      hasPods &&
      outlier !== undefined &&
      outlier.maxEjectionPercent === undefined &&
      of !== undefined &&
      of.length < tenPods
    );
  });
  return [
    ...found(
      isFollowed ? [] : all.map(rule),
      (count) => `${amount(count, 'rule')} for traffic, and no pod has a proxy that follows them.`,
      'm2.e5.a7',
    ),
    ...found(lost.map(rule), (count) => `${amount(count, 'route')} to a Service that is not there.`, 'm2.e9.a7'),
    ...found(empty.map(rule), (count) => `${amount(count, 'rule')} with a subset that fits no pod.`, 'm2.e5.a4'),
    ...found(twice.map(rule), (count) => `${count} rules share their host with another DestinationRule.`, 'm2.e6.a10'),
    ...found(
      timid.map(rule),
      (count) =>
        `${amount(count, 'rule')} to eject failing pods without maxEjectionPercent, over fewer than ten pods: the default share, a tenth, ejects none of them.`,
      'm2.e6.a3',
    ),
    ...codes.flatMap(([code, alike]) =>
      found(
        alike.map(({ namespace, name }) => names.within('rule', namespace, name)),
        () => `Istio’s analysis: ${codesInWords[code]?.says ?? ''} (${code}, ${amount(alike.length, 'message')}).`,
        ...(codesInWords[code]?.shows ?? []),
      ),
    ),
  ];
}

type Rule = Landscape['seen']['virtualServices']['items'][number];
type Subsets = Landscape['seen']['destinationRules']['items'][number];

function hostsOf({ spec }: Rule): string[] {
  const routes = [...(spec?.http ?? []), ...(spec?.tcp ?? []), ...(spec?.tls ?? [])].flatMap(({ route = [] }) => route);
  return routes.flatMap(({ destination }) => (destination?.host === undefined ? [] : [destination.host]));
}

/** `web` in shop as `web.shop.svc.cluster.local`; what has a dot is a full name already. */
function fullName(host: string, namespace: string): string {
  return host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;
}

const ofService = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/;

/** True if a host is that of a Service in a namespace that was looked at, and there is none. */
function isLost(host: string, { metadata }: Rule, { seen, namespaces }: Landscape): boolean {
  const [full, service, namespace = ''] = ofService.exec(fullName(host, metadata.namespace ?? '')) ?? [];
  if (full === undefined || !namespaces.includes(namespace)) return false;
  const isThere = seen.services.items.some(
    (each) => each.metadata?.name === service && each.metadata?.namespace === namespace,
  );
  const isEntered = seen.serviceEntries.items.some(({ spec }) =>
    spec?.hosts?.some((entered) => entered === full || entered === host || entered.startsWith('*')),
  );
  return !isThere && !isEntered;
}

/** Pods of the Service that a rule is for; undefined where it is for none that was seen. */
function podsOf({ metadata, spec }: Subsets, { services }: Landscape) {
  const [, service, namespace] = ofService.exec(fullName(spec?.host ?? '', metadata.namespace ?? '')) ?? [];
  return services.find((each) => each.name === service && each.namespace === namespace)?.pods;
}

function hasEmptySubset(each: Subsets, landscape: Landscape): boolean {
  const pods = podsOf(each, landscape);
  return (
    pods !== undefined &&
    (each.spec?.subsets ?? []).some(
      ({ labels = {} }) => Object.keys(labels).length > 0 && !pods.some((pod) => hasLabels(pod.labels, labels)),
    )
  );
}

function trafficFacts(ground: Ground): string[] {
  if (!sees(ground, 'virtualServices', 'destinationRules')) return [];
  const { virtualServices, destinationRules } = ground.landscape.seen;
  const routes = virtualServices.items.filter(({ spec }) =>
    spec?.http?.some(({ timeout, retries }) => timeout ?? retries),
  );
  const outliers = destinationRules.items.filter(({ spec }) => spec?.trafficPolicy?.outlierDetection !== undefined);
  if (virtualServices.items.length + destinationRules.items.length === 0)
    return seesAll(ground, 'virtualServices', 'destinationRules')
      ? ['No VirtualService and no DestinationRule; routes of the Gateway API are not read.']
      : [];
  return [
    `${amount(virtualServices.items.length, 'VirtualService')}, ${routes.length} of them with a timeout or retries; ${amount(destinationRules.items.length, 'DestinationRule')}, ${outliers.length} of them with ejection of failing pods.`,
  ];
}

/** Reasons of Kubernetes' own. Those of other programs may tell whose cluster it is. */
const known = new Set([
  'BackOff',
  'ErrImagePull',
  'Evicted',
  'Failed',
  'FailedAttachVolume',
  'FailedCreate',
  'FailedCreatePodSandBox',
  'FailedKillPod',
  'FailedMount',
  'FailedScheduling',
  'InspectFailed',
  'NodeNotReady',
  'OOMKilling',
  'Preempted',
  'ProbeError',
  'Unhealthy',
]);

/** Events of type Warning by their reasons. */
function eventFacts(ground: Ground): string[] {
  if (!sees(ground, 'events')) return [];
  const { landscape } = ground;
  const own = landscape.seen.events.items.filter(({ metadata }) =>
    landscape.namespaces.includes(metadata.namespace ?? ''),
  );
  const reasons = Map.groupBy(own, ({ reason = '' }) => (known.has(reason) ? reason : 'others'));
  const words = [...reasons]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, 8)
    .map(([reason, events]) => `${reason} ${events.length}`);
  if (words.length === 0 && !seesAll(ground, 'events')) return [];
  return [words.length === 0 ? 'No event of type Warning.' : `Events of type Warning, by reason: ${words.join(', ')}.`];
}
