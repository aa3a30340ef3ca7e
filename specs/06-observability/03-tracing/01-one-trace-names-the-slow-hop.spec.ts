import { randomUUID } from 'node:crypto';

import {
  type Answer,
  exercise,
  originOfFailure,
  readAccessLog,
  readAuditLog,
  readTraces,
  sideOf,
  type Trace,
  traceArguments,
  tracesArguments,
  untilTraced,
  waterfall,
} from '../../../helpers/index.ts';

const namespace = 'm6-e3-checkout';
const frontendUrl = 'http://frontend/';
const way = ['client', 'frontend', 'backend'];
/** Who is to tell the four spans of a call, in their order. */
const hops = ['client calls', 'frontend is called', 'frontend calls', 'backend is called'];
/** Milliseconds: what a slow service waits. A timer may fire a little early by another clock. */
const [delay, about] = [700, 10];
const pods = [
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.initContainerStatuses[*].restartCount}{.status.containerStatuses[*].restartCount}{"\\n"}{end}',
];
const ms = (micros: number) => Math.round(micros / 100) / 10;
/** Each span with what is known of it. */
const tell = ({ spans }: Trace) =>
  spans
    .map((span) => `${sideOf(span)}: HTTP ${span.status}, ${ms(span.durationMicros)} ms, own ${ms(span.selfMicros)} ms`)
    .join('\n');
/** Milliseconds that each span kept for itself, none of its parts. */
const ownTimes = ({ spans }: Trace) =>
  Object.fromEntries(spans.map((span): [string, number] => [sideOf(span), ms(span.selfMicros)]));

