import { actsOn, isAllow, policiesOf } from './authorization.ts';
import {
  amount,
  are,
  type Answer,
  type Finding,
  found,
  gapsOf,
  type Ground,
  have,
  sees,
  seesAll,
  together,
} from './finding.ts';
import { isForWorkload, type Taken, takenBy } from './mutual-tls.ts';
import { hasLabels, type Landscape, type RunningPod } from './workloads.ts';

type Policy = Landscape['seen']['authorizationPolicies']['items'][number];

/** The third question: how security between services is handled. */
export function betweenServices(ground: Ground): Answer {
  const { landscape, names, walls } = ground;
  const { pods, seen } = landscape;
  const place = ({ namespace, workload }: RunningPod) => names.within('app', namespace, workload);
  const open = pods.filter((pod) => !pod.onNode && !walls.closes(pod));
  const shared = pods.filter(({ account }) => account === 'default');
  const blocks = seen.networkPolicies.items.filter(({ spec }) =>
    [...(spec?.ingress ?? []).map(fromOf), ...(spec?.egress ?? []).map(({ to }) => to)].some((peers) =>
      peers?.some(({ ipBlock }) => ipBlock !== undefined),
    ),
  );
  const onNetwork = pods.filter(({ onNode }) => !onNode);
  const selected = sees(ground, 'networkPolicies', 'pods');
  // What selects a pod may be among the policies that were not seen.
  const decided = selected && seesAll(ground, 'networkPolicies');
  const taken = sees(ground, 'peerAuthentications', 'pods');
  const plain = new Map(
    (taken ? pods : []).map((pod) => [pod, takenBy(pod, landscape)] as const).filter(([, { plaintext }]) => plaintext),
  );
  return {
    title: 'Between services',
    question: 'How is security between services handled?',
    line: sees(ground, 'pods')
      ? together(
          decided
            ? `${open.length} of ${amount(onNetwork.length, 'pod')} are selected by no NetworkPolicy for incoming calls.`
            : selected
              ? 'NetworkPolicies were seen in part.'
              : 'NetworkPolicies were not seen.',
          taken ? plaintextInWords([...plain.values()]) : 'Whether pods accept plaintext was not seen.',
          shared.length > 0 &&
            `${shared.length} ${shared.length === 1 ? 'runs' : 'run'} under the account “default”, which a rule by account cannot tell apart.`,
        )
      : 'Pods were not seen, so this question has no answer.',
    facts: [
      ...(selected
        ? [
            `${amount(seen.networkPolicies.items.length, 'NetworkPolicy')}${seesAll(ground, 'pods') ? `; ${walls.idle.length} of them select no pod` : ''}.`,
            ...(pods.length > onNetwork.length
              ? [
                  `${amount(pods.length - onNetwork.length, 'pod')} on the network of their node, which NetworkPolicies do not select.`,
                ]
              : []),
          ]
        : []),
      ...(sees(ground, 'peerAuthentications', 'authorizationPolicies')
        ? [
            `${amount(seen.peerAuthentications.items.length, 'PeerAuthentication')}, ${amount(seen.authorizationPolicies.items.length, 'AuthorizationPolicy')}.`,
          ]
        : []),
    ],
    findings: [
      ...(selected
        ? [
            ...found(
              decided ? open.map(place) : [],
              () =>
                `${open.length} of ${amount(onNetwork.length, 'pod')} ${are(open.length)} selected by no NetworkPolicy for incoming calls.`,
              'm1.e2.a1',
            ),
            ...found(
              blocks.map(({ metadata }) => names.within('rule', metadata?.namespace ?? '', metadata?.name ?? '')),
              (count) => `${amount(count, 'NetworkPolicy')} with an ipBlock: a list of addresses does not follow pods.`,
              'm1.e4.a12',
            ),
          ]
        : []),
      ...(taken ? plaintextFindings(ground, plain, place) : []),
      ...(sees(ground, 'pods')
        ? found(
            shared.map(place),
            () =>
              `${shared.length} of ${amount(pods.length, 'pod')} ${shared.length === 1 ? 'runs' : 'run'} under the account “default” of the namespace: a rule by account lets in all that share it.`,
            'm1.e7.a4',
          )
        : []),
      ...(sees(ground, 'authorizationPolicies', 'pods') ? policyFindings(ground, [...plain.keys()], place) : []),
      ...portFindings(ground),
    ],
    gaps: gapsOf(ground, 'pods', 'networkPolicies', 'peerAuthentications', 'authorizationPolicies', 'destinationRules'),
  };
}

