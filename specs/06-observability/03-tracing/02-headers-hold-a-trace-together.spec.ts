import {
  type Answer,
  exercise,
  readTraces,
  type Reply,
  sideOf,
  tally,
  type Trace,
  tracesArguments,
  untilTraced,
} from '../../../helpers/index.ts';

const namespace = 'm6-e3-checkout';
const frontendUrl = 'http://frontend/';
const way = ['client', 'frontend', 'backend'];
/** Calls of each kind. Chance has no part in it; so many in a row show that nothing of an earlier setting is left. */
const calls = 5;
const passes = {
  w3c: 'traceparent, tracestate',
  b3: 'x-b3-…',
  none: 'nothing',
} as const;
type Passed = keyof typeof passes;
/** The three providers: how their tracers are told apart, in which header the id of a trace stands, and what holds it together. */
const providers: readonly Provider[] = [
  {
    file: '20-otel.yaml',
    says: 'OpenTelemetry',
    tracer: { language: 'opentelemetry', option: '', percent: 100 },
    idIn: ({ traceparent }) => String(traceparent).split('-')[1],
    traces: { w3c: 1, b3: 2, none: 2 },
  },
  {
    file: '30-zipkin-b3.yaml',
    says: 'Zipkin',
    tracer: { language: 'zipkin', option: '', percent: 100 },
    idIn: (headers) => String(headers['x-b3-traceid']),
    traces: { w3c: 2, b3: 1, none: 2 },
  },
  {
    file: '40-zipkin-both.yaml',
    says: 'Zipkin that takes both',
    tracer: { language: 'zipkin', option: 'USE_B3_WITH_W3C_PROPAGATION', percent: 100 },
    idIn: (headers) => String(headers['x-b3-traceid']),
    traces: { w3c: 1, b3: 1, none: 2 },
  },
];

type Headers = Answer['headers'];

interface Provider {
  readonly file: string;
  readonly says: string;
  readonly tracer: { readonly language: string; readonly option: string; readonly percent: number };
  readonly idIn: (headers: Headers) => string | undefined;
  /** Of how many traces a call is, by what the application passes on. */
  readonly traces: Readonly<Record<Passed, number>>;
}

/** What both applications saw of one call. */
interface Seen {
  readonly passed: Passed;
  readonly atFrontend: Headers;
  readonly atBackend: Headers;
}

const spansOf = ({ spans }: Trace) => spans.map(sideOf).join('; ');
const [firstPart, secondPart] = ['client calls; frontend is called', 'frontend calls; backend is called'];
const wholeCall = `${firstPart}; ${secondPart}`;
/** Names of those headers that belong to a trace. */
const namesIn = (headers: Headers) =>
  Object.keys(headers)
    .filter((name) => /^(traceparent|x-b3-traceid)$/.test(name))
    .toSorted()
    .join(', ') || 'none';

