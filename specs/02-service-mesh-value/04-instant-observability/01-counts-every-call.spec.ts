import {
  drawServiceGraph,
  edgesOf,
  exercise,
  graphQuery,
  queryArguments,
  readSamples,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e4-counts';
const loop = (times: string) =>
  `for i in ${times}; do curl -s -o /dev/null http://frontend/; curl -s -o /dev/null http://backend/; sleep 0.1; done`;
const counted = (workload: string) =>
  queryArguments(
    `sum(istio_requests_total{reporter="destination",source_workload="traffic-generator",destination_workload="${workload}",destination_workload_namespace="${namespace}"})`,
  );
const sum = (answer: string) => readSamples({ stdout: answer })[0]?.value ?? 0;

exercise(
  'The graph shows each call of a member of the mesh, and names nobody else',
  {
    persona: 'Marcus Chen',
    question: 'We sent a hundred calls to each service. Does the picture show what we did?',
    proof:
      'The namespace is new, so the counters start at nothing, and every call is counted by the proxy of the called service, not by the caller. The loop of the course text leaves one call each, the counted loop a hundred more, exactly. All the time another pod without a sidecar calls the frontend: it is on the map too, but nobody can say who it is.',
    takeaway:
      'The graph is as complete as the mesh: members by name, strangers as unknown, and all of it one scrape later.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.e4.a1', 'm2.e4.a2'],
    errata: ['E211', 'E204', 'E212'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/kiali/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const generator = cluster.client('deployment/traffic-generator');
    const countIs = async (calls: number) => {
      for (const workload of ['frontend', 'backend']) {
        await cluster.eventually(
          `Prometheus has counted exactly ${calls} to the ${workload}`,
          counted(workload),
          (answer) => sum(answer) === calls,
        );
      }
    };

    await lesson.step('The loop of the course text calls each service once', async () => {
      for (const service of ['frontend', 'backend'])
        await untilProxyKnows(cluster, namespace, 'deployment/traffic-generator', service);
      await generator.run('sh', '-c', loop('{1..100}'));
      await countIs(1);
    });

    await lesson.step('A loop that counts calls each a hundred times', async () => {
      await generator.run('sh', '-c', loop('$(seq 1 100)'));
      await countIs(101);
    });

    await lesson.step('And the map has both edges, and one of a stranger', async () => {
      const answer = await cluster.eventually(
        'the last minute has three edges',
        queryArguments(graphQuery('1m', namespace)),
        (text) => edgesOf(readSamples({ stdout: text })).length === 3,
        'kubectl',
        {
          tell: (text) =>
            edgesOf(readSamples({ stdout: text }))
              .map(({ from, to }) => `${from.name} → ${to.name}`)
              .toSorted()
              .join('\n'),
        },
      );
      const edges = edgesOf(readSamples({ stdout: answer }));
      await lesson.show('Who called whom in the last minute', await drawServiceGraph(edges));
      await lesson.check(
        'the generator is named on both of its edges, the load generator is unknown, and nothing failed',
        edges.map(({ from, to, errorShare }) => `${from.name} → ${to.name}, ${errorShare * 100} % errors`).toSorted(),
        (seen) =>
          seen.join('; ') ===
          [
            'traffic-generator → backend, 0 % errors',
            'traffic-generator → frontend, 0 % errors',
            'unknown → frontend, 0 % errors',
          ].join('; '),
      );
    });
  },
);
