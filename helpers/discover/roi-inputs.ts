import { isMap, isScalar, parseDocument, visit } from 'yaml';

import type { Landscape } from './workloads.ts';

const head = ` Figures of a cluster, for the workshop's calculation: make roi INPUTS=<this file>
 What is named by "counted" was counted on the cluster and is given. All else is assumed: figures of the workshop, for a
 company of another size, to be replaced by the customer's own before any of it is told.`;

/**
 * Inputs for the calculation: what was counted on a cluster, and the workshop's assumptions for the rest.
 *
 * @param example an inputs file of the course
 * @returns undefined if pods or Services were not seen
 */
export function roiInputsOf({ seen, pods, services, namespaces }: Landscape, example: string): string | undefined {
  if (seen.pods.blind || seen.services.blind) return undefined;
  const document = parseDocument(example);
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && key.value === 'basis' && isScalar(value)) value.value = 'assumed';
    },
  });
  for (const told of ['dora', 'build', 'relatedMeasurements']) document.delete(told);
  document.commentBefore = head;
  // What stands above the first field is about another company.
  const first = isMap(document.contents) ? document.contents.items[0]?.key : undefined;
  if (isScalar(first)) first.commentBefore = null;
  const ambient = pods.filter(({ proxy }) => proxy === 'ambient').length;
  const sidecars = pods.filter(({ proxy }) => proxy === 'sidecar').length;
  const waypoints = seen.gateways.items.filter(
    ({ metadata, spec }) =>
      spec?.gatewayClassName === 'istio-waypoint' && namespaces.includes(metadata.namespace ?? ''),
  ).length;
  const machines: readonly (readonly [string, string | number | undefined])[] = [
    ['pods', pods.length],
    ['nodes', seen.nodes.items.length === 0 ? undefined : seen.nodes.items.length],
    ['waypoints', seen.gateways.blind ? undefined : waypoints],
  ];
  const counted = machines.filter(([, value]) => value !== undefined);
  document.setIn(['company'], 'the company of this cluster');
  document.setIn(['persona'], 'to be named');
  document.setIn(['team', 'services'], services.length);
  document.setIn(['team', 'counted'], 'services');
  document.setIn(['infrastructure', 'dataPlane'], ambient > sidecars ? 'ambient' : 'sidecar');
  for (const [name, value] of counted) document.setIn(['infrastructure', name], value);
  document.setIn(['infrastructure', 'counted'], counted.map(([name]) => name).join(', '));
  return document.toString({ lineWidth: 0 });
}
