import { statusesByWorkload } from '../calls/access-log.ts';
import { tally } from '../calls/burst.ts';
import { isWell } from '../istio/incident-health.ts';
import { incidentQueries, incidentQuery, readIncident } from '../istio/incident-queries.ts';
import {
  type IncidentVerdict,
  nameOfVerdict,
  readServicePods,
  type ServicePods,
  servicePodsCommand,
  verdictOf,
} from '../istio/incident-verdict.ts';
import { queryArguments } from '../istio/prometheus.ts';
import { timeouts } from '../system/timeouts.ts';
import { drawnOrder, drawSeed } from './drawn-order.ts';
import type { LessonCluster } from './lesson-cluster.ts';
import type { Lesson } from './lesson.ts';

/** Something that a drill breaks. */
export interface DrillFault extends Pick<IncidentVerdict, 'kind' | 'component'> {
  /** Lesson manifest that breaks it. */
  readonly file: string;
}

/** What differs between lessons that go through faults. */
export interface DrillWords {
  /** What the queries name, e.g. `the pod`. */
  readonly name: string;
  /** What kubectl shows at the same moment. */
  readonly shows: string;
  /** That look. */
  readonly look: (fault: DrillFault) => Promise<void>;
}

/** The proxies are asked every three seconds, so a second look after this time is one at new figures. */
const staysMs = 3_000;

/**
 * An incident that nobody is told about: something is broken, five fixed queries are to name it, and the time until they
 * do is taken. What judges the answers gets them and the pods of each Service, and not what was broken.
 */
export class IncidentDrill {
  readonly #lesson: Lesson;
  readonly #cluster: LessonCluster;
  readonly #five: string[];
  readonly #edges: number;
  readonly #rows: string[][] = [];
  #broken = 0;
  /** Warnings of the cluster when the last fault was complete. */
  #warnings: ReadonlySet<string> = new Set();

  /** @param edges how many pairs of caller and called there are, where all is well */
  constructor(lesson: Lesson, cluster: LessonCluster, namespace: string, edges: number) {
    this.#lesson = lesson;
    this.#cluster = cluster;
    this.#five = queryArguments(incidentQuery(namespace));
    this.#edges = edges;
    const queries = incidentQueries(namespace).map(({ question, asks, promql }) => [question, asks, promql]);
    lesson.table('The five queries, the same for each fault', ['', 'question', 'PromQL'], queries);
  }

  /** Breaks one thing after another, in an order that is drawn, and each time has it found, looked at with kubectl, and repaired. */
  async through(faults: readonly DrillFault[], { name, shows, look }: DrillWords): Promise<void> {
    const seed = drawSeed();
    await this.#lesson.step('Before: the shop calls, and the five queries say healthy', () => this.#isHealthy());
    for (const [index, fault] of drawnOrder(faults, seed).entries()) {
      await this.#lesson.step(`Fault ${index + 1} of ${faults.length}: something is broken`, () => this.#break(fault));
      await this.#lesson.step(`After: the five queries name ${name}`, () => this.#find(fault));
      await this.#lesson.step(`And at the same moment kubectl shows ${shows}`, () => look(fault));
      await this.#lesson.step('And after the repair the same queries say healthy again', () => this.#repair(fault));
    }
    this.#tell(seed);
  }

