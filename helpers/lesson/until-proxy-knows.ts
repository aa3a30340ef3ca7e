import { endpointsCommand, readEndpoints, tellEndpoints } from '../istio/endpoints.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/**
 * Waits until the proxy of a caller has the pods of a Service. A pod is Ready before every proxy has heard of it, and a
 * call of that moment is answered by the proxy itself, or by fewer pods than there are; where calls are counted, none may be
 * made before.
 *
 * @param workload the caller, e.g. `deployment/frontend`
 * @param service in the same namespace, on port 80
 * @param pods how many ready ones it has
 * @throws {ExpectationError} if it does not before the deadline
 */
export async function untilProxyKnows(
  cluster: Pick<LessonCluster, 'eventually'>,
  namespace: string,
  workload: string,
  service: string,
  pods = 1,
): Promise<void> {
  await cluster.eventually(
    `the proxy of ${workload} knows ${pods === 1 ? 'a pod' : `${pods} pods`} of the ${service}`,
    endpointsCommand(workload, service, namespace),
    (json) => readEndpoints(json).filter(({ isReady }) => isReady).length === pods,
    'istioctl',
    { tell: tellEndpoints },
  );
}
