import {
  type Answer,
  answeredByVersion,
  chanceOutside,
  exercise,
  failsWith,
  headersHandedOn,
  hitsIn,
  linesOfCall,
  type Mirror,
  onceIn,
  proxyAdminCommand,
  proxyLogCommand,
  readAccessLog,
  type Reply,
  routesCommand,
  routesTo,
  serverLogCommand,
  tally,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm5-e4-mirror';
const folder = 'fixtures/05-traffic-management/04-mirroring/01-answers-nobody-effects-everybody';
const account = (name: string) => `spiffe://cluster.local/ns/${namespace}/sa/${name}`;
const backend = (key: string) => `http://backend/?key=${key}`;
const routes = routesCommand('deployment/customer', namespace);
/** Where a version is, in the words of the proxy. */
const clusterOf = (subset: string) => `outbound|80|${subset}|backend.${namespace}.svc.cluster.local`;
const [calls, orders, many] = [50, 10, 500];
/** A fifth of many calls, and what is near it. */
const [least, most] = [64, 136];
const luck = onceIn(chanceOutside(many, 0.2, least, most));
/** Seconds that the second version is made to wait, and that no call of a customer may take. */
const [slow, limit] = [3, 2];
/** How long it is watched that no copy comes, and that no further one does; a copy needs milliseconds. */
const watch = { noneMs: 2_000, noMoreMs: 1_000 };
/** What a server counts under a key; asked at the second version itself, where nothing is copied. */
const hitsOf = (server: 'backend' | 'backend-v2', key: string) => [
  'exec',
  'deployment/customer',
  '--',
  'curl',
  '--silent',
  `http://${server}/hits?key=${key}`,
];
/** What a proxy has counted of calls. */
const requestCounts = (workload: string) =>
  `exec deployment/${workload} -c istio-proxy -- pilot-agent request GET stats/prometheus?filter=istio_requests_total`.split(
    ' ',
  );

exercise(
  'VirtualService mirrors each call: its answer goes to nobody, its effect to everybody',
  {
    persona: 'Marcus Chen',
    question: 'Can the new version rehearse with our real traffic, without anybody noticing?',
    proof: `Both servers count the calls of each key, and each key is used once. Before the rule the second version gets none of ${calls} calls; under it exactly ${calls} of ${calls}, while every answer that the customer gets names the first version. Then the second version fails, and then waits ${slow} seconds, which a direct call of it shows; the same ${calls} calls are answered by the first version as before, each in less than ${limit} seconds when the second version takes ${slow}, so nobody waits for a copy. Of ten orders ten arrive at each version. The access logs of both applications have the same method, path, host and marker for one call, and their proxies handed it on with the same headers; the one that the copy has more is x-forwarded-for, with the address of the customer's pod. The request metric of the customer's proxy grows by ${calls} for the first version and by nothing else, while the second version's proxy and the customer's own counter of that destination have ${calls}. About a fifth of ${many} calls is copied under 20 per cent: ${least} to ${most}, which luck alone misses ${luck}.`,
    takeaway:
      'A mirror hides the answers of the new version and not its effects: mirror what only reads, and watch it at the new version, since the callers do not count it.',
    needs: ['sidecar'],
    proves: ['m5.e4.a1', 'm5.e4.a2', 'm5.e4.a3', 'm5.e4.a4', 'm5.e4.a5'],
    errata: ['E501'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/mirroring/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const v2 = cluster.client('deployment/backend-v2');
    const rehearsal = customer.curl('http://backend-v2/?key=direct');
    const copies = async (key: string, wanted: number) =>
      cluster.eventually(
        `the second version has counted ${wanted} of them`,
        hitsOf('backend-v2', key),
        (printed) => hitsIn(printed) === wanted,
        'kubectl',
        { staysMs: wanted === 0 ? watch.noneMs : watch.noMoreMs },
      );
    /** Makes calls of one key, and sees that the first version answers each of them. */
    const answeredByV1 = async (times: number, key: string) => {
      const replies = await customer.newConnections(times, backend(key));
      await lesson.check(`all ${times} calls are answered by the first version`, endings(replies), (seen) =>
        areAll(seen, 'HTTP 200 from v1', times),
      );
      return Math.max(...replies.map(({ seconds }) => seconds));
    };
    const routeIs = async (says: string, holds: (mirrors: readonly Mirror[]) => boolean) =>
      cluster.eventually(
        says,
        routes,
        (json) => {
          const [route, ...others] = routesTo(json, `backend.${namespace}`);
          return others.length === 0 && route?.clusters.join() === clusterOf('v1') && holds(route.mirrors);
        },
        'istioctl',
        {
          tell: (json) =>
            JSON.stringify(
              routesTo(json, `backend.${namespace}`).map(({ clusters, mirrors }) => ({ clusters, mirrors })),
            ),
        },
      );
    const counted = async () => ({
      bySource: (await cluster.kubectl(...requestCounts('customer'))).stdout,
      cluster: (await customer.proxyStats(`outbound|80|v2|backend.${namespace}.`))('upstream_rq_total'),
    });
    const receivedBy = (metrics: string) =>
      requests(metrics, {
        reporter: 'destination',
        source_principal: account('customer'),
        destination_principal: account('backend-v2'),
      });
    const sent = (metrics: string) => requests(metrics, { reporter: 'source' });
    const sentTo = (metrics: string, destination: string) =>
      requests(metrics, {
        reporter: 'source',
        source_principal: account('customer'),
        destination_principal: account(destination),
      });

    await lesson.step('Before: the first version answers every call, and the second gets none', async () => {
      await customer.curl(backend('warm-up')).settlesOn(answeredByVersion('v1'));
      await answeredByV1(calls, 'before');
      await copies('before', 0);
      await rehearsal.settlesOn(answeredByVersion('v2'), { inARow: 1 });
    });

    await lesson.step('A rule has each call copied to the second version', async () => {
      await cluster.change('20-mirror-everything.yaml');
      await cluster.eventually(
        'a call of the customer reaches the second version too',
        hitsOf('backend-v2', 'arrives'),
        (printed) => hitsIn(printed) > 0,
        'kubectl',
        { beforeEachLook: () => customer.run('curl', '--silent', backend('arrives')) },
      );
    });

    await lesson.step('After: one copy for each call, and no answer of a copy', async () => {
      const [start, startAtV2] = [
        await counted(),
        receivedBy((await cluster.kubectl(...requestCounts('backend-v2'))).stdout),
      ];
      await answeredByV1(calls, 'copied');
      await cluster.eventually(
        `the second version's own proxy has counted ${calls} calls of the customer`,
        requestCounts('backend-v2'),
        (metrics) => receivedBy(metrics) - startAtV2 === calls,
        'kubectl',
        { tell: (metrics) => `${receivedBy(metrics) - startAtV2} more than before, ${startAtV2} then` },
      );
      const end = await counted();
      const toV1 = sentTo(end.bySource, 'backend-v1') - sentTo(start.bySource, 'backend-v1');
      const toV2 = sentTo(end.bySource, 'backend-v2') - sentTo(start.bySource, 'backend-v2');
      const inAll = sent(end.bySource) - sent(start.bySource);
      const copied = end.cluster - start.cluster;
      lesson.table(
        `What is counted of ${calls} calls`,
        ['who counts', 'first version', 'second version'],
        [
          ["request metric of the customer's proxy", `${toV1}`, `${toV2}`],
          ["counter of the customer's proxy for that destination", '', `${copied}`],
          ["request metric of the second version's proxy", '', `${calls}`],
        ],
      );
      await lesson.check(
        "the request metric of the customer's proxy has all of them for the first version and none for anybody else",
        { toV1, toV2, inAll },
        (seen) => seen.toV1 === calls && seen.toV2 === 0 && seen.inAll === calls,
      );
      await lesson.check(
        'though that metric had counted calls that the customer made of the second version itself',
        { before: sentTo(start.bySource, 'backend-v2') },
        ({ before }) => before > 0,
      );
      await lesson.check(
        'while the same proxy counts the copies where it counts by destination',
        { copied },
        (seen) => seen.copied === calls,
      );
      await copies('copied', calls);
    });

    await lesson.step('And a call that is tried again is copied once', async () => {
      const [reply] = await customer.newConnections(1, 'http://backend/?failFirst=1&key=retried');
      await lesson.check(
        'the first version needed two tries',
        answerIn(reply),
        (answer) => answer?.version === 'v1' && answer.hits === 2 && reply?.status === 200,
      );
      await copies('retried', 1);
    });

    await lesson.step('A second version that fails disturbs nobody', async () => {
      await v2.fault('status=500');
      await rehearsal.settlesOn(failsWith(500, '"version":"v2"'), { inARow: 1 });
      await answeredByV1(calls, 'failing');
      await copies('failing', calls);
    });

    await lesson.step('Nor does one that is slow', async () => {
      await v2.fault(`delay=${slow}s`);
      const [direct] = await customer.newConnections(1, 'http://backend-v2/?key=direct');
      await lesson.check(
        `a direct call of it takes ${slow} seconds`,
        { status: direct?.status, seconds: direct?.seconds },
        ({ status, seconds = 0 }) => status === 200 && seconds >= slow,
      );
      const slowest = await answeredByV1(calls, 'slow');
      await lesson.check(
        `and each call of the customer less than ${limit}`,
        { slowest },
        (seen) => seen.slowest < limit,
      );
      await copies('slow', calls);
      await v2.fault('none');
    });

    await lesson.step('But effects are real: each order is placed twice', async () => {
      const replies = await customer.newConnections(orders, '--request', 'POST', backend('order'));
      await lesson.check(`the customer places ${orders} orders`, endings(replies), (seen) =>
        areAll(seen, 'HTTP 200 from v1', orders),
      );
      await cluster.eventually(
        `the first version has ${orders} of them`,
        hitsOf('backend', 'order'),
        (printed) => hitsIn(printed) === orders,
      );
      await copies('order', orders);
    });

    await lesson.step('And a copy has the name and the headers of the original, and an address more', async () => {
      const tellHeaders = async (level: 'debug' | 'warning') => {
        for (const version of ['v1', 'v2'])
          await cluster.kubectl(
            'exec',
            `deployment/backend-${version}`,
            ...proxyAdminCommand(`logging?router=${level}`, 'POST'),
          );
      };
      await tellHeaders('debug');
      await customer.run('curl', '--silent', '--header', 'x-marker: original', 'http://backend/catalogue?call=marked');
      const headers: string[][] = [];
      for (const version of ['v1', 'v2']) {
        const ofCall = (log: string) => headersHandedOn(log, '/catalogue?call=marked').toSorted();
        const log = await cluster.eventually(
          `the proxy of ${version} says with which headers it handed the call on`,
          proxyLogCommand(`deployment/backend-${version}`),
          (text) => ofCall(text).includes('x-marker'),
          'kubectl',
          { tell: (text) => ofCall(text).join(', ') },
        );
        headers.push(ofCall(log));
      }
      await tellHeaders('warning');
      await lesson.check(
        'the copy has each header of the original, and one more: x-forwarded-for',
        headers,
        ([original = [], copy = []]) => copy.join() === [...original, 'x-forwarded-for'].toSorted().join(),
      );
      const served: string[] = [];
      for (const version of ['v1', 'v2']) {
        const log = await cluster.eventually(
          `the application of ${version} has one line of that call, with the host name backend`,
          serverLogCommand(`deployment/backend-${version}`),
          (text) =>
            marked(text)
              .map(({ host }) => host)
              .join() === 'backend',
        );
        const [{ method, path, host, marker } = {}] = marked(log);
        served.push(JSON.stringify({ method, path, host, marker }));
      }
      await lesson.check(
        'method, path, host name and marker are the same in both',
        served,
        ([original, copy]) => original === copy && original?.includes('"marker":"original"') === true,
      );
      const address = ['get', 'pod', '-l', 'app=customer', '-o', 'jsonpath={.items[0].status.podIP}'];
      const { stdout: customersAddress } = await cluster.kubectl(...address);
      for (const [version, from, words] of [
        ['v1', '-', 'no address that it came from'],
        ['v2', customersAddress, "the address of the customer's pod as where it came from"],
      ] as const)
        await cluster.eventually(
          `the proxy of ${version} was asked for the same name; the call carries ${words}`,
          proxyLogCommand(`deployment/backend-${version}`),
          (log) =>
            linesOfCall(log, 'call=marked')
              .map(({ authority, forwardedFor }) => `${authority} ${forwardedFor}`)
              .join() === `backend ${from}`,
        );
    });

    await lesson.step('A percentage has only a share of the calls copied', async () => {
      await cluster.change('30-mirror-a-fifth.yaml');
      await routeIs(
        "the customer's proxy copies a fifth, to the second version",
        ([mirror, ...others]) =>
          others.length === 0 && mirror?.cluster === clusterOf('v2') && shareOf(mirror.runtimeFraction) === 0.2,
      );
      await answeredByV1(many, 'fifth');
      await cluster.eventually(
        `${least} to ${most} of ${many} calls were copied (a fifth misses that by chance ${luck})`,
        hitsOf('backend-v2', 'fifth'),
        (printed) => hitsIn(printed) >= least && hitsIn(printed) <= most,
        'kubectl',
        { staysMs: watch.noMoreMs },
      );
    });

    await lesson.step('And a percentage of 0 means none; the old name of the field brings a warning', async () => {
      await cluster.change('40-mirror-nothing.yaml');
      await routeIs("the customer's proxy copies nothing", (mirrors) => mirrors.length === 0);
      await answeredByV1(calls, 'none');
      await copies('none', 0);
      const { stderr } = await cluster.kubectl('apply', '--dry-run=server', '-f', `${folder}/old-name.yaml`);
      await lesson.check('the API server warns of the old name', stderr, (text) =>
        /^Warning: .*mirrorPercent.*mirrorPercentage/m.test(text),
      );
    });
  },
);

function shareOf(fraction: Mirror['runtimeFraction']): number {
  const { numerator = 0, denominator = 'HUNDRED' } = fraction?.defaultValue ?? {};
  return numerator / ({ HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[denominator] ?? Number.NaN);
}

/** Calls in a proxy's request metric, of the lines that have these labels. */
function requests(metrics: string, labels: Readonly<Record<string, string>>): number {
  return metrics
    .split('\n')
    .filter((line) => line.includes('istio_requests_total{'))
    .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Lines of the application's log that are the marked call. */
function marked(log: string) {
  return readAccessLog(log).filter(({ path }) => path === '/catalogue?call=marked');
}

function answerIn(reply: Reply | undefined): Pick<Answer, 'version' | 'hits'> | undefined {
  if (reply === undefined) return undefined;
  const { version, hits } = JSON.parse(reply.body) as Answer;
  return { version, hits };
}

function endings(replies: readonly Reply[]): Record<string, number> {
  return Object.fromEntries(tally(replies, (reply) => `HTTP ${reply.status} from ${versionOf(reply)}`));
}

function areAll(seen: Record<string, number>, ending: string, times: number): boolean {
  return Object.keys(seen).join() === ending && seen[ending] === times;
}
