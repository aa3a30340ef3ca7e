import {
  drawServiceGraph,
  edgesOf,
  exercise,
  graphQuery,
  queryArguments,
  readSamples,
} from '../../../helpers/index.ts';

const namespace = 'm2-ts-empty-graph';
const graph = queryArguments(graphQuery('30s', namespace));

exercise(
  'Traffic makes the missing edge of a graph appear',
  {
    persona: 'Marcus Chen',
    question: 'The graph is empty. Is the mesh broken, or did nobody call?',
    proof:
      'Prometheus reads the proxy of the frontend all along, so an empty graph is not for want of data. Ten seconds of calls, ten a second, make the edge appear, and the pod that made them has ended and was not started again.',
    takeaway: 'Before you look for a fault in an empty graph, make a call: it records traffic and nothing else.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.ts.a1'],
    errata: ['E250'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/kiali/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');

    await lesson.step('Before: the graph is empty, though Prometheus reads the proxy', async () => {
      await cluster.eventually(
        'the proxy of the frontend is up for Prometheus',
        queryArguments(`up{namespace="${namespace}"} == 1`),
        (answer) => readSamples({ stdout: answer }).length === 1,
      );
      await cluster.eventually(
        'the graph has no edge',
        graph,
        (answer) => readSamples({ stdout: answer }).length === 0,
      );
    });

    await lesson.step('The command of the course text would never end', async () => {
      const command = [
        'run',
        'traffic-gen',
        '--image=docker.io/fortio/fortio:1.68.2',
        '--dry-run=client',
        '-o',
        'yaml',
      ];
      const load = ['--', 'load', '-qps', '10', '-t', '60s', 'http://frontend/'];
      const { stdout } = await cluster.kubectl(...command, ...load);
      await lesson.check('its pod is started again whenever it ends', stdout, (pod) =>
        /restartPolicy: Always/.test(pod),
      );
    });

    await lesson.step('Ten seconds of calls, once', async () => {
      await cluster.change('20-traffic-gen.yaml');
      const answer = await cluster.eventually('the graph has the edge to the frontend', graph, (text) =>
        edgesOf(readSamples({ stdout: text })).some(
          ({ from, to }) => from.name === 'traffic-gen' && to.name === 'frontend',
        ),
      );
      await lesson.show('The edge that was missing', await drawServiceGraph(edgesOf(readSamples({ stdout: answer }))));
    });

    await lesson.step('And the load has ended, and is not repeated', async () => {
      await cluster.eventually(
        'the pod has succeeded without a restart',
        [
          'get',
          'pod',
          'traffic-gen',
          '-o',
          'jsonpath={.status.phase} {.status.containerStatuses[?(@.name=="fortio")].restartCount}',
        ],
        (state) => state === 'Succeeded 0',
      );
    });
  },
);
