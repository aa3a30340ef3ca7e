import { answered } from '../calls/outcome.ts';
import { listenersCommand } from '../istio/connections.ts';
import { tellTracers, type Tracer, tracersIn } from '../istio/tracers.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/** Of a proxy, the listener for calls of its own workload. */
const inboundPort = 15_006;

/**
 * Sees that every proxy on the way of a call traces as it should, or does not trace at all: where a workload is called, and
 * where it calls the next one by port 80. Then calls are made from the first to the second until five in a row are answered:
 * a connection from before may still meet what was in force then, and the first answer on it asks the caller to close it.
 *
 * @param way Deployments, from the one that calls first to the one that is called last
 * @param wanted undefined where none is to trace
 */
export async function untilTraced(
  cluster: LessonCluster,
  namespace: string,
  way: readonly string[],
  wanted: Tracer | undefined,
): Promise<void> {
  const isWanted = (tracer: Tracer | undefined) =>
    tracer?.language === wanted?.language && tracer?.option === wanted?.option && tracer?.percent === wanted?.percent;
  const passages = way.flatMap((workload, index) => [
    ...(index === 0 ? [] : [{ workload, port: inboundPort, calls: `the calls of the ${workload}` }]),
    ...(index === way.length - 1 ? [] : [{ workload, port: 80, calls: `the calls that the ${workload} makes` }]),
  ]);
  const traces = wanted === undefined ? 'nothing traces' : `${wanted.language} traces ${wanted.percent} % of`;
  for (const { workload, port, calls } of passages)
    await cluster.eventually(
      `in the proxy of the ${workload} ${traces} ${calls}`,
      listenersCommand(`deployment/${workload}`, namespace, port),
      (dump) => {
        const tracers = tracersIn(dump);
        return tracers.length > 0 && tracers.every(isWanted);
      },
      'istioctl',
      { tell: tellTracers },
    );
  const [first = '', second = ''] = way;
  await cluster.client(`deployment/${first}`, namespace).curl(`http://${second}/`).settlesOn(answered(200));
}
