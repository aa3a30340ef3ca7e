/** Traces as Jaeger keeps them: what each proxy on the way of a call tells of it. https://www.jaegertracing.io/docs/2.13/apis/ */

/** From one moment to another, in microseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** One span: what one proxy saw of one call. */
export interface Span {
  readonly id: string;
  /** The span that this one is a part of; undefined at the beginning of a trace. It need not have arrived. */
  readonly parent: string | undefined;
  /** Who tells it; of a sidecar the workload's name and namespace, e.g. `frontend.shop`. */
  readonly service: string;
  /** E.g. `backend.shop.svc.cluster.local:80/*`. */
  readonly operation: string;
  /** `client` of the proxy that calls, `server` of the one that is called; empty where the span does not say. */
  readonly kind: string;
  /** Microseconds since 1970. */
  readonly startedAt: number;
  readonly durationMicros: number;
  /** When none of its parts went on. */
  readonly own: readonly Interval[];
  /** How long that was, in microseconds. */
  readonly selfMicros: number;
  /** HTTP status; 0 where there was none, as when the caller went. */
  readonly status: number;
  /** True if the span says that it failed. */
  readonly failed: boolean;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
}

/** All spans with one id, parents before their parts, and by their beginning. */
export interface Trace {
  readonly id: string;
  readonly spans: readonly Span[];
}

/** What of the traces is asked for. */
export interface TraceSearch {
  /** One that has told a span of each of them. */
  readonly service: string;
  /** The most that are wanted, the newest first; at most as many as are kept, 20,000. */
  readonly limit?: number;
  /** How far back they may have begun, e.g. `1h`. */
  readonly lookback?: string;
  /** Tags that one span of each of them has, with exactly these values. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Arguments of kubectl that ask Jaeger through the API server, so that no port is opened. */
export function jaegerArguments(path: string): string[] {
  return ['get', '--raw', `/api/v1/namespaces/istio-system/services/jaeger:http-query/proxy/api/${path}`];
}

/** The same, for traces; {@link readTraces} reads the answer. */
export function tracesArguments({ service, limit = 50, lookback = '1h', tags }: TraceSearch): string[] {
  const query = new URLSearchParams({ service, limit: String(limit), lookback });
  if (tags !== undefined) query.set('tags', JSON.stringify(tags));
  return jaegerArguments(`traces?${query.toString()}`);
}

/** The same, for one trace by its id; where there is none, kubectl fails and names 404. */
export function traceArguments(id: string): string[] {
  return jaegerArguments(`traces/${id}`);
}

/**
 * The same, for who called whom in the traces of a time; {@link readDependencies} reads the answer.
 *
 * @param endMs the end of that time, in milliseconds since 1970
 */
export function dependenciesArguments(endMs: number, lookbackMs: number): string[] {
  return jaegerArguments(`dependencies?endTs=${endMs}&lookback=${lookbackMs}`);
}

/** Reads an answer with traces. @throws {Error} if it is none */
export function readTraces(answer: string): Trace[] {
  const { data } = JSON.parse(answer) as { data: readonly ToldTrace[] | null };
  return (data ?? []).map(({ traceID, spans, processes }) => {
    const ids = new Set(spans.map(({ spanID }) => spanID));
    const read = spans.map((span) => readSpan(span, spans, processes[span.processID]?.serviceName ?? ''));
    return { id: traceID, spans: inOrder(read, ids) };
  });
}

/** One caller and one called of the dependencies. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
}

/** Reads an answer with dependencies; spans of one service that are parts of each other are left out. */
export function readDependencies(answer: string): Dependency[] {
  const { data } = JSON.parse(answer) as {
    data: readonly { readonly parent: string; readonly child: string; readonly callCount: number }[] | null;
  };
  return (data ?? [])
    .map(({ parent, child, callCount }) => ({ parent, child, calls: callCount }))
    .filter(({ parent, child }) => parent !== child);
}

/** How many spans a span is below the beginning of its trace, as far as they have arrived. */
export function depthOf({ spans }: Trace, span: Span): number {
  const parent = spans.find(({ id }) => id === span.parent);
  return parent === undefined ? 0 : 1 + depthOf({ id: '', spans: spans.filter(({ id }) => id !== span.id) }, parent);
}

/** Where a failure began: the deepest span that failed, since those above it only passed it on; undefined without one. */
export function originOfFailure(trace: Trace): Span | undefined {
  return trace.spans
    .filter(({ failed }) => failed)
    .toSorted((a, b) => depthOf(trace, b) - depthOf(trace, a))
    .at(0);
}

/** Whose side of which hop a span tells: `frontend calls`, `backend is called`; of a service without its namespace. */
export function sideOf({ service, kind }: Pick<Span, 'service' | 'kind'>): string {
  const name = service.split('.')[0] ?? service;
  if (kind === 'client') return `${name} calls`;
  return kind === 'server' ? `${name} is called` : name;
}

function readSpan(told: ToldSpan, all: readonly ToldSpan[], service: string): Span {
  const tags = Object.fromEntries(told.tags.map(({ key, value }) => [key, value]));
  const { spanID: id, operationName: operation, startTime: startedAt, duration } = told;
  const own = without(
    told,
    all.filter((other) => parentOf(other) === id),
  );
  return {
    id,
    parent: parentOf(told),
    service,
    operation,
    kind: String(tags['span.kind'] ?? ''),
    startedAt,
    durationMicros: duration,
    own,
    selfMicros: own.reduce((sum, { from, to }) => sum + to - from, 0),
    status: Number(tags['http.status_code'] ?? 0),
    failed: String(tags['error'] ?? '') === 'true',
    tags,
  };
}

function parentOf({ references }: ToldSpan): string | undefined {
  return references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;
}

/** When a span went on and none of its parts did; parts may overlap, and end after it. */
function without(whole: ToldSpan, parts: readonly ToldSpan[]): Interval[] {
  const end = whole.startTime + whole.duration;
  const own: Interval[] = [];
  let reached = whole.startTime;
  for (const { startTime, duration } of parts.toSorted((a, b) => a.startTime - b.startTime)) {
    own.push({ from: reached, to: Math.min(startTime, end) });
    reached = Math.max(reached, startTime + duration);
  }
  return [...own, { from: reached, to: end }].filter(({ from, to }) => to > from);
}

/** Each span, and after it its parts. */
function inOrder(spans: readonly Span[], ids: ReadonlySet<string>): Span[] {
  const byTime = spans.toSorted((a, b) => a.startedAt - b.startedAt);
  const withParts = (span: Span): Span[] => [
    span,
    ...byTime.filter(({ parent }) => parent === span.id).flatMap(withParts),
  ];
  return byTime.filter(({ parent }) => parent === undefined || !ids.has(parent)).flatMap(withParts);
}

interface ToldTrace {
  readonly traceID: string;
  readonly spans: readonly ToldSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

interface ToldSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: string | number | boolean }[];
  readonly processID: string;
}
