import { amount, type Answer, found, gapsOf, type Ground, have, sees, seesLabels, together } from './finding.ts';
import { window } from './metrics.ts';
import { workloadsOf } from './workloads.ts';

/** The first question: how services communicate. */
export function howTheyTalk(ground: Ground): Answer {
  const { landscape, names, counted } = ground;
  const { pods, services, labelsOf } = landscape;
  const place = (pod: (typeof pods)[number]) => names.within('app', pod.namespace, pod.workload);
  const bare = pods.filter(({ proxy }) => proxy === undefined);
  const missed = bare.filter(({ namespace, labels, onNode }) => {
    const of = labelsOf(namespace);
    const isInjected = of['istio-injection'] === 'enabled' || of['istio.io/rev'] !== undefined;
    return isInjected && !onNode && labels['sidecar.istio.io/inject'] !== 'false';
  });
  const edges = (counted?.edges ?? []).filter(({ to }) => landscape.namespaces.includes(to.namespace));
  const strangers = edges.filter(({ from }) => from.name === 'unknown');
  const withProxy = pods.length - bare.length;
  const figures = `${amount(services.length, 'Service')}, ${amount(pods.length, 'pod')}, ${withProxy} with a proxy.`;
  return {
    title: 'How they talk',
    question: 'How do services communicate?',
    line: sees(ground, 'pods', 'services')
      ? together(figures, callsInWords(ground, withProxy, edges.length))
      : `${sees(ground, 'pods') ? 'Services' : 'Pods'}: not seen, so this question has no answer.`,
    facts: sees(ground, 'pods')
      ? [
          `${amount(workloadsOf(pods).length, 'workload')} in ${amount(landscape.namespaces.length, 'namespace')}; ${amount(pods.filter(({ proxy }) => proxy === 'sidecar').length, 'pod')} with a sidecar, ${pods.filter(({ proxy }) => proxy === 'ambient').length} labelled for ambient mode.`,
          ...(seesLabels(ground)
            ? []
            : [
                'Labels of namespaces were not all seen: a pod that has ambient mode by them is counted as one without a proxy.',
              ]),
          ...(landscape.gateways.length === 0
            ? []
            : [
                `${amount(landscape.gateways.length, 'pod')} more ${have(landscape.gateways.length)} no container but a proxy, as gateways and waypoints have; they are not among these.`,
              ]),
          ...edges.map(
            ({ from, to, mutualTls }) =>
              `${from.name === 'unknown' ? 'unknown' : names.within('app', from.namespace, from.name)} calls ${names.within('app', to.namespace, to.name)}${mutualTls ? '' : ', not always by mutual TLS'}.`,
          ),
        ]
      : [],
    findings: [
      ...found(
        bare.map(place),
        () =>
          `${bare.length} of ${amount(pods.length, 'pod')} ${have(bare.length)} no proxy that would record their calls.`,
        'm1.e3.a3',
        'm1.e3.a2',
      ),
      ...found(
        missed.map(place),
        () =>
          `${amount(missed.length, 'pod')} without a proxy in namespaces that are labelled for one: a label gives no running pod a proxy.`,
        'm1.e5.a2',
        'm2.e3.a3',
      ),
      ...found(
        strangers.map(({ to }) => names.within('app', to.namespace, to.name)),
        () => `${amount(strangers.length, 'edge')} of the map come from callers that the proxies do not know.`,
        'm1.e8.a7',
      ),
    ],
    gaps: [
      ...gapsOf(ground, 'services', 'pods', 'namespaces'),
      ...(counted?.gap === undefined ? [] : [`Prometheus: ${counted.gap}`]),
    ],
  };
}

function callsInWords({ counted }: Ground, withProxy: number, edges: number): string {
  if (counted !== undefined && counted.gap === undefined)
    return edges === 0
      ? `No HTTP or gRPC request was counted in the last ${window}; TCP is not in this.`
      : `HTTP and gRPC requests of the last ${window} make a map of ${amount(edges, 'edge')}; TCP is not in it.`;
  if (counted !== undefined) return `What is counted: ${counted.gap}.`;
  return withProxy === 0
    ? 'No proxy here records calls.'
    : 'What their proxies have counted was not asked (METRICS=yes).';
}
