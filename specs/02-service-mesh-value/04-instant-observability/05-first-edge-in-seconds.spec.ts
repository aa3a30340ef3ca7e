import {
  drawServiceGraph,
  edgesOf,
  exercise,
  graphQuery,
  queryArguments,
  readSamples,
} from '../../../helpers/index.ts';

const namespace = 'm2-e4-first-edge';

exercise(
  'The first edge of the graph is there seconds after installation',
  {
    persona: 'Marcus Chen',
    question: 'Two weeks for each service, or at once? How long until we see who calls whom?',
    proof:
      'Two services without proxies call each other all the time, and this Prometheus is new. Measured is from the command that installs it, through the label and the restart of both workloads, to the first answer that has the edge. Only the control plane is there already; its own installation is another ten seconds or so on the machines that the course was written on. The figure is told and bounded loosely, because it belongs to the machine that it was measured on.',
    takeaway:
      'The first picture takes seconds to a few minutes; put the measured figure into your calculation, not a percentage.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e4.a7'],
    errata: ['E213'],
    readMore: 'https://istio.io/latest/docs/ops/integrations/prometheus/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const graph = queryArguments(graphQuery('1m', namespace), namespace);
    let began = 0;
    let prometheusReady = 0;
    let restarted = 0;

    await lesson.step('Before: two services without proxies, and nothing that measures', async () => {
      await cluster.eventually(
        'each pod has one container and no other',
        [
          'get',
          'pods',
          '-o',
          'jsonpath={range .items[*]}{.spec.initContainers[*].name} {.spec.containers[*].name}{"\\n"}{end}',
        ],
        (pods) =>
          pods
            .trim()
            .split('\n')
            .map((pod) => pod.trim())
            .toSorted()
            .join() === 'curl,hello',
      );
    });

    await lesson.step('Prometheus is installed', async () => {
      began = performance.now();
      await cluster.deploy('20-prometheus.yaml');
      prometheusReady = performance.now();
      await cluster.eventually(
        'it answers, and knows of no call',
        graph,
        (text) => readSamples({ stdout: text }).length === 0,
      );
    });

    await lesson.step('The namespace gets its label, and the workloads their proxies', async () => {
      await cluster.change('30-injection.yaml');
      await cluster.kubectl('rollout', 'restart', 'deployment/frontend', 'deployment/backend');
      for (const tier of ['frontend', 'backend']) {
        await cluster.kubectl('rollout', 'status', `deployment/${tier}`, '--timeout=60s');
      }
      restarted = performance.now();
    });

    await lesson.step('After: the first edge', async () => {
      const answer = await cluster.eventually('the frontend calls the backend', graph, (text) =>
        edgesOf(readSamples({ stdout: text })).some(
          ({ from, to }) => from.name === 'frontend' && to.name === 'backend',
        ),
      );
      const seconds = (from: number, to: number) => Number(((to - from) / 1000).toFixed(1));
      const seen = performance.now();
      lesson.table(
        'Seconds from the first command to the first edge',
        ['until', 'seconds'],
        [
          ['Prometheus answers', String(seconds(began, prometheusReady))],
          ['both workloads run again, with a proxy', String(seconds(prometheusReady, restarted))],
          ['the edge is in the graph', String(seconds(restarted, seen))],
          ['all together', String(seconds(began, seen))],
        ],
      );
      await lesson.show('The first picture', await drawServiceGraph(edgesOf(readSamples({ stdout: answer }))));
      await lesson.measure('m2.e4.a7', 'From installing Prometheus to the first edge', seconds(began, seen), 'seconds');
      await lesson.check('it took less than three minutes', seconds(began, seen), (all) => all > 0 && all < 180);
    });
  },
);
