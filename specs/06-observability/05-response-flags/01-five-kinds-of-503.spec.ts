import {
  answered,
  clusterNotFound,
  clustersCommand,
  countedSince,
  CountedCalls,
  type Ending,
  endpointsCommand,
  exercise,
  is5xx,
  minorOfMesh,
  noHealthyUpstream,
  ProxyLines,
  readClusterLimits,
  readEndpoints,
  tally,
  tellEndpoints,
  tellLimits,
} from '../../../helpers/index.ts';

const namespace = 'm6-e5-flags';
const backend = 'http://backend/';
/** Calls at once against a pool with room for one, and one that waits; on a busy machine some come after those are served. */
const crowd = { calls: 20, mostServed: 5, leastRefused: 10 };
const ends = (status: number, flags: readonly string[], details: string | RegExp): Ending => ({
  status,
  flags,
  details,
});
const passedOn = ends(503, [], 'via_upstream');
const noCluster = ends(503, ['NC'], 'cluster_not_found');
const overflow = ends(503, ['UO'], 'upstream_reset_before_response_started{overflow}');
const noConnection = ends(
  503,
  ['UF', 'URX'],
  /^upstream_reset_before_response_started\{remote_connection_failure\|delayed_connect_error:_.+\}$/,
);
const beforeHeaders = 'upstream connect error or disconnect/reset before headers.';
const triedAgain = 'retried and the latest reset reason: remote connection failure';
/** What a refused call is answered with; the log has its length. */
const overflowText = `${beforeHeaders} reset reason: overflow`;
const noPod = ends(503, ['UH'], 'no_healthy_upstream');

