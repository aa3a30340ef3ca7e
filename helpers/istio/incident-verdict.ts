/** What the answers to the five questions of an incident come to: the first of some fixed rules that holds. */
import type { IncidentAnswers } from './incident-queries.ts';
import type { Sample } from './prometheus.ts';

/** What is wrong, and with which component. */
export interface IncidentVerdict {
  /** `unexplained` where something is wrong and no rule says what. */
  readonly kind:
    | 'healthy'
    | "ended by the caller's proxy"
    | 'refused by policy'
    | 'failing pod'
    | 'slow pod'
    | 'caller fell silent'
    | 'unexplained';
  /** E.g. `backend-c`, `calls of frontend, flag NC`, `frontend → backend`; empty for the first and the last kind. */
  readonly component: string;
  /** The figure that says so, e.g. `Q4: 940 ms, its siblings 9 ms`. */
  readonly because: string;
}

/** Pods of each Service by its name, e.g. `{ backend: ['backend-a', 'backend-b'] }`. */
export type ServicePods = Readonly<Record<string, readonly string[]>>;

/** Arguments of kubectl that print the pods of each Service; {@link readServicePods} reads them. */
export const servicePodsCommand = [
  'get',
  'endpointslices',
  '-o',
  'jsonpath={range .items[*]}{.metadata.labels.kubernetes\\.io/service-name}{range .endpoints[*]} {.targetRef.name}{end}{"\\n"}{end}',
];

/** Reads what that command prints: a line for each slice, the Service first. */
export function readServicePods(text: string): ServicePods {
  const pods: Record<string, string[]> = {};
  for (const line of text.trim().split('\n')) {
    const [service = '', ...names] = line.split(' ');
    if (service !== '') pods[service] = [...(pods[service] ?? []), ...names];
  }
  return pods;
}

/** Flags by which a caller's proxy says that it sent a call nowhere, or gave it up: a rule, endpoints, a limit or a timeout. */
const endedByCaller = new Set(['NC', 'UH', 'UF', 'UO', 'UT']);
/** A pod that needs this long for nine of ten calls is slow if its siblings need a small part of it; a busy machine slows all. */
const slow = { ms: 400, times: 3 };
/** A pod fails if so many of its answers are 5xx, and next to none of its siblings'. */
const failing = { share: 0.5, siblings: 0.05 };

/** The verdict. It gets the answers and the pods of the Services, and knows of the system nothing besides. */
export function verdictOf(answers: IncidentAnswers, services: ServicePods): IncidentVerdict {
  return (
    endedByProxy(answers) ??
    refused(answers) ??
    firstOf(services, (pods) => failingPod(answers, pods)) ??
    firstOf(services, (pods) => slowPod(answers, pods)) ??
    silentCaller(answers) ??
    unexplained(answers) ?? { kind: 'healthy', component: '', because: 'no answer is an error, and no pod is slow' }
  );
}

/** The verdict in words, e.g. `slow pod: backend-c`. */
export function nameOfVerdict({ kind, component }: Pick<IncidentVerdict, 'kind' | 'component'>): string {
  return component === '' ? kind : `${kind}: ${component}`;
}

function endedByProxy({ Q2 }: IncidentAnswers): IncidentVerdict | undefined {
  const [found] = Q2.flatMap((sample) => {
    const flag = (sample.labels['response_flags'] ?? '').split(',').find((each) => endedByCaller.has(each));
    return flag === undefined ? [] : [{ sample, flag }];
  });
  if (found === undefined) return undefined;
  const { sample, flag } = found;
  const because = `Q2: flag ${flag}, ${rate(sample)}`;
  return {
    kind: "ended by the caller's proxy",
    component: `calls of ${sample.labels['source_workload']}, flag ${flag}`,
    because,
  };
}

function refused({ Q1, Q2 }: IncidentAnswers): IncidentVerdict | undefined {
  const is403 = ({ labels }: Sample) => labels['response_code'] === '403';
  const [called, calling] = [Q1.find(is403), Q2.find(is403)];
  const sample = called ?? calling;
  if (sample === undefined) return undefined;
  const component = called?.labels['destination_workload'] ?? serviceOf(sample);
  return {
    kind: 'refused by policy',
    component,
    because: `${called === undefined ? 'Q2' : 'Q1'}: 403, ${rate(sample)}`,
  };
}

function failingPod({ Q3 }: IncidentAnswers, pods: readonly string[]): IncidentVerdict | undefined {
  // A pod without errors is not in the answer.
  const share = (pod: string) => Q3.find(({ labels }) => labels['pod'] === pod)?.value ?? 0;
  for (const pod of pods) {
    const others = pods.filter((each) => each !== pod).map(share);
    if (!(share(pod) >= failing.share && others.every((each) => !(each > failing.siblings)))) continue;
    const because = `Q3: ${percent(share(pod))} of its answers are 5xx, of its siblings' ${others.map(percent).join(', ')}`;
    return { kind: 'failing pod', component: pod, because };
  }
  return undefined;
}

function slowPod({ Q4 }: IncidentAnswers, pods: readonly string[]): IncidentVerdict | undefined {
  const ms = (pod: string) => Q4.find(({ labels }) => labels['pod'] === pod)?.value ?? Number.NaN;
  for (const pod of pods) {
    const others = pods.filter((each) => each !== pod).map(ms);
    const siblings = median(others.filter((each) => !Number.isNaN(each)));
    if (!(ms(pod) >= slow.ms && ms(pod) >= slow.times * siblings)) continue;
    return {
      kind: 'slow pod',
      component: pod,
      because: `Q4: ${ms(pod).toFixed(0)} ms, its siblings ${siblings.toFixed(0)} ms`,
    };
  }
  return undefined;
}

function silentCaller({ Q5 }: IncidentAnswers): IncidentVerdict | undefined {
  const edge = Q5.find(({ value }) => value === 0);
  if (edge === undefined) return undefined;
  const component = `${edge.labels['source_workload']} → ${serviceOf(edge)}`;
  return { kind: 'caller fell silent', component, because: 'Q5: it got answers, and gets none any more' };
}

function unexplained({ Q1, Q2, Q4, Q5 }: IncidentAnswers): IncidentVerdict | undefined {
  const because =
    Q1.length + Q2.length > 0
      ? 'Q1, Q2: there are errors'
      : Q4.some(({ value }) => value >= slow.ms)
        ? 'Q4: answers are slow'
        : Q5.every(({ value }) => !(value > 0))
          ? 'Q5: no call is counted'
          : undefined;
  return because === undefined ? undefined : { kind: 'unexplained', component: '', because };
}

/** What holds of the pods of one Service; a Service of a single pod has nothing to compare it with. */
function firstOf(
  services: ServicePods,
  judge: (pods: readonly string[]) => IncidentVerdict | undefined,
): IncidentVerdict | undefined {
  return Object.values(services)
    .filter((pods) => pods.length >= 2)
    .map(judge)
    .find((verdict) => verdict !== undefined);
}

/** NaN of nothing, which no comparison holds for. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

const serviceOf = ({ labels }: Sample) => (labels['destination_service'] ?? '').split('.')[0] ?? '';
const rate = ({ value }: Sample) => `${value.toFixed(1)} calls a second`;
const percent = (share: number) => `${Math.round(share * 100)} %`;