exercise(
  'Telemetry makes proxies tell spans, and one trace names the slow hop',
  {
    persona: 'Lisa Andersson',
    question: 'Checkout takes 0.7 seconds too long, and three teams say that it is not them. Which of the hops is it?',
    proof: `A span is what one proxy tells of one call, and a trace is all spans that belong together. Every call carries a mark of this run, and its trace is found by that mark. Before the resource no proxy on the way has a tracer, and the five marked calls of that time are in no trace later either. After it each of five calls is one trace of four spans, each a part of the one before, and no pod was restarted. Then a service waits ${delay} milliseconds, first the backend and then the frontend, for three calls each. The client waits for it in both cases, and in the call of middle length the time that a hop kept for itself names another service each time. Then the backend fails. All four spans say that they failed, and the deepest of them is the backend's. The id in the line that the backend's proxy has logged of that call finds this trace, and another id finds none. In the end an application passes no headers, and the same call is two traces of two spans.`,
    takeaway:
      'Proxies tell a span for each side of each hop. In one trace the hop that keeps the time, or fails first, has a name.',
    needs: ['k8s', 'sidecar', 'tracing', 'providers'],
    proves: ['m6.e3.a1', 'm6.e3.a6'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/distributed-tracing/telemetry-api/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const client = cluster.client('deployment/client');
    const frontend = cluster.client('deployment/frontend');
    const backend = cluster.client('deployment/backend');
    const run = randomUUID().slice(0, 8);
    const urlOf = (what: string) => `${frontendUrl}?m=${run}-${what}`;
    /** The header goes on to the backend, for the logs; the address stands in the span. */
    const call = async (what: string, times = 1) =>
      client.newConnections(times, '-H', `x-marker: ${run}-${what}`, urlOf(what));
    const tracesOf = (what: string) =>
      tracesArguments({ service: `client.${namespace}`, tags: { 'http.url': urlOf(what) } });
    /** Makes calls, and waits for their traces to be whole; of several, the one of middle length. */
    const traceOf = async (what: string, status: number, times = 1): Promise<Trace> => {
      const replies = await call(what, times);
      await lesson.check(
        times === 1 ? `the call is answered with ${status}` : `${times} calls are answered with ${status}`,
        replies.map((reply) => reply.status),
        (seen) => seen.length === times && seen.every((each) => each === status),
      );
      const text = await cluster.eventually(
        times === 1
          ? 'Jaeger has one trace of this call, with all four spans'
          : `Jaeger has ${times} traces of these calls, each with all four spans`,
        tracesOf(what),
        (json) => areWhole(json, times),
        'kubectl',
        { tell: (json) => wholeTraces(json).map(tell).join('\n\n') },
      );
      return middleOf(wholeTraces(text));
    };

    await lesson.step('Before: each team logs its part of five calls, and nobody traces', async () => {
      await untilTraced(cluster, namespace, way, undefined);
      const replies = await call('before', 5);
      await lesson.check(
        'five calls are answered',
        replies.map(({ status }) => status),
        (seen) => seen.join() === '200,200,200,200,200',
      );
      for (const service of ['frontend', 'backend'])
        await cluster.eventually(
          `the log of the ${service} has these five calls, all of them with 200`,
          ['logs', `deployment/${service}`, '--container', 'server', '--tail=-1'],
          (log) => {
            const calls = readAccessLog(log).filter(({ marker }) => marker === `${run}-before`);
            return calls.length === 5 && calls.every(({ status }) => status === 200);
          },
        );
    });

    await lesson.step('One resource, without a restart: each proxy on the way gets a tracer', async () => {
      const before = (await cluster.kubectl(...pods)).stdout;
      await cluster.change('20-trace-every-call.yaml');
      await untilTraced(cluster, namespace, way, { language: 'opentelemetry', option: '', percent: 100 });
      await lesson.check(
        'the pods are the same, and no container was restarted',
        { before, now: (await cluster.kubectl(...pods)).stdout },
        (seen) => seen.before.trim().split('\n').length === 3 && seen.now === seen.before,
      );
    });

    await lesson.step('After: each of five calls is one trace, told by both sides of each hop', async () => {
      await call('after', 5);
      const text = await cluster.eventually(
        'Jaeger has five traces of four spans, all answered with 200, each span a part of the one before',
        tracesOf('after'),
        (json) =>
          areWhole(json, 5) && wholeTraces(json).every(({ spans }) => spans.every(({ status }) => status === 200)),
        'kubectl',
        { tell: (json) => wholeTraces(json).slice(0, 1).map(tell).join() },
      );
      const middle = middleOf(wholeTraces(text));
      await lesson.show('A healthy call', waterfall(middle));
      await lesson.check(
        `in the call of middle length no side of a hop kept half of the ${delay} milliseconds that come next`,
        ownTimes(middle),
        (own) => Object.values(own).every((each) => each < delay / 2),
      );
      await cluster.eventually(
        'but it has no trace of the five calls from before',
        tracesOf('before'),
        (json) => readTraces(json).length === 0,
        'kubectl',
        { tell: () => 'none' },
      );
    });

    await lesson.step('One service becomes slow, then another: the trace names which', async () => {
      for (const [service, slow] of [
        ['backend', backend],
        ['frontend', frontend],
      ] as const) {
        await slow.fault(`delay=${delay}ms`);
        // A busy machine may hold up one call; it does not hold up two of three.
        const trace = await traceOf(`slow-${service}`, 200, 3);
        await slow.fault('none');
        await lesson.show(`A call while the ${service} is slow`, waterfall(trace));
        await lesson.check(
          `in the call of middle length the ${service} kept the ${delay} milliseconds for itself, and the rest together less than half as much`,
          ownTimes(trace),
          ({ [`${service} is called`]: own = 0, ...others }) =>
            own >= delay - about && Object.values(others).reduce((sum, each) => sum + each, 0) < delay / 2,
        );
      }
    });

    await lesson.step('A service fails: the deepest failed span is the origin, its id is in the log', async () => {
      await backend.fault('status=503');
      const trace = await traceOf('failing', 502);
      await backend.fault('none');
      await lesson.show('A call while the backend fails', waterfall(trace));
      await lesson.check(
        'all four spans say that they failed, so the deepest counts: that of the backend, with its own 503 and without a flag',
        Object.fromEntries(
          trace.spans.map((span) => [sideOf(span), `HTTP ${span.status}${span.failed ? ', failed' : ''}`]),
        ),
        (seen) =>
          Object.values(seen).join('; ') === 'HTTP 502, failed; HTTP 502, failed; HTTP 503, failed; HTTP 503, failed' &&
          originOfFailure(trace) === trace.spans.at(-1) &&
          trace.spans.at(-1)?.tags['response_flags'] === '-',
      );
      const linesOf = (text: string) =>
        readAuditLog(text).filter(({ marker, code }) => marker === `${run}-failing` && code === 503);
      await cluster.eventually(
        "the line of this call in the log of the backend's proxy has the id of this trace",
        ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail=-1'],
        (text) => linesOf(text).length === 1 && linesOf(text)[0]?.trace === trace.id,
      );
      await cluster.eventually(
        'Jaeger finds the trace by that id',
        traceArguments(trace.id),
        (json) => areWhole(json, 1) && only(wholeTraces(json)).id === trace.id,
        'kubectl',
        { tell: (json) => wholeTraces(json).map(tell).join() },
      );
      const other = trace.id.split('').toReversed().join('');
      const { exitCode, stderr } = await cluster.attempt('kubectl', ...traceArguments(other));
      await lesson.check(
        'and by another id it finds none',
        stderr,
        (text) => exitCode !== 0 && text.includes('NotFound'),
      );
    });

    await lesson.step('And an application that passes no headers on tears the trace in two', async () => {
      const [reply] = await client.newConnections(1, `${urlOf('torn')}&propagate=none`);
      const { next } = JSON.parse(reply?.body ?? '{}') as Answer;
      const atBackend = (next?.body as Answer | undefined)?.headers['traceparent'];
      const second = String(atBackend).split('-')[1] ?? '';
      const parts = (json: string) => readTraces(json).map(({ spans }) => spans.map(sideOf).join('; '));
      await cluster.eventually(
        'the part behind the frontend is a trace of its own, which begins there',
        traceArguments(second),
        (json) =>
          parts(json).join() === 'frontend calls; backend is called' &&
          only(readTraces(json)).spans[0]?.parent === undefined,
        'kubectl',
        { tell: (json) => parts(json).join() },
      );
      await cluster.eventually(
        'and the trace of the call itself ends at the frontend',
        tracesArguments({ service: `client.${namespace}`, tags: { 'http.url': `${urlOf('torn')}&propagate=none` } }),
        (json) => parts(json).join() === 'client calls; frontend is called' && only(readTraces(json)).id !== second,
        'kubectl',
        { tell: (json) => parts(json).join() },
      );
    });

    await lesson.step('Without the resource no proxy traces any more, and calls are answered as before', async () => {
      await cluster.revert('20-trace-every-call.yaml');
      await untilTraced(cluster, namespace, way, undefined);
    });
  },
);

/** Traces with the four spans that a call is to have, each a part of the one before, all with the mark of the team. */
function wholeTraces(json: string): Trace[] {
  return readTraces(json).filter(
    ({ spans }) =>
      spans.length === hops.length &&
      spans.every(
        (span, index) =>
          span.service.endsWith(`.${namespace}`) &&
          sideOf(span) === hops[index] &&
          span.parent === spans[index - 1]?.id &&
          span.tags['team'] === 'checkout',
      ),
  );
}

/** True if so many traces were found, and each of them is whole. */
function areWhole(json: string, traces: number): boolean {
  return readTraces(json).length === traces && wholeTraces(json).length === traces;
}

/** Milliseconds that the whole call took, by its first span. */
function totalOf({ spans }: Trace): number {
  return ms(spans[0]?.durationMicros ?? Number.NaN);
}

/** The trace of the call of middle length. */
function middleOf(traces: readonly Trace[]): Trace {
  const byLength = traces.toSorted((one, other) => totalOf(one) - totalOf(other));
  return only(byLength.slice(Math.floor(byLength.length / 2)));
}

function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('One was seen before');
  return first;
}
