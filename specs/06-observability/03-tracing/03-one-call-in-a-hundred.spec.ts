import { randomBytes } from 'node:crypto';

import {
  type Answer,
  answered,
  chanceOutside,
  exercise,
  minorOfMesh,
  onceIn,
  proxyAdminCommand,
  readTraces,
  type Reply,
  sideOf,
  tally,
  type Trace,
  tracesArguments,
  untilTraced,
} from '../../../helpers/index.ts';

const namespace = 'm6-e3-checkout';
const backendUrl = 'http://backend/';
const frontendUrl = 'http://frontend/';
/** Calls without a decision, and how many of them are near enough to one in a hundred. */
const [many, least, most] = [1_000, 1, 25];
const luck = onceIn(chanceOutside(many, 0.01, least, most));
/** Calls that bring a decision. */
const few = 20;
/** So many of them may be chosen by chance all the same. */
const unlucky = 4;
const bad = onceIn(chanceOutside(few, 0.01, 0, unlucky));
/** A caller's own span, which its calls are to be parts of. */
const callersSpan = '00f067aa0ba902b7';
/** What the client's proxy counts: calls that it has chosen by chance, such that the client forced, and the rest. */
const choices = ['random_sampling', 'client_enabled', 'not_traceable'] as const;
type Choices = Readonly<Record<(typeof choices)[number], number>>;
const choicesCommand = [
  'exec',
  'deployment/client',
  ...proxyAdminCommand(`stats?filter=${encodeURIComponent(String.raw`^http\.outbound_0\.0\.0\.0_80[;.].*tracing\.`)}`),
];
/** One call after another with a decision of the caller, each in a trace of its own; prints the answers. */
const decided = (ids: string, flag: string, url: string) =>
  `curl -s -H "traceparent: 00-${ids}$i-${callersSpan}-${flag}" '${url}'`;
const inALoop = (...calls: readonly string[]) => `for i in $(seq 10 ${9 + few}); do ${calls.join('; ')}; done`;
/** The beginning of an id, to which a call adds two digits. */
const newIds = () => `a${randomBytes(15).toString('hex').slice(1)}`;
const spansOf = ({ spans }: Trace) => spans.map(sideOf).join('; ');
const isOfBoth = (trace: Trace) => spansOf(trace) === 'client calls; backend is called';
const tell = (traces: readonly Trace[]) =>
  [...tally(traces, spansOf)].map(([spans, times]) => `${times} × ${spans}`).join('\n');
const noHeader = 'no header';
const search = tracesArguments({ service: `client.${namespace}`, limit: 200 });