function fromOf(rule: object): readonly { readonly ipBlock?: object }[] | undefined {
  return (rule as { from?: { ipBlock?: object }[] }).from;
}

function plaintextInWords(plain: readonly Taken[]): string {
  const open = plain.filter(({ because }) => because === 'not seen').length;
  const sure = plain.length - open;
  return together(
    `${sure} ${sure === 1 ? 'accepts' : 'accept'} plaintext.`,
    open > 0 && `Of ${open} more it is not known: not all that decides it was seen.`,
  );
}

type Place = (pod: RunningPod) => string;

function plaintextFindings(
  { landscape, names }: Ground,
  plain: ReadonlyMap<RunningPod, Taken>,
  place: Place,
): Finding[] {
  const { seen, root, pods } = landscape;
  const because = (reason: Taken['because']) =>
    [...plain].filter(([, taken]) => taken.because === reason).map(([pod]) => pod);
  const rule = ({
    metadata: { namespace = '', name = '' },
  }: {
    readonly metadata: { readonly namespace?: string; readonly name?: string };
  }) => names.within('rule', namespace, name);
  const own = seen.peerAuthentications.items.filter(({ metadata: { namespace = '' } }) =>
    [...landscape.namespaces, root].includes(namespace),
  );
  const wide = Map.groupBy(
    own.filter((each) => !isForWorkload(each)),
    ({ metadata }) => metadata.namespace,
  );
  const rivals = [...wide.values()].filter((same) => same.length > 1).flat();
  const stray = own.filter(
    (each) =>
      seen.peerAuthentications.rootUnseen !== true &&
      isForWorkload(each) &&
      each.metadata.namespace === root &&
      !landscape.namespaces.includes(root),
  );
  const off = own.filter(({ spec }) => spec?.mtls?.mode === 'DISABLE');
  const plainCallers = seen.destinationRules.items.filter(({ spec }) => spec?.trafficPolicy?.tls?.mode === 'DISABLE');
  return [
    ...found(
      because('no proxy').map(place),
      () =>
        `${because('no proxy').length} of ${amount(pods.length, 'pod')} ${have(because('no proxy').length)} no proxy, so what reaches them was encrypted by no mesh.`,
      'm1.e4.a9',
    ),
    ...found(
      because('mode').map(place),
      () =>
        `${amount(because('mode').length, 'pod')} with a proxy that also takes plaintext: no STRICT mode is in force there.`,
      'm1.e6.a3',
    ),
    ...found(
      because('one port').map(place),
      () => `${amount(because('one port').length, 'pod')} under STRICT with an exception for a port.`,
      'm4.e5.a2',
    ),
    ...found(
      rivals.map(rule),
      (count) => `${count} PeerAuthentications for a whole namespace, where the oldest decides.`,
      'm4.e5.a6',
    ),
    ...found(
      stray.map(rule),
      (count) =>
        `${amount(count, 'PeerAuthentication')} with a selector in the mesh’s root namespace, which reaches no other namespace.`,
      'm4.e5.a7',
    ),
    ...found(
      off.map(rule),
      (count) => `${amount(count, 'PeerAuthentication')} with mutual TLS switched off.`,
      'm4.e5.a8',
    ),
    ...found(
      plainCallers.map(rule),
      (count) =>
        `${amount(count, 'DestinationRule')} with TLS switched off for callers: where STRICT is in force, calls fail.`,
      'm1.ts.a2',
    ),
  ];
}

