import {
  answered,
  drawServiceGraph,
  edgesOf,
  exercise,
  forbidden,
  graphQuery,
  queryArguments,
  readSamples,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const calls = (source: string, code: string) =>
  `sum(istio_requests_total{reporter="destination",source_workload="${source}",destination_workload="backend",destination_workload_namespace="m1-e8-call-map",response_code="${code}"})`;
const sum = (answer: string) => readSamples({ stdout: answer })[0]?.value ?? 0;

exercise(
  'The proxies count who called whom, how often, how well and how fast',
  {
    persona: 'Sarah Martinez',
    question: 'Can I show an auditor which service calls which, without asking a single team to change its code?',
    proof:
      'The namespace is new, so every number starts at nothing: 20 calls of the frontend are counted as exactly 20, and five refused ones as exactly five, each under the identity in the certificate of the caller. A caller without a certificate is counted too, as unknown: the map can only name whom the mesh knows. The picture is drawn from these counters and from nothing else.',
    takeaway: 'Every sidecar counts for its application: who called, what came of it, how long it took.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m1.e8.a2', 'm1.e8.a5', 'm1.e8.a7'],
    readMore: 'https://istio.io/latest/docs/reference/config/metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const backend = 'http://backend.m1-e8-call-map/';

    await lesson.step('Before: nobody has been counted', async () => {
      await cluster.eventually(
        'Prometheus knows the proxy of the backend, and no call of the frontend',
        queryArguments(
          `sum(up{namespace="m1-e8-call-map",pod=~"backend-.*"}) unless on() ${calls('frontend', '200')} > 0`,
        ),
        (answer) => sum(answer) === 1,
      );
    });

    await lesson.step('20 calls are 20 calls', async () => {
      await untilProxyKnows(cluster, 'm1-e8-call-map', 'deployment/frontend', 'backend');
      const replies = await frontend.newConnections(20, backend);
      await lesson.check(
        'all 20 were answered with 200',
        replies.map(({ status }) => status),
        (all) => all.every((status) => status === 200),
      );
      await cluster.eventually(
        'Prometheus has counted exactly 20 of the frontend',
        queryArguments(calls('frontend', '200')),
        (answer) => sum(answer) === 20,
      );
    });

    await lesson.step('Refused calls are counted on the same edge', async () => {
      await frontend.curl('-X', 'POST', backend).settlesOn(forbidden);
      await cluster.eventually(
        'Prometheus has counted exactly the five refusals',
        queryArguments(calls('frontend', '403')),
        (answer) => sum(answer) === 5,
      );
    });

    await lesson.step('Who has no certificate has no name', async () => {
      await cluster.client('pod/legacy', 'm1-e8-legacy').curl(backend).settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        'the calls of the pod without a sidecar are those of an unknown',
        queryArguments(calls('unknown', '200')),
        (answer) => sum(answer) === 5,
      );
    });

    await lesson.step('How fast half, nine tenths and ninety-nine hundredths of the calls were', async () => {
      for (const quantile of ['0.5', '0.9', '0.99']) {
        const buckets =
          'istio_request_duration_milliseconds_bucket{destination_workload_namespace="m1-e8-call-map",response_code="200"}';
        await cluster.eventually(
          `the quantile ${quantile} of the durations is a number of milliseconds`,
          queryArguments(`histogram_quantile(${quantile}, sum by (le) (${buckets}))`),
          (answer) => sum(answer) > 0,
        );
      }
    });

    await lesson.step('And the map is drawn from the counters', async () => {
      await frontend.newConnections(20, backend);
      await frontend.curl('-X', 'POST', backend).settlesOn(forbidden);
      const answer = await cluster.eventually(
        'the last half minute has both callers, one of them with errors',
        queryArguments(graphQuery('30s', 'm1-e8-call-map')),
        (text) => edgesOf(readSamples({ stdout: text })).some(({ errorShare }) => errorShare > 0),
      );
      const edges = edgesOf(readSamples({ stdout: answer }));
      await lesson.show('Who called whom, from the counters of the proxies', await drawServiceGraph(edges));
      await lesson.check(
        'the edge from the frontend is encrypted',
        edges.filter(({ from }) => from.name === 'frontend'),
        (found) => found.length === 1 && found[0]?.mutualTls === true,
      );
    });
  },
);