exercise(
  'Telemetry traces one call in a hundred by default, unless the caller decides otherwise',
  {
    persona: 'Lisa Andersson',
    question: 'We switched tracing on and find almost nothing. Who decides which calls are traced?',
    proof: `The resource names a provider and no percentage, and the proxy says 1 per cent. Of ${many} calls ${least} to ${most} become traces, which luck alone misses ${luck}. The client's proxy counts how many it has chosen, and Jaeger has exactly as many traces, each with the spans of both sides, so the second proxy does not choose anew. Then the caller decides. Under 1 per cent all of ${few} calls with the header x-client-trace-id are traced. Calls with a traceparent that says yes are made in turn with them: in Istio 1.30 all of those are traced, in 1.31 no more than one per cent and luck explain. In 1.31 an application that passes traceparent on without x-request-id ends most traces there: the next one is told by a header that the call is not traced. An application that passes both on ends none. Under 100 per cent ${few} calls whose traceparent says no are in no trace, while each of the ${few} made in turn with them, without a header, is.`,
    takeaway:
      'The percentage counts for calls that come without a decision. A caller can force a trace, and forbid it, by a header.',
    needs: ['k8s', 'sidecar', 'tracing'],
    proves: ['m6.e3.a3', 'm6.e3.a5', 'm6.e3.a7'],
    errata: ['E257', 'E607'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/distributed-tracing/sampling/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const client = cluster.client('deployment/client');
    const chosen = async (): Promise<Choices> => readChoices((await cluster.kubectl(...choicesCommand)).stdout);
    const untilWaysAre = async (wanted: Parameters<typeof untilTraced>[3]) => {
      await untilTraced(cluster, namespace, ['client', 'frontend', 'backend'], wanted);
      // The client calls the backend too, on connections of their own.
      await client.curl(backendUrl).settlesOn(answered(200));
    };
    const answersOf = async (script: string) =>
      (await client.run('sh', '-c', script)).stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((body) => JSON.parse(body) as Answer);
    /** Makes calls of the backend, and returns what it saw of each. */
    const callsWith = async (script: string) => (await answersOf(script)).map(traceparentOf);

    const early = `${backendUrl}?run=${newIds()}`;
    await lesson.step('Before: no proxy traces, also not a call whose caller asks for it', async () => {
      await untilWaysAre(undefined);
      const seen = await callsWith(inALoop(`curl -s -H 'x-client-trace-id: checkout' '${early}'`));
      await lesson.check(
        `${few} calls with the wish to be traced are answered, and the backend sees none as part of a trace`,
        seen,
        (all) => all.length === few && all.every((each) => each === noHeader),
      );
    });

    await lesson.step('The resource names a provider, and no percentage', async () => {
      await cluster.change('20-provider-only.yaml');
      await untilWaysAre({ language: 'opentelemetry', option: '', percent: 1 });
    });

    await lesson.step(`After: about one in a hundred of ${many} calls is traced, on both sides`, async () => {
      const url = `${backendUrl}?run=${newIds()}`;
      const before = await chosen();
      // One command has a minute, in which a busy machine may not make all of them.
      const replies: Reply[] = [];
      while (replies.length < many) replies.push(...(await client.oneConnection(many / 4, url)));
      const after = await chosen();
      await lesson.check(
        `${many} calls are answered`,
        Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`)),
        (statuses) => statuses['HTTP 200'] === many,
      );
      const since = Object.fromEntries(choices.map((name) => [name, after[name] - before[name]])) as unknown as Choices;
      await lesson.check(
        `the client's proxy has decided about each of them, and chosen ${least} to ${most} (one per cent misses that by chance ${luck})`,
        since,
        ({ random_sampling: traced, not_traceable: not }) => traced >= least && traced <= most && traced + not === many,
      );
      const found = (json: string) => ofUrl(json, url);
      await cluster.eventually(
        `Jaeger has exactly as many traces of these calls, ${since.random_sampling}, each with the span of the client and the span of the backend`,
        search,
        (json) => found(json).length === since.random_sampling && found(json).every(isOfBoth),
        'kubectl',
        { tell: (json) => tell(found(json)) },
      );
    });

    let isForced = false;
    await lesson.step('But a caller can force it by x-client-trace-id, and in 1.30 by traceparent', async () => {
      isForced = minorOfMesh((await cluster.attempt('istioctl', 'version', '--output', 'json')).stdout) < 31;
      const asked = newIds();
      const url = `${backendUrl}?run=${newIds()}`;
      const before = await chosen();
      const seen = await callsWith(
        inALoop(decided(asked, '01', backendUrl), `curl -s -H 'x-client-trace-id: checkout' '${url}'`),
      );
      const flagged = flagsOf(seen, asked).own['01'] ?? 0;
      await lesson.check(
        `${few} calls with x-client-trace-id are made in turn with ${few} whose traceparent says yes, and all of the former are traced`,
        flagsOf(seen, asked),
        ({ others }) => others['01'] === few && Object.keys(others).length === 1,
      );
      await lesson.check(
        isForced
          ? `in this release all ${few} with traceparent are traced`
          : `in this release at most ${unlucky} with traceparent are, as without it (one per cent gives more by chance ${bad})`,
        flagsOf(seen, asked),
        ({ own }) => (own['00'] ?? 0) + (own['01'] ?? 0) === few && (isForced ? flagged === few : flagged <= unlucky),
      );
      const after = await chosen();
      await lesson.check(
        `the client's proxy has counted ${few} calls as forced by the client`,
        after.client_enabled - before.client_enabled,
        (counted) => counted === few,
      );
      const forced = (json: string) => ofUrl(json, url);
      const own = (json: string) => ofIds(json, asked);
      await cluster.eventually(
        `Jaeger has the traces of the ${few} with x-client-trace-id, and of the others ${flagged}, in the client's own trace`,
        search,
        (json) =>
          forced(json).length === few &&
          forced(json).every(isOfBoth) &&
          own(json).length === flagged &&
          own(json).every((trace) => isOfBoth(trace) && trace.spans[0]?.parent === callersSpan),
        'kubectl',
        { tell: (json) => `x-client-trace-id: ${tell(forced(json))}\ntraceparent: ${own(json).length}` },
      );
    });

    await lesson.step('And since 1.31 an application has to pass on x-request-id too, or the trace ends', async () => {
      const run = newIds();
      const urlOf = (passed: string) => `${frontendUrl}?propagate=${passed}&run=${run}`;
      const callOf = (passed: string) => `curl -s -H 'x-client-trace-id: checkout' '${urlOf(passed)}'`;
      const answers = await answersOf(inALoop(callOf('w3c'), callOf('all')));
      const goesOn = (passed: string) =>
        tally(
          answers.filter(({ path }) => path.includes(`propagate=${passed}&`)),
          (atFrontend) => {
            const [before, behind] = [atFrontend, atFrontend.next?.body as Answer].map(traceparentOf);
            const isOne = before?.split('-')[0] === behind?.split('-')[0];
            return `${isOne ? 'one id' : 'two ids'}, traced before: ${flagOf(before)}, behind: ${flagOf(behind)}`;
          },
        );
      const [onwards, endsThere] = ['one id, traced before: 01, behind: 01', 'one id, traced before: 01, behind: 00'];
      await lesson.check(
        `${few} forced calls go on as traced where all headers are passed on`,
        Object.fromEntries(goesOn('all')),
        (seen) => seen[onwards] === few,
      );
      const whole = goesOn('w3c').get(onwards) ?? 0;
      await lesson.check(
        isForced
          ? `in this release ${few} others do too, where traceparent alone is passed on`
          : `in this release at most ${unlucky} of ${few} others do, where traceparent alone is passed on (one per cent gives more by chance ${bad})`,
        Object.fromEntries(goesOn('w3c')),
        (seen) => whole + (seen[endsThere] ?? 0) === few && (isForced ? whole === few : whole <= unlucky),
      );
    });

    await lesson.step('The resource asks for every call', async () => {
      await cluster.change('30-every-call.yaml');
      await untilWaysAre({ language: 'opentelemetry', option: '', percent: 100 });
    });

    await lesson.step(
      `But a caller can forbid it: of ${few} calls whose traceparent says no, none is traced`,
      async () => {
        const silenced = newIds();
        const url = `${backendUrl}?run=${newIds()}`;
        const seen = await callsWith(inALoop(decided(silenced, '00', backendUrl), `curl -s '${url}'`));
        await lesson.check(
          `the backend sees ${few} calls with the client's no, made in turn with ${few} that are traced`,
          flagsOf(seen, silenced),
          ({ own, others }) => own['00'] === few && others['01'] === few && seen.length === 2 * few,
        );
        const without = (json: string) => ofUrl(json, url);
        const withNo = (json: string) => ofIds(json, silenced);
        await cluster.eventually(
          // The last call had no header, and a proxy sends its spans in their order.
          `Jaeger has a trace of each of the ${few} without a decision, and none of those made in turn with them`,
          search,
          (json) => without(json).length === few && without(json).every(isOfBoth) && withNo(json).length === 0,
          'kubectl',
          { tell: (json) => `without a decision: ${tell(without(json))}\nwith a no: ${withNo(json).length}` },
        );
        await cluster.eventually(
          `and none of the ${few} calls from before the resource, although they asked for it`,
          search,
          (json) => without(json).length === few && ofUrl(json, early).length === 0,
          'kubectl',
          { tell: (json) => `${ofUrl(json, early).length} of them, ${without(json).length} of those just made` },
        );
      },
    );
  },
);

/** Traces of calls of an address that begins so. */
function ofUrl(json: string, url: string): Trace[] {
  return readTraces(json).filter(({ spans }) => spans.some(({ tags }) => String(tags['http.url']).startsWith(url)));
}

/** Traces whose ids the caller gave. */
function ofIds(json: string, beginning: string): Trace[] {
  return readTraces(json).filter(({ id }) => id.startsWith(beginning));
}

/** What an application saw in traceparent, without the version: id, span, flag. */
function traceparentOf({ headers }: Answer): string {
  return String(headers['traceparent'] ?? noHeader).replace(/^00-/, '');
}

function flagOf(traceparent = ''): string {
  return traceparent.split('-')[2] ?? 'none';
}

/** How many calls reached the backend with each flag, those in the caller's own traces apart: `{ own: { '00': 20 }, … }`. */
function flagsOf(seen: readonly string[], ids: string): Record<'own' | 'others', Readonly<Record<string, number>>> {
  const flags = (which: readonly string[]) => Object.fromEntries(tally(which, flagOf));
  return {
    own: flags(seen.filter((each) => each.startsWith(ids))),
    others: flags(seen.filter((each) => !each.startsWith(ids))),
  };
}

/** Reads the proxy's count of its choices. @throws {Error} if it does not publish them */
function readChoices(stats: string): Choices {
  const read = choices.map((name) => {
    const value = new RegExp(`\\.tracing\\.${name}: (\\d+)$`, 'm').exec(stats)?.[1];
    if (value === undefined) throw new Error(`The proxy does not publish ${name}; it does: ${stats}`);
    return [name, Number(value)];
  });
  return Object.fromEntries(read) as Choices;
}
