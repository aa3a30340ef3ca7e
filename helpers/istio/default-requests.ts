/** What the parts of a data plane ask for, where nobody has set anything: as `istioctl manifest generate` prints it. */
import { parse } from 'yaml';

import { readRequests, type Requests } from '../kube/requests.ts';

/** Requests of each part. */
export interface DefaultRequests {
  /** A proxy in a pod. */
  readonly proxy: Requests;
  /** On each node in ambient mode. */
  readonly ztunnel: Requests;
  readonly cni: Requests;
  /** A proxy of a waypoint. */
  readonly waypoint: Requests;
}

/** The part of a DaemonSet that is read here. */
interface DaemonSet {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly resources: { readonly requests: Parameters<typeof readRequests>[0] };
}

/**
 * Reads the manifests of the profile `ambient`, which hold all four.
 *
 * @throws {Error} if a part is not among them
 * @throws {RangeError} if one asks for nothing
 */
export function readDefaultRequests(manifests: string): DefaultRequests {
  const documents = manifests.split(/^---$/m);
  const find = (kind: string, name: string) => {
    const isIt = (text: string) =>
      new RegExp(`^kind: ${kind}$`, 'm').test(text) && new RegExp(`^  name: ${name}$`, 'm').test(text);
    const found = documents.find(isIt);
    if (found === undefined) throw new Error(`there is no ${kind} ${name} in what was generated`);
    return parse(found) as unknown;
  };
  const ofDaemonSet = (name: string) => {
    const [container] = (find('DaemonSet', name) as DaemonSet).spec.template.spec.containers;
    return readRequests(container?.resources.requests ?? {});
  };
  const injector = find('ConfigMap', 'istio-sidecar-injector') as { readonly data: { readonly values: string } };
  const { global } = JSON.parse(injector.data.values) as {
    readonly global: Readonly<Record<'proxy' | 'waypoint', Container>>;
  };
  return {
    proxy: readRequests(global.proxy.resources.requests),
    ztunnel: ofDaemonSet('ztunnel'),
    cni: ofDaemonSet('istio-cni-node'),
    waypoint: readRequests(global.waypoint.resources.requests),
  };
}
