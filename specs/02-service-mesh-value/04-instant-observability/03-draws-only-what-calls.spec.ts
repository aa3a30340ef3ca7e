import {
  answered,
  drawServiceGraph,
  edgesOf,
  exercise,
  graphQuery,
  queryArguments,
  readSamples,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e4-chain';
const graph = queryArguments(graphQuery('1m', namespace));
const counted = (source: string, destination: string) =>
  queryArguments(
    `sum(istio_requests_total{reporter="destination",source_workload="${source}",destination_workload="${destination}",destination_workload_namespace="${namespace}"})`,
  );
const sum = (answer: string) => readSamples({ stdout: answer })[0]?.value ?? 0;
const names = (answer: string) =>
  edgesOf(readSamples({ stdout: answer }))
    .map(({ from, to }) => `${from.name} → ${to.name}`)
    .toSorted();
const toDatabase = queryArguments(
  `sum by (source_workload) (istio_tcp_connections_closed_total{reporter="destination",destination_workload="database",destination_workload_namespace="${namespace}"})`,
);

exercise(
  'The graph draws a chain of services only where one calls the next',
  {
    persona: 'Marcus Chen',
    question: 'The picture shows two lonely services. Where is our chain from the frontend to the database?',
    proof:
      'All three tiers are in the mesh and called or ready, so the graph could show every edge. With the images of the course text it has the two edges from outside and no other, and the database has had no connection. With a server that calls the next tier the very same calls of the customer make the missing edges appear, that to the database as connections.',
    takeaway: 'A graph is a record of calls, not of architecture: what is not called is not drawn.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.e4.a3'],
    errata: ['E203'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/kiali/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const generator = cluster.client('deployment/traffic-generator');

    await lesson.step('Before: two edges from outside, and none between the tiers', async () => {
      for (const service of ['frontend', 'backend'])
        await untilProxyKnows(cluster, namespace, 'deployment/traffic-generator', service);
      for (const calls of [20, 40]) {
        for (const tier of ['frontend', 'backend']) {
          await generator.newConnections(20, `http://${tier}/`);
          const says = `Prometheus has counted ${calls} calls of the generator to the ${tier}`;
          await cluster.eventually(says, counted('traffic-generator', tier), (text) => sum(text) === calls);
        }
      }
      const answer = await cluster.eventually(
        'the graph has the edges of the generator and no others',
        graph,
        (text) => names(text).join() === 'traffic-generator → backend,traffic-generator → frontend',
      );
      await lesson.show(
        'With the images of the course text',
        await drawServiceGraph(edgesOf(readSamples({ stdout: answer }))),
      );
      await cluster.eventually(
        'the database has had no connection',
        toDatabase,
        (text) => readSamples({ stdout: text }).length === 0,
        'kubectl',
        { staysMs: 2_000 },
      );
    });

    await lesson.step('The tiers become servers that call the next one', async () => {
      await cluster.change('20-chained-tiers.yaml');
      for (const tier of ['frontend', 'backend']) {
        await cluster.kubectl('rollout', 'status', `deployment/${tier}`, '--timeout=60s');
      }
      await generator.curl('http://frontend/').settlesOn(answered(200, '"database":'));
    });

    await lesson.step('After: calls of the frontend make the whole chain appear', async () => {
      await cluster.eventually(
        'Prometheus has counted the first calls of the frontend to the backend',
        counted('frontend', 'backend'),
        (text) => sum(text) > 0,
      );
      await generator.newConnections(20, 'http://frontend/');
      const answer = await cluster.eventually('the graph has an edge from the frontend to the backend', graph, (text) =>
        names(text).includes('frontend → backend'),
      );
      const connections = await cluster.eventually(
        'the database has had connections, all of them from the backend',
        toDatabase,
        (text) => readSamples({ stdout: text }).some(({ value }) => value > 0),
      );
      await lesson.check(
        'nobody else has connected to the database',
        readSamples({ stdout: connections }).map(({ labels }) => labels['source_workload']),
        (callers) => callers.join() === 'backend',
      );
      await lesson.show(
        'With servers that call the next tier',
        await drawServiceGraph(edgesOf(readSamples({ stdout: answer }))),
      );
    });
  },
);