  /**
   * Sees that pods and events look as if all were well, that no application has written the word error, and which statuses
   * they have logged.
   *
   * @param says completes the sentence "no line of the applications has the word error, and …"
   * @param holds gets how many calls of the last three seconds they have logged, by workload and status, e.g. `frontend 502`
   */
  async looksWellToKubectl(says: string, holds: (logged: ReadonlyMap<string, number>) => boolean): Promise<void> {
    const states = '{range .items[*]}{.status.phase} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
    const { stdout } = await this.#cluster.kubectl('get', 'pods', '-o', `jsonpath=${states}`);
    await this.#lesson.check(
      'each pod is Running and Ready',
      Object.fromEntries(tally(stdout.trim().split('\n'), (state) => state)),
      (seen) => Object.keys(seen).join() === 'Running True',
    );
    const { warnings, others } = await this.#events();
    await this.#lesson.check(
      'the namespace has events, and no new one of type Warning since the fault is in place',
      { newWarnings: warnings.filter((name) => !this.#warnings.has(name)), others },
      (seen) => seen.newWarnings.length === 0 && seen.others > 0,
    );
    const log = await this.#cluster.eventually(
      `no line of the applications has the word error, and ${says}`,
      ['logs', '-l', 'app in (frontend,backend)', '-c', 'server', '--prefix', '--since=3s', '--tail=-1'],
      (output) => holds(statusesByWorkload(output)) && !/error/i.test(output),
      'kubectl',
      { tell: (output) => tellCounts(statusesByWorkload(output)) },
    );
    this.#rows.at(-1)?.push(`pods Ready, no warning, log: ${tellCounts(statusesByWorkload(log))}`);
  }

  /** Waits until the five queries say that all is well, and all edges carry calls; and sees that they go on to say so. */
  async #isHealthy(): Promise<void> {
    const pods = await this.#servicePods();
    await this.#cluster.eventually(
      'the five queries say healthy, and each caller is answered five times a second or more',
      this.#five,
      (answer) => isWell(readIncident(answer), pods, this.#edges),
      'kubectl',
      { settleMs: timeouts.incidentMs, staysMs, tell: (answer) => tell(answer, pods) },
    );
  }

  /** Breaks something, and lets whatever pod it starts become Ready. */
  async #break({ file }: DrillFault): Promise<void> {
    this.#broken = performance.now();
    await this.#cluster.change(file);
    await this.#cluster.kubectl('wait', 'pod', '--all', '--for=condition=Ready', '--timeout=80s');
    this.#warnings = new Set((await this.#events()).warnings);
  }

  /** Asks the five queries until they name one component and go on to name it, and only then compares it with what was broken. */
  async #find(fault: DrillFault): Promise<void> {
    const pods = await this.#servicePods();
    const verdict = (answer: string) => verdictOf(readIncident(answer), pods);
    let before: string | undefined;
    const answer = await this.#cluster.eventually(
      'the five queries name one component, the same as at the look before',
      this.#five,
      (output) => {
        const { kind, component } = verdict(output);
        const again = component !== '' && nameOfVerdict({ kind, component }) === before;
        before = nameOfVerdict({ kind, component });
        return again;
      },
      'kubectl',
      { settleMs: timeouts.incidentMs, staysMs, tell: (output) => tell(output, pods) },
    );
    const seconds = secondsSince(this.#broken);
    await this.#lesson.check(
      'the verdict is what was broken',
      { verdict: nameOfVerdict(verdict(answer)), broken: nameOfVerdict(fault) },
      (seen) => seen.verdict === seen.broken,
    );
    await this.#lesson.measure(
      'm6.e4.a3',
      `${nameOfVerdict(fault)}: from the change to a verdict that has stood for ${staysMs / 1000} s`,
      seconds,
      'seconds',
    );
    this.#rows.push([nameOfVerdict(fault), verdict(answer).because, seconds.toFixed(1)]);
  }

  /** Takes away what broke something, and waits until all is well. */
  async #repair({ file, kind, component }: DrillFault): Promise<void> {
    await this.#cluster.revert(file);
    const began = performance.now();
    const pods = await this.#servicePods();
    await this.#cluster.eventually(
      'the five queries no longer find anything',
      this.#five,
      (answer) => isWell(readIncident(answer), pods, this.#edges),
      'kubectl',
      { settleMs: timeouts.incidentMs, tell: (answer) => tell(answer, pods) },
    );
    const seconds = secondsSince(began);
    await this.#lesson.measure(
      'm6.e4.a3',
      `${nameOfVerdict({ kind, component })}: from the repair to healthy figures of fifteen seconds`,
      seconds,
      'seconds',
    );
    this.#rows.at(-1)?.push(seconds.toFixed(1));
    await this.#isHealthy();
  }

  /** Puts what was measured into the story. @param seed that the order of the faults was drawn from */
  #tell(seed: number): void {
    const heads = [
      'fault, as the verdict names it',
      'five queries',
      'seconds to the verdict',
      'kubectl',
      'seconds to healthy',
    ];
    this.#lesson.table(
      `What was broken, who saw it, and how long it took; order drawn from seed ${seed}`,
      heads,
      this.#rows,
    );
  }

  async #servicePods(): Promise<ServicePods> {
    return readServicePods((await this.#cluster.kubectl(...servicePodsCommand)).stdout);
  }

  async #events(): Promise<{ readonly warnings: string[]; readonly others: number }> {
    const names = '{range .items[*]}{.type} {.metadata.name}{"\\n"}{end}';
    const lines = (await this.#cluster.kubectl('get', 'events', '-o', `jsonpath=${names}`)).stdout.trim().split('\n');
    const warnings = lines.filter((line) => line.startsWith('Warning '));
    return { warnings, others: lines.length - warnings.length };
  }
}

const secondsSince = (began: number) => (performance.now() - began) / 1000;

/** The verdict on an answer, with the figure that says so, and the calls a second of each edge. */
function tell(answer: string, pods: ServicePods): string {
  const answers = readIncident(answer);
  const verdict = verdictOf(answers, pods);
  const edges = answers.Q5.map(({ labels, value }) => {
    const called = labels['destination_service']?.split('.')[0];
    return `Q5: ${labels['source_workload']} → ${called}, ${value.toFixed(1)} calls a second`;
  });
  return [`${nameOfVerdict(verdict)} (${verdict.because})`, ...edges].join('\n');
}

const tellCounts = (counts: ReadonlyMap<string, number>) =>
  Array.from(counts, ([kind, count]) => `${count} × ${kind}`).join(', ');