function policyFindings(ground: Ground, plain: readonly RunningPod[], place: Place): Finding[] {
  const { landscape, names } = ground;
  const { seen, pods, root } = landscape;
  const inMesh = pods.filter(({ proxy }) => proxy !== undefined);
  const free = inMesh.filter((pod) => policiesOf(pod, landscape).length === 0);
  const rule = ({ metadata: { namespace = '', name = '' } }: Policy) => names.within('rule', namespace, name);
  const all = seen.authorizationPolicies.items.filter(
    ({ spec }) => spec?.targetRef === undefined && spec?.targetRefs === undefined,
  );
  const actsOnOne = (policy: Policy, some: readonly RunningPod[]) => some.some((pod) => actsOn(policy, pod, root));
  const isSelecting = ({ spec }: Policy) => Object.keys(spec?.selector?.matchLabels ?? {}).length > 0;
  // One of the root namespace may be for pods of namespaces that were not named.
  const idle = all.filter(
    (policy) =>
      seesAll(ground, 'pods') &&
      isSelecting(policy) &&
      policy.metadata.namespace !== root &&
      !landscape.all.some(
        (pod) =>
          pod.namespace === policy.metadata.namespace && hasLabels(pod.labels, policy.spec?.selector?.matchLabels),
      ),
  );
  const bare = pods.filter(({ proxy }) => proxy === undefined);
  const inert = all.filter((policy) => actsOnOne(policy, bare));
  const passed = all.filter(
    (policy) => policy.spec?.action === 'DENY' && isByAccount(policy) && actsOnOne(policy, plain),
  );
  const wide = all.filter(
    (policy) => isAllow(policy) && (policy.spec?.rules ?? []).some(({ from }) => from?.length === 0),
  );
  return [
    ...found(
      seen.authorizationPolicies.rootUnseen === true || !seesAll(ground, 'authorizationPolicies')
        ? []
        : free.map(place),
      () =>
        `${free.length} of ${amount(inMesh.length, 'pod')} with a proxy ${are(free.length)} selected by no AuthorizationPolicy.`,
      'm1.e7.a5',
    ),
    ...found(
      idle.map(rule),
      (count) => `${amount(count, 'AuthorizationPolicy')} whose selector fits no pod.`,
      'm1.ts.a3',
    ),
    ...found(
      inert.map(rule),
      (count) => `${amount(count, 'AuthorizationPolicy')} for pods without a proxy, where nothing enforces it.`,
      'm2.e3.a3',
    ),
    ...found(
      passed.map(rule),
      (count) =>
        `${amount(count, 'AuthorizationPolicy')} with a DENY by account or namespace where plaintext is taken: a caller in plaintext has neither.`,
      'm4.e5.a5',
    ),
    ...found(
      wide.map(rule),
      (count) =>
        `${amount(count, 'AuthorizationPolicy')} with an ALLOW and an empty list of sources: it admits everybody.`,
      'm4.e4.a7',
    ),
  ];
}

function isByAccount({ spec }: Policy): boolean {
  return (spec?.rules ?? []).some(({ from = [] }) =>
    from.some(({ source = {} }) => (source.principals ?? source.serviceAccounts ?? source.namespaces) !== undefined),
  );
}

/** Ports whose name begins with a protocol, or is one. https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
const declared = /^(http|http2|https|grpc|grpc-web|tcp|tls|udp|mongo|mysql|redis)(-|$)/;

function portFindings(ground: Ground): Finding[] {
  if (!sees(ground, 'services')) return [];
  const { services } = ground.landscape;
  const silent = services.filter(({ service }) =>
    (service.spec?.ports ?? []).some(
      ({ name = '', appProtocol, protocol = 'TCP' }) =>
        protocol === 'TCP' && appProtocol === undefined && !declared.test(name),
    ),
  );
  return found(
    silent.map(({ namespace, name }) => ground.names.within('svc', namespace, name)),
    (count) => `${amount(count, 'Service')} with a port that does not say its protocol.`,
    'm2.e3.a6',
  );
}