exercise(
  'Five calls end in 503, and five lines of the access log tell five causes',
  {
    persona: 'Lisa Andersson',
    question: 'What does this 503 mean, and who said it?',
    proof: `Five things are broken one after another, and each time a call with a mark of its own ends in 503. The line with that mark in the log of the caller's proxy has another flag or another reason each time. Before its rule was there the same call was answered, or, where no rule is involved, the same server answered at its right port or while it was ready. The log of the called proxy has a line of the application's own 503, and none of the call to the missing subset, though it has one of a later call. Of ${crowd.calls} calls at once ${crowd.leastRefused} or more are refused because the pool is full; the caller's proxy counts them all, and the called one has not one error more. A plain call is answered after each case.`,
    takeaway:
      'Status, flag and details together name the cause, and what never arrived is known to the proxy of the caller alone.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m6.e5.a1', 'm6.e5.a3', 'm6.e5.a7', 'm6.e1.a4'],
    errata: ['E604', 'E609'],
    readMore: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('deployment/caller');
    const sick = cluster.client('pod/sick');
    const callersLog = new ProxyLines(cluster, 'deployment/caller', 'kind');
    const backendsLog = new ProxyLines(cluster, 'deployment/backend', 'kind');
    const counters = new CountedCalls(cluster, {
      namespace,
      caller: 'caller',
      client: caller,
      called: 'backend',
      url: backend,
    });
    const atlas: string[][] = [];
    const once = async (url: string) => {
      const [reply] = await caller.newConnections(1, url);
      if (reply === undefined) throw new Error('One call was made');
      return { status: reply.status, body: reply.body.trim() };
    };
    const plainCall = async (mark: string) =>
      caller.curl(`${backend}?kind=${mark}`).settlesOn(answered(200, '"pod":"backend-'), { inARow: 1 });
    /** Waits for the line of a call, and keeps it for the table at the end. */
    const explain = async (cause: string, said: string, mark: string, ending: Ending) => {
      const { details } = await callersLog.tellsOf(mark, ending);
      atlas.push([cause, said, String(ending.status), ending.flags.join(', ') || 'none', details]);
    };

    await lesson.step('Before: the path, twenty calls at once and the other server are answered', async () => {
      await caller.curl(`${backend}lost?kind=found`).settlesOn(answered(200, '"path":"/lost'), { inARow: 1 });
      await caller.curl('http://sick/?kind=well').settlesOn(answered(200, '"pod":"sick"'), { inARow: 1 });
      const replies = await caller.inParallel(crowd.calls, crowd.calls, `${backend}?delay=1s&kind=roomy`);
      await lesson.check(
        `all of ${crowd.calls} calls at once are served`,
        Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`)),
        (seen) => seen['HTTP 200'] === crowd.calls,
      );
    });

    await lesson.step('Rules: a path to a subset that nobody defined, and a pool with room for one', async () => {
      await cluster.change('20-rules.yaml');
      await caller.curl(`${backend}lost?kind=settles`).settlesOn(clusterNotFound);
      await cluster.eventually(
        "the limits have reached the caller's proxy: one connection, and one call that waits",
        clustersCommand('deployment/caller', 'backend', namespace),
        (json) =>
          readClusterLimits(json).some(
            ({ subset, maxConnections, maxPendingRequests }) =>
              subset === '' && maxConnections === 1 && maxPendingRequests === 1,
          ),
        'istioctl',
        { tell: tellLimits },
      );
    });

    await lesson.step('After: no such subset is NC, and the backend never hears of the call', async () => {
      const { status, body } = await once(`${backend}lost?kind=lost`);
      await lesson.check('the answer is 503 without a text', { status, body }, (seen) => {
        return seen.status === 503 && seen.body === '';
      });
      await explain('no such subset', 'nothing', 'lost', noCluster);
      await plainCall('after-lost');
      await backendsLog.tellsNothingOf('lost', 'after-lost');
    });

    await lesson.step('A full pool is UO, counted at the caller and nowhere else', async () => {
      const before = await counters.upToNow();
      const replies = await caller.inParallel(crowd.calls, crowd.calls, `${backend}?delay=2s&kind=crowd`);
      const served = replies.filter(({ status }) => status === 200).length;
      const refused = replies.filter(({ status, overloaded }) => status === 503 && overloaded).length;
      await lesson.check(
        `of ${crowd.calls} calls at once ${crowd.leastRefused} or more are refused with x-envoy-overloaded, and one or more served`,
        { served, refused },
        () =>
          served + refused === crowd.calls &&
          served >= 1 &&
          served <= crowd.mostServed &&
          refused >= crowd.leastRefused,
      );
      const after = await counters.upToNow();
      const more = (side: string, holds: typeof is5xx) => {
        return countedSince(before, after, (count) => count.reporter === side && holds(count));
      };
      await lesson.check(
        'the proxy of the caller has counted each refusal with UO, and the proxy of the backend no error at all',
        {
          'UO, source': more('source', (count) => is5xx(count) && count.flags === 'UO'),
          '5xx, source': more('source', is5xx),
          '5xx, destination': more('destination', is5xx),
          '200, destination': more('destination', ({ code }) => code === '200'),
        },
        (seen) =>
          seen['UO, source'] === refused &&
          seen['5xx, source'] === refused &&
          seen['5xx, destination'] === 0 &&
          seen['200, destination'] === served,
      );
      const lines = await callersLog.countsOf('crowd', [
        [refused, overflow],
        [served, ends(200, [], 'via_upstream')],
      ]);
      await backendsLog.countsOf('crowd', [[served, ends(200, [], 'via_upstream')]]);
      await lesson.check(
        `each refused call was answered with ${overflowText.length} bytes, the length of "${overflowText}"`,
        lines.filter(({ status }) => status === 503).map(({ sent }) => sent),
        (sent) => sent.every((bytes) => bytes === overflowText.length),
      );
      atlas.push(['a full pool', 'upstream connect error …', '503', 'UO', String(overflow.details)]);
      await plainCall('after-crowd');
    });

    await lesson.step("The application's own 503 has no flag, in both logs, and both sides count it", async () => {
      const before = await counters.upToNow();
      const { status, body } = await once(`${backend}?status=503&kind=own`);
      await lesson.check('the answer is a 503 in the words of the application', { status, body }, (seen) => {
        return seen.status === 503 && seen.body.includes('"pod":"backend-');
      });
      await explain('the application itself', 'its own JSON', 'own', passedOn);
      await backendsLog.tellsOf('own', passedOn);
      const after = await counters.upToNow();
      const errors = (side: string) => countedSince(before, after, (count) => count.reporter === side && is5xx(count));
      await lesson.check(
        'each side has counted one error more',
        {
          source: errors('source'),
          destination: errors('destination'),
        },
        ({ source, destination }) => source === 1 && destination === 1,
      );
      await plainCall('after-own');
    });

    await lesson.step('A port where nobody listens is UF, and URX since it was tried again', async () => {
      const { status, body } = await once('http://closed/?kind=closed');
      await lesson.check('the answer is 503, and says that it was tried again', { status, body }, (seen) => {
        return seen.status === 503 && seen.body.startsWith(`${beforeHeaders} ${triedAgain}`);
      });
      await explain('nobody listens at the port', `${beforeHeaders.slice(0, 22)} …`, 'closed', noConnection);
      await caller.curl('http://sick/?kind=open').settlesOn(answered(200, '"pod":"sick"'), { inARow: 1 });
      await plainCall('after-closed');
    });

    await lesson.step('A Service whose only pod is not ready is UH', async () => {
      await sick.fault('ready=false');
      await caller.curl('http://sick/?kind=settles').settlesOn(noHealthyUpstream);
      const { status, body } = await once('http://sick/?kind=unready');
      await lesson.check('the answer is 503, no healthy upstream', { status, body }, (seen) => {
        return seen.status === 503 && seen.body === 'no healthy upstream';
      });
      await explain('no pod is ready', 'no healthy upstream', 'unready', noPod);
      await plainCall('after-unready');
    });

    await lesson.step('Istio 1.31 tells the proxy of a pod that is not ready, 1.30 does not', async () => {
      const version = await cluster.attempt('istioctl', 'version', '--output', 'json');
      const isTold = minorOfMesh(version.stdout) >= 31;
      await cluster.eventually(
        isTold ? 'the proxy knows the pod, and that it is not ready' : 'the proxy knows no pod of the Service',
        endpointsCommand('deployment/caller', 'sick', namespace),
        (json) => {
          const pods = readEndpoints(json);
          return isTold ? pods.length === 1 && pods.every(({ isReady }) => !isReady) : pods.length === 0;
        },
        'istioctl',
        { tell: (json) => tellEndpoints(json) || 'no pod' },
      );
    });

    await lesson.step('And when the pod is ready again it answers', async () => {
      await sick.fault('none');
      await caller.curl('http://sick/?kind=healed').settlesOn(answered(200, '"pod":"sick"'));
      // Where no pod was listed while it was not ready, this shows that one is, otherwise.
      await cluster.eventually(
        'the proxy knows the pod, and that it is ready',
        endpointsCommand('deployment/caller', 'sick', namespace),
        (json) => {
          const pods = readEndpoints(json);
          return pods.length === 1 && pods.every(({ isReady }) => isReady);
        },
        'istioctl',
        { tell: tellEndpoints },
      );
      const heads = ['cause', 'answer', 'status', 'flag', 'details'];
      lesson.table('Five calls, in the log of the proxy that made them', heads, atlas);
      await lesson.check(
        'five causes have five pairs of flag and details',
        atlas.map(([, , , flags, details]) => `${flags} ${details}`),
        (kinds) => kinds.length === 5 && new Set(kinds).size === 5,
      );
    });
  },
);
