/** The clusters of a lab, by the names of their contexts, which are also their names in the mesh. */

/** A cluster of a lab: how it is called, and which addresses it gives. */
export interface LabCluster {
  readonly name: 'west' | 'east' | 'edge';
  /** Network of its pods, as Istio calls it: between two networks calls go through gateways. */
  readonly network: string;
  /** Range of its pods. */
  readonly pods: string;
  /** Range of its Services; a Service that only the other cluster has is called by its address there. */
  readonly services: string;
  /** The cluster whose istiod serves its proxies; missing where it has one of its own. */
  readonly primary?: 'east';
}

/** The one that is there always. Its ranges are kind's defaults. https://kind.sigs.k8s.io/docs/user/configuration/#pod-subnet */
export const west: LabCluster = {
  name: 'west',
  network: 'west-net',
  pods: '10.244.0.0/16',
  services: '10.96.0.0/16',
};

/** The one that comes where exercises are about two. */
export const east: LabCluster = {
  name: 'east',
  network: 'east-net',
  pods: '10.245.0.0/16',
  services: '10.97.0.0/16',
};

/** The one that has no istiod, and comes where exercises are about that. Its pods and east's reach each other without gateways. */
export const edge: LabCluster = {
  name: 'edge',
  network: east.network,
  pods: '10.246.0.0/16',
  services: '10.98.0.0/16',
  primary: 'east',
};

/** All of them, in the order in which they come. */
export const labClusters: readonly LabCluster[] = [west, east, edge];

/** Address of a cluster's DNS: the tenth of its Services, as kubeadm and k3s have it. */
export function dnsAddress({ services }: Pick<LabCluster, 'services'>): string {
  return services.replace(/\d+\/\d+$/, '10');
}
