/** What each data plane cannot do, with the assertions that show it. */
import type { Way } from './measured-work.ts';

/** Something that one way of a call does not give. */
export interface Limit {
  readonly says: string;
  readonly ids: readonly string[];
}

export const limits: Readonly<Record<Way, readonly Limit[]>> = {
  sidecars: [
    { says: 'Join without a restart', ids: ['m3.e1.a2'] },
    { says: 'Be called from ambient under STRICT, without a setting and a restart', ids: ['m3.e6.a4'] },
    { says: 'Cut an open call by a DENY with a selector', ids: ['m3.e2.a7'] },
    { says: 'Carry UDP, or a port that is excluded', ids: ['m1.e5.a8'] },
  ],
  layer4: [
    {
      says: 'Read HTTP: an ALLOW with a method refuses all, a DENY with one refuses nobody',
      ids: ['m3.e3.a1', 'm3.e3.a2'],
    },
    { says: 'Run a filter of Envoy', ids: ['m3.e8.a3'] },
    { says: 'Refuse a program in the network of the same node', ids: ['m3.e2.a10'] },
    { says: 'Leave it to a NetworkPolicy to tell ports apart', ids: ['m3.e7.a3'] },
    { says: 'Keep calls that are open when the label comes or goes', ids: ['m3.e1.a5', 'm3.e1.a6'] },
  ],
  withWaypoint: [
    { says: 'Bind callers with sidecars by rules at the Service alone', ids: ['m3.e6.a3'] },
    { says: 'Bind callers of a pod’s address by them', ids: ['m3.e3.a4'] },
    { says: 'Serve anybody by name while the waypoint has no pod', ids: ['m3.e3.a11'] },
    { says: 'Run a filter without targetRefs', ids: ['m3.e8.a6'] },
  ],
};
