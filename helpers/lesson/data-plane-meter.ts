/** What the parts of a data plane do for the same calls on different ways: the calls that they count, and what they use. */
import { type ProcessUse, processUseCommand, readProcessUse } from '../istio/process-use.ts';
import { statsCommand } from '../istio/proxy-stats.ts';
import { connectionsCounted, ztunnelMetricsCommand } from '../istio/ztunnel-metrics.ts';
import type { LessonCluster } from './lesson-cluster.ts';
import type { Lesson } from './lesson.ts';

/** Programs that a call may pass, in the order of tables. */
export const meshParts = ['caller', 'server', 'ztunnel', 'waypoint'] as const;
export type MeshPart = (typeof meshParts)[number];

export const partNames: Readonly<Record<MeshPart, string>> = {
  caller: 'the sidecar of the caller',
  server: 'the sidecar of the server',
  ztunnel: 'ztunnel',
  waypoint: 'the waypoint',
};

/** Ways that a call may go. */
export type MeshWay = 'plain' | 'sidecars' | 'layer4' | 'withWaypoint';

/** The parts that a call passes on each way. */
export const partsOfWay: Readonly<Record<MeshWay, readonly MeshPart[]>> = {
  plain: [],
  sidecars: ['caller', 'server'],
  layer4: ['ztunnel'],
  withWaypoint: ['ztunnel', 'waypoint'],
};

export const wayNames: Readonly<Record<MeshWay, string>> = {
  plain: 'no proxy',
  sidecars: 'two sidecars',
  layer4: 'ambient at layer 4',
  withWaypoint: 'ambient with a waypoint',
};

/** What each part has used until a moment. */
export type MeshUse = Readonly<Record<MeshPart, ProcessUse>>;

/** Calls that each proxy has passed on until a moment, and connections that ztunnel has opened for the callers. */
export type MeshCount = Readonly<Record<MeshPart, number>>;

/** Namespaces in which a Deployment `load` calls a Deployment `server`; they may be the same. */
export interface MeteredNamespaces {
  readonly sidecars: string;
  readonly ambient: string;
  /** Its waypoint has the name `waypoint`. */
  readonly waypoint: string;
}

/** Calls that fortio makes besides those that it measures, to open its connections. */
const besides = 8;

/** Reads all parts at once. Servers listen on 8080 behind port 80; proxies must publish `upstream_rq_total`. */
export class DataPlaneMeter {
  readonly #cluster: LessonCluster;
  readonly #namespaces: MeteredNamespaces;

  constructor(cluster: LessonCluster, namespaces: MeteredNamespaces) {
    this.#cluster = cluster;
    this.#namespaces = namespaces;
  }

  /** Arguments of kubectl: prints what the waypoint has counted of the Service; nothing as long as it is not led there. */
  get waypointStats(): string[] {
    const { waypoint } = this.#namespaces;
    const stats = statsCommand(`inbound-vip|80|http|server.${waypoint}.`);
    return ['exec', 'deployment/waypoint', '--namespace', waypoint, ...stats];
  }

  /** Whose proxy sidecars and waypoints are, in words for tables: upstream's one counts by a filter of the lab's own. */
  async whoseProxy(): Promise<string> {
    const filter = ['envoyfilter', 'request-metrics', '--namespace', 'istio-system'];
    const { exitCode } = await this.#cluster.attempt('kubectl', 'get', ...filter);
    return exitCode === 0
      ? "sidecars and waypoint are upstream's Envoy, without Istio's own filters"
      : "sidecars and waypoint are Istio's own proxy";
  }

