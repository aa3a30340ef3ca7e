/** Who uses the processors while lessons run: read every second, since pods and programs come and go. */
import type { Cluster } from '../kube/cluster.ts';
import { repeat } from '../system/polling.ts';
import { type ContainerCpu, type GroupCpu, readGroupCpu } from './cgroup-cpu.ts';
import { readMachineCpu, readProcessCpu } from './process-cpu.ts';

/** Parts that a machine's processor time is told by. */
export const parts = [
  'control plane',
  'kubelet and container runtime',
  'proxies',
  'applications',
  'start and end of pods',
  'clients (kubectl, istioctl)',
  'runner and workers',
  'kernel and everything else',
] as const;
export type Part = (typeof parts)[number];

/** A container as the API server knows it. */
export interface KnownContainer {
  readonly namespace: string;
  readonly name: string;
}

/** What an account has come to. */
export interface CpuReading {
  /** Seconds of processor time by part. */
  readonly byPart: ReadonlyMap<Part, number>;
  /** Seconds of the control plane by the name of the container, largest first. */
  readonly controlPlane: ReadonlyMap<string, number>;
  /** Seconds of the pods of a namespace. */
  readonly byNamespace: ReadonlyMap<string, number>;
  /** Pods that were seen, by namespace. */
  readonly podsByNamespace: ReadonlyMap<string, number>;
}

const ofTheLab = /^(kube-system|istio-system)$/;

/** Which part a container's time belongs to. */
export function partOf({ namespace, name }: KnownContainer): Part {
  if (ofTheLab.test(namespace)) return 'control plane';
  return /^istio-(proxy|init|validation)$/.test(name) ? 'proxies' : 'applications';
}

/** First and last reading of something that only grows; what was not there at first began at nothing. */
class Meter {
  readonly #first = new Map<string, number>();
  readonly #last = new Map<string, number>();
  #begun = false;

  read(values: Iterable<readonly [string, number]>): void {
    for (const [key, value] of values) {
      if (!this.#begun) this.#first.set(key, value);
      this.#last.set(key, value);
    }
    this.#begun = true;
  }

  *used(): Generator<readonly [string, number]> {
    for (const [key, last] of this.#last) yield [key, last - (this.#first.get(key) ?? 0)];
  }

  get total(): number {
    return [...this.used()].reduce((sum, [, seconds]) => sum + seconds, 0);
  }
}

/** An account that is being kept. */
export class CpuAccount {
  readonly #cluster: Cluster;
  readonly #node: string;
  readonly #over = new AbortController();
  readonly #known = new Map<string, KnownContainer>();
  readonly #podNamespaces = new Map<string, string>();
  readonly #machine = new Meter();
  readonly #groups = new Meter();
  readonly #pods = new Meter();
  readonly #containers = new Meter();
  readonly #workers = new Meter();
  readonly #clients = new Meter();
  #kept: Promise<unknown> | undefined;

  /** @param node id of the container that is the lab's one node */
  constructor(cluster: Cluster, node: string) {
    this.#cluster = cluster;
    this.#node = node;
  }

  /** Begins. */
  async start(): Promise<void> {
    await this.#read();
    // A line for each container of a pod, whenever one changes.
    const line =
      '{{$m := .metadata}}{{range .status.containerStatuses}}{{$m.uid}}|{{$m.namespace}}|{{.name}}|{{.containerID}}\n{{end}}' +
      '{{range .status.initContainerStatuses}}{{$m.uid}}|{{$m.namespace}}|{{.name}}|{{.containerID}}\n{{end}}';
    const watch = ['get', 'pods', '--all-namespaces', '--watch', '--output', `go-template=${line}`];
    const watching = this.#cluster.run('kubectl', watch, {
      signal: this.#over.signal,
      onLine: (text) => this.#learn(text),
    });
    this.#kept = Promise.all([watching, repeat(() => this.#read(), 1_000, this.#over.signal)]);
  }

  /** Ends, and says what it has come to. */
  async stop(): Promise<CpuReading> {
    await this.#read();
    this.#over.abort();
    await this.#kept;
    const byPart = new Map<Part, number>(parts.map((part) => [part, 0]));
    const add = (part: Part, seconds: number) => byPart.set(part, (byPart.get(part) ?? 0) + seconds);
    const controlPlane = new Map<string, number>();
    for (const [id, seconds] of this.#containers.used()) {
      const container = this.#known.get(id);
      if (container === undefined) continue;
      add(partOf(container), seconds);
      if (ofTheLab.test(container.namespace))
        controlPlane.set(container.name, (controlPlane.get(container.name) ?? 0) + seconds);
    }
    const groups = new Map(this.#groups.used());
    const named = [...byPart.values()].reduce((sum, seconds) => sum + seconds, 0);
    add('start and end of pods', Math.max((groups.get('pods') ?? 0) - named, 0));
    add('kubelet and container runtime', groups.get('node') ?? 0);
    add('clients (kubectl, istioctl)', this.#clients.total);
    add('runner and workers', this.#workers.total);
    const told = [...byPart.values()].reduce((sum, seconds) => sum + seconds, 0);
    add('kernel and everything else', Math.max(this.#machine.total - told, 0));
    return { byPart, controlPlane: largestFirst(controlPlane), ...this.#byNamespace() };
  }

  #byNamespace(): Pick<CpuReading, 'byNamespace' | 'podsByNamespace'> {
    const [byNamespace, podsByNamespace] = [new Map<string, number>(), new Map<string, number>()];
    for (const [pod, seconds] of this.#pods.used()) {
      const namespace = this.#podNamespaces.get(pod) ?? '';
      byNamespace.set(namespace, (byNamespace.get(namespace) ?? 0) + seconds);
      podsByNamespace.set(namespace, (podsByNamespace.get(namespace) ?? 0) + 1);
    }
    return { byNamespace, podsByNamespace };
  }

  #learn(line: string): void {
    const [, namespace = '', name = '', id = ''] = line.split('|');
    const digits = /[\da-f]{64}/.exec(id)?.[0];
    if (digits !== undefined) this.#known.set(digits, { namespace, name });
  }

  async #read(): Promise<void> {
    const [machine, groups, processes] = await Promise.all([
      readMachineCpu(),
      readGroupCpu(this.#node),
      readProcessCpu(),
    ]);
    this.#machine.read([['machine', machine]]);
    if (groups !== undefined) this.#readGroups(groups);
    const byId = (values: ReadonlyMap<number, number>) =>
      [...values].map(([id, seconds]) => [String(id), seconds] as const);
    this.#workers.read([['runner', processes.runner], ...byId(processes.workers)]);
    this.#clients.read(byId(processes.clients));
  }

  #readGroups({ pods, node, byPod }: GroupCpu): void {
    this.#groups.read([
      ['pods', pods],
      ['node', node],
    ]);
    this.#pods.read([...byPod].map(([pod, { seconds }]) => [pod, seconds] as const));
    const containers: (readonly [string, number])[] = [];
    for (const [pod, { containers: own }] of byPod) {
      containers.push(...own.map(({ id, seconds }) => [id, seconds] as const));
      this.#namePod(pod, own);
    }
    this.#containers.read(containers);
  }

  #namePod(pod: string, containers: readonly ContainerCpu[]): void {
    const known = containers.map(({ id }) => this.#known.get(id)).find((container) => container !== undefined);
    if (known !== undefined) this.#podNamespaces.set(pod, known.namespace);
  }
}

function largestFirst(seconds: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...seconds].toSorted(([, a], [, b]) => b - a));
}
