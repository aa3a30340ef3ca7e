import { join } from 'node:path';

import { type FortioResult, readFortio } from '../calls/fortio.ts';
import type { HiddenFault } from '../curriculum/incident-card.ts';
import { isWell } from '../istio/incident-health.ts';
import { type IncidentAnswers, incidentQuery, readIncident } from '../istio/incident-queries.ts';
import {
  type IncidentVerdict,
  nameOfVerdict,
  readServicePods,
  type ServicePods,
  servicePodsCommand,
  verdictOf,
} from '../istio/incident-verdict.ts';
import { queryArguments } from '../istio/prometheus.ts';
import type { Cluster } from '../kube/cluster.ts';
import { type Fixture, readFixture } from '../kube/manifest.ts';
import { removeNamespaces } from '../kube/namespaces.ts';
import { difference, type Snapshot, snapshot } from '../kube/snapshot.ts';
import { Stopped } from '../record/audience.ts';
import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';
import type { IncidentGround } from './incident-stage.ts';

/** Calls for three seconds, beside those that the shop makes all the time, each as patient as the shop's. */
const load = [
  'load',
  '-quiet',
  '-allow-initial-errors',
  '-nocatchup',
  '-c',
  '4',
  '-qps',
  '20',
  '-t',
  '3s',
  '-timeout',
  '10s',
];
/** A customer feels that something is wrong once one of these calls fails, or takes so many milliseconds. */
const slowMs = 500;
/** Pairs of caller and called, where all is well: shop and frontend, frontend and backend. */
const edges = 2;

/** The set-up of the incident drill on a cluster, with one fault of it. */
export class IncidentSite implements IncidentGround {
  readonly #cluster: Cluster;
  /** Folder with the set-up and the faults. */
  readonly #folder: string;
  readonly #setup: Fixture;
  readonly #before: Snapshot;
  readonly #stopped: () => boolean;

  private constructor(
    cluster: Cluster,
    folder: string,
    found: { setup: Fixture; before: Snapshot },
    stopped: () => boolean,
  ) {
    this.#cluster = cluster;
    this.#folder = folder;
    this.#setup = found.setup;
    this.#before = found.before;
    this.#stopped = stopped;
  }

  /**
   * Looks at the cluster, and changes nothing yet.
   *
   * @param folder with `10-setup.yaml` and the manifests of the faults below it
   * @param stopped true once whoever plays wants to end; whatever waits then ends with {@link Stopped}
   */
  static async on(cluster: Cluster, folder: string, stopped: () => boolean): Promise<IncidentSite> {
    const found = { setup: await readFixture(folder, '10-setup.yaml'), before: await snapshot(cluster) };
    return new IncidentSite(cluster, folder, found, stopped);
  }

  get namespace(): string {
    return this.#setup.namespaces[0] ?? 'default';
  }

  /** Deploys everybody, and waits until all is well. */
  async deploy(): Promise<void> {
    const { namespaces, path } = this.#setup;
    // An interrupted drill may have left them behind.
    await removeNamespaces(this.#cluster, namespaces);
    await this.#kubectl('apply', '-f', path);
    await this.#kubectl('wait', 'deployment', '--all', '--for=condition=Available', timeLimit);
    await this.#untilWell();
  }

  /** Breaks something, and waits until a customer feels it. */
  async break({ manifest }: Pick<HiddenFault, 'manifest'>): Promise<FortioResult> {
    await this.#kubectl('apply', '-f', join(this.#folder, manifest));
    const { last, holds } = await this.#converge(
      () => this.customer(),
      ({ codes, most }) => most >= slowMs || Object.keys(codes).some((code) => code !== '200'),
    );
    if (!holds) throw new Error(`Nobody feels ${manifest}`);
    return last;
  }

  /** Takes away what broke something. @returns milliseconds until the five queries find nothing any more */
  async repair({ manifest }: Pick<HiddenFault, 'manifest'>): Promise<number> {
    await this.#kubectl('delete', '-f', join(this.#folder, manifest));
    return this.#untilWell();
  }

  async customer(): Promise<FortioResult> {
    const words = [
      'exec',
      'deployment/shop',
      '-c',
      'fortio',
      '--',
      'fortio',
      ...load,
      '-json',
      '-',
      'http://frontend/',
    ];
    const { stdout } = await this.#kubectl(...words);
    return readFortio(stdout);
  }

  async answers(): Promise<IncidentAnswers> {
    return readIncident((await this.#kubectl(...queryArguments(incidentQuery(this.namespace)))).stdout);
  }

  async verdict(): Promise<{ verdict: IncidentVerdict; answers: IncidentAnswers }> {
    const pods = await this.#pods();
    let before = '';
    const { last } = await this.#converge(
      async () => {
        const answers = await this.answers();
        const verdict = verdictOf(answers, pods);
        const name = nameOfVerdict(verdict);
        const again = verdict.component !== '' && name === before;
        before = name;
        return { verdict, answers, again };
      },
      ({ again }) => again,
    );
    return last;
  }

  /** Removes everything. @returns what was not taken back, one sentence each */
  async remove(): Promise<string[]> {
    await removeNamespaces(this.#cluster, this.#setup.namespaces);
    const { left, lost } = difference(this.#before, await snapshot(this.#cluster));
    this.#cluster.close();
    return [
      ...(left.length === 0 ? [] : [`Left behind: ${left.join(', ')}.`]),
      ...(lost.length === 0 ? [] : [`Lost: ${lost.join(', ')}.`]),
    ];
  }

  async #untilWell(): Promise<number> {
    const pods = await this.#pods();
    const { holds, waitedMs, last } = await this.#converge(
      () => this.answers(),
      (answers) => isWell(answers, pods, edges),
    );
    if (holds) return waitedMs;
    const { kind, component, because } = verdictOf(last, pods);
    throw new Error(`The five queries do not say that all is well: ${nameOfVerdict({ kind, component })} (${because})`);
  }

  async #pods(): Promise<ServicePods> {
    return readServicePods((await this.#kubectl(...servicePodsCommand)).stdout);
  }

  /** Asks until it holds, for as long as the figures of an incident may take, or until whoever plays wants to end. */
  async #converge<T>(attempt: () => Promise<T>, holds: (evidence: T) => boolean) {
    const whileWanted = async () => {
      if (this.#stopped()) throw new Stopped('Stopped by the person who sits at the terminal');
      return attempt();
    };
    return converge(whileWanted, holds, { deadlineMs: timeouts.incidentMs });
  }

  async #kubectl(...words: readonly string[]) {
    return this.#cluster.must('kubectl', ['--namespace', this.namespace, ...words], {
      timeoutMs: timeouts.podsReadyMs,
    });
  }
}

const timeLimit = `--timeout=${timeouts.podsReadyMs / 1000}s`;