exercise(
  'Applications join a trace by the headers of the provider in use, and by no others',
  {
    persona: 'Lisa Andersson',
    question: 'The vendor says that tracing needs no change of our code, and an old guide names headers. Who is right?',
    proof: `One and the same application passes on what each call asks it to: the headers of the W3C, those of B3, or none. Under each of three providers, which are told to trace every call, it is called ${calls} times in each way, so between two results one thing differs. What the backend has seen tells the id of the trace that it is in, and Jaeger has under that id exactly the spans that belong there. Without headers a call is two traces of two spans under every one of the three providers. With headers it is one trace of four spans only where the headers are those of the provider.`,
    takeaway:
      'Proxies make the spans. The application holds them together by passing on the headers of the provider in use: traceparent for OpenTelemetry, x-b3 for Zipkin.',
    needs: ['k8s', 'sidecar', 'tracing'],
    proves: ['m6.e3.a2', 'm6.e3.a4'],
    errata: ['E257', 'E605', 'E606'],
    readMore:
      'https://istio.io/latest/docs/tasks/observability/distributed-tracing/overview/#trace-context-propagation',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const client = cluster.client('deployment/client');
    const rows: string[][] = [];
    const callsWith = async (passed: Passed): Promise<Seen[]> =>
      (await client.newConnections(calls, `${frontendUrl}?propagate=${passed}`)).map((reply) => seenIn(reply, passed));

    await lesson.step('Before: a call is answered, and neither application sees a header of a trace', async () => {
      await untilTraced(cluster, namespace, way, undefined);
      const seen = await callsWith('w3c');
      await lesson.check(
        'no such header has reached the frontend or the backend',
        seen.flatMap(({ atFrontend, atBackend }) => [namesIn(atFrontend), namesIn(atBackend)]),
        (names) => names.length === 2 * calls && names.every((name) => name === 'none'),
      );
    });

    for (const { file, says, tracer, idIn, traces } of providers) {
      await lesson.step(`The provider is ${says}`, async () => {
        await cluster.change(file);
        await untilTraced(cluster, namespace, way, tracer);
      });

      await lesson.step(`After, with ${says}: what is passed on decides how many traces a call is`, async () => {
        const seen: Seen[] = [];
        for (const passed of ['w3c', 'b3', 'none'] as const) seen.push(...(await callsWith(passed)));
        const idsOf = ({ atFrontend, atBackend }: Seen) => [...new Set([idIn(atFrontend), idIn(atBackend)])];
        for (const passed of ['w3c', 'b3', 'none'] as const) {
          const found = seen.filter((each) => each.passed === passed);
          const counts = found.map((each) => idsOf(each).length);
          await lesson.check(
            `where the application passes on ${passes[passed]}, frontend and backend see ${traces[passed] === 1 ? 'the same id' : 'two ids'} in each of ${calls} calls`,
            counts,
            (ids) => ids.length === calls && ids.every((count) => count === traces[passed]),
          );
          rows.push([says, passes[passed], namesIn(only(found).atBackend), [...new Set(counts)].join()]);
        }
        const wanted = new Map(seen.flatMap((each) => expected(idsOf(each))));
        const foundIn = (json: string) => readTraces(json).filter(({ id }) => wanted.has(id));
        await cluster.eventually(
          'Jaeger has exactly these traces, with the spans that belong there, each part behind the frontend begins there',
          tracesArguments({ service: `frontend.${namespace}`, limit: 60 }),
          (json) => {
            const found = foundIn(json);
            return (
              found.length === wanted.size &&
              found.every((trace) => spansOf(trace) === wanted.get(trace.id) && trace.spans[0]?.parent === undefined)
            );
          },
          'kubectl',
          {
            tell: (json) =>
              [...tally(foundIn(json), spansOf)].map(([spans, times]) => `${times} × ${spans}`).join('\n'),
          },
        );
      });
    }

    await lesson.step('And side by side: only headers of the provider in use hold a trace together', async () => {
      lesson.table(
        `How many traces each of ${calls} calls is`,
        ['provider', 'the application passes on', 'the backend saw', 'traces of a call'],
        rows,
      );
      await lesson.check(
        'in four of nine combinations a call is one trace, and in no combination without headers',
        rows.map(([says, passed, , count]) => `${says}, ${passed}: ${count}`),
        (all) => {
          const whole = all.filter((each) => each.endsWith(': 1'));
          return all.length === 9 && whole.length === 4 && !whole.some((each) => each.includes(passes.none));
        },
      );
    });
  },
);

/** Both applications' headers out of an answer of the first, which holds that of the second. */
function seenIn({ body }: Reply, passed: Passed): Seen {
  const { headers, next } = JSON.parse(body) as Answer;
  return { passed, atFrontend: headers, atBackend: (next?.body as Answer | undefined)?.headers ?? {} };
}

/** The spans that belong under each id of a call: all where it has one, else each its part. */
function expected([first = '', second]: readonly (string | undefined)[]): [string, string][] {
  if (second === undefined) return [[first, wholeCall]];
  return [
    [first, firstPart],
    [second, secondPart],
  ];
}

function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('A call was made');
  return first;
}
