import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { isMap, isScalar, parseDocument, visit } from 'yaml';

import { seesAll } from './finding.ts';
import type { KindName } from './kinds.ts';
import type { Landscape } from './workloads.ts';

const head = ` Figures of a cluster, for the workshop's calculation. Copy this file before you fill it in, and type
 make roi INPUTS=<the copy>; the next make discover writes this one anew.
 What is named by "counted" was counted on the cluster and is given. All else is assumed: figures of the workshop, for a
 company of another size, to be replaced by the customer's own before any of it is told.`;

const ofNamed = 'Only the namespaces that were named were counted, and not the whole cluster.';

/**
 * Inputs for the calculation: what was counted on a cluster, and the workshop's assumptions for the rest.
 *
 * @param example an inputs file of the course
 * @returns undefined if pods or Services were not seen
 */
export function roiInputsOf(landscape: Landscape, example: string): string | undefined {
  const { seen, pods, services, scope, namespaces } = landscape;
  if (seen.pods.blind || seen.services.blind) return undefined;
  const all = (...keys: readonly KindName[]) => seesAll({ landscape }, ...keys);
  const document = parseDocument(example);
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && key.value === 'basis' && isScalar(value)) value.value = 'assumed';
    },
  });
  for (const told of ['namespaces', 'dora', 'build', 'relatedMeasurements']) document.delete(told);
  document.commentBefore = scope === undefined ? head : `${head}\n ${ofNamed}`;
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
    ['pods', all('pods') ? pods.length : undefined],
    // Nodes are those of all namespaces.
    ['nodes', all('nodes') && scope === undefined && seen.nodes.items.length > 0 ? seen.nodes.items.length : undefined],
    ['waypoints', all('gateways') ? waypoints : undefined],
  ];
  const counted = machines.filter(([, value]) => value !== undefined);
  document.setIn(['company'], 'the company of this cluster');
  document.setIn(['persona'], 'customer');
  if (all('services', 'pods')) {
    document.setIn(['team', 'services'], services.length);
    document.setIn(['team', 'counted'], 'services');
  }
  document.setIn(['infrastructure', 'dataPlane'], ambient > sidecars ? 'ambient' : 'sidecar');
  for (const [name, value] of counted) document.setIn(['infrastructure', name], value);
  if (counted.length > 0) document.setIn(['infrastructure', 'counted'], counted.map(([name]) => name).join(', '));
  return document.toString({ lineWidth: 0 });
}

const file = 'roi-inputs.yaml';

/**
 * Keeps the inputs that a folder holds beside those that are to be written there: somebody may have filled them in.
 *
 * @param date of the new ones, ISO 8601
 * @returns its name; undefined where nothing would be lost
 */
export async function setAside(folder: string, next: string | undefined, date: string): Promise<string | undefined> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  if (text === undefined || text === next) return undefined;
  const name = `roi-inputs-before-${date.slice(0, 19).replaceAll(':', '-')}.yaml`;
  await rename(join(folder, file), join(folder, name));
  return name;
}
