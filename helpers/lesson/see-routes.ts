import { routesCommand, tellRoutes, tellSharesByRoute } from '../istio/routes.ts';
import type { EventuallyOptions } from './eventually.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/** A caller, e.g. `deployment/customer`, and the Service that it calls, with its namespace, e.g. `backend.shop`. */
export interface CallerAndService {
  readonly caller: string;
  readonly service: string;
}

/**
 * Sees that the proxy of a caller in the namespace of a Service leads its calls so.
 *
 * @param says completes the sentence "it is seen that …"
 * @param wanted what each route leads to, in the order in which the proxy tries them, e.g. `90 % for v1 and 10 % for v2`
 * @throws {ExpectationError} if it does not before the deadline
 */
export async function seeRoutes(
  cluster: Pick<LessonCluster, 'eventually'>,
  { caller, service }: CallerAndService,
  says: string,
  wanted: readonly string[],
  time: Pick<EventuallyOptions, 'settleMs' | 'staysMs'> = {},
): Promise<void> {
  await cluster.eventually(
    says,
    routesCommand(caller, service.split('.')[1] ?? ''),
    (dump) => tellSharesByRoute(dump, service) === wanted.join(', then '),
    'istioctl',
    { ...time, tell: (dump) => tellRoutes(dump, service) },
  );
}