  /** @throws {Error} if a part does not run just once; of ztunnel there is one on each node */
  async use(): Promise<MeshUse> {
    const { sidecars, waypoint } = this.#namespaces;
    const ztunnels: ProcessUse[] = [];
    for (const pod of await this.#ztunnels())
      ztunnels.push(await this.#process('ztunnel', `pod/${pod}`, 'istio-system'));
    return {
      caller: await this.#process('envoy', 'deployment/load', sidecars),
      server: await this.#process('envoy', 'deployment/server', sidecars),
      ztunnel: together(ztunnels),
      waypoint: await this.#process('envoy', 'deployment/waypoint', waypoint),
    };
  }

  async count(): Promise<MeshCount> {
    const { sidecars, ambient, waypoint } = this.#namespaces;
    const passedBy = async (app: string, cluster: string) =>
      (await this.#cluster.client(`deployment/${app}`, sidecars).proxyStats(cluster))('upstream_rq_total');
    let opened = 0;
    for (const pod of await this.#ztunnels()) {
      const metrics = (await this.#cluster.kubectl(...ztunnelMetricsCommand(pod))).stdout;
      for (const namespace of new Set([ambient, waypoint]))
        opened += connectionsCounted(metrics, 'opened', {
          reporter: 'source',
          source_workload: 'load',
          source_workload_namespace: namespace,
        });
    }
    return {
      caller: await passedBy('load', `outbound|80||server.${sidecars}.`),
      server: await passedBy('server', 'inbound|8080||'),
      ztunnel: opened,
      waypoint: callsPassedOn((await this.#cluster.kubectl(...this.waypointStats)).stdout),
    };
  }

  async #ztunnels(): Promise<string[]> {
    const names = ['-o', 'jsonpath={.items[*].metadata.name}'];
    const { stdout } = await this.#cluster.kubectl(
      'get',
      'pods',
      '--namespace',
      'istio-system',
      '-l',
      'app=ztunnel',
      ...names,
    );
    return stdout.split(' ').filter(Boolean);
  }

  async #process(program: string, workload: string, namespace: string): Promise<ProcessUse> {
    const where = [workload, '--namespace', namespace, '--container', 'istio-proxy'];
    return readProcessUse((await this.#cluster.kubectl('exec', ...where, ...processUseCommand(program))).stdout);
  }
}

/** How many calls a proxy has passed on, by what it prints of its clusters; 0 where it knows none of them. */
export function callsPassedOn(stats: string): number {
  return Array.from(stats.matchAll(/\bupstream_rq_total: (\d+)$/gm), ([, calls]) => Number(calls)).reduce(
    (sum, calls) => sum + calls,
    0,
  );
}

/**
 * Whether calls have passed the parts of their way, and no others.
 *
 * @param calls that fortio has measured; it makes a few more
 */
export function wentTheWay(way: MeshWay, calls: number, before: MeshCount, after: MeshCount): boolean {
  return meshParts.every((part) => {
    const counted = after[part] - before[part];
    if (!partsOfWay[way].includes(part)) return counted === 0;
    // Of ztunnel it is connections, and fortio keeps its own open.
    return part === 'ztunnel' ? counted > 0 : counted >= calls && counted <= calls + besides;
  });
}

/** Milliseconds of processor time for each second between two readings of a process. */
export function processorRate(before: ProcessUse, after: ProcessUse): number {
  return (after.processorMs - before.processorMs) / (after.atSeconds - before.atSeconds);
}

/**
 * Milliseconds of processor time for 1,000 calls that were made between two readings, beyond what the process uses at rest.
 *
 * @param rest milliseconds for each second at rest
 */
export function perThousandCalls(calls: number, before: ProcessUse, after: ProcessUse, rest: number): number {
  const beyond = (processorRate(before, after) - rest) * (after.atSeconds - before.atSeconds);
  return (1_000 * beyond) / calls;
}

/** What the work of a part on a way is called among the figures of a run, where calculations look for it. */
export function workName(way: MeshWay, part: MeshPart): string {
  return `${wayNames[way]}: ${partNames[part]}, 1,000 calls`;
}

/**
 * Demands that on each way each of its proxies has done more than at rest, and keeps how much that was.
 *
 * @param assertion the one that measures it
 * @param says the claim, for the story
 * @param workOf milliseconds of processor for 1,000 calls, beyond what is used at rest
 */
export async function recordWork<Way extends MeshWay>(
  lesson: Pick<Lesson, 'check' | 'measure'>,
  { assertion, says, ways }: { readonly assertion: string; readonly says: string; readonly ways: readonly Way[] },
  workOf: (way: Way, part: MeshPart) => number,
): Promise<void> {
  const worked = Object.fromEntries(
    ways.map((way) => [way, Object.fromEntries(partsOfWay[way].map((part) => [part, workOf(way, part)]))]),
  );
  await lesson.check(says, worked, () => ways.every((way) => partsOfWay[way].every((part) => workOf(way, part) > 0)));
  for (const way of ways)
    for (const part of partsOfWay[way])
      await lesson.measure(assertion, workName(way, part), workOf(way, part), 'ms of processor');
}

/** One program on several nodes: processor time together, and the memory of the largest. */
function together(all: readonly ProcessUse[]): ProcessUse {
  const most = (of: (one: ProcessUse) => number) => Math.max(...all.map(of));
  return {
    atSeconds: most(({ atSeconds }) => atSeconds),
    processorMs: all.reduce((sum, { processorMs }) => sum + processorMs, 0),
    residentMiB: most(({ residentMiB }) => residentMiB),
    anonymousMiB: most(({ anonymousMiB }) => anonymousMiB),
  };
}
