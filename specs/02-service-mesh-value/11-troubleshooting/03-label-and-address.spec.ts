import { answered, exercise } from '../../../helpers/index.ts';

const query = '/api/v1/query?query=count(up)';
const withLabel = (label: string) => ['--namespace', 'istio-system', 'get', 'pods', '-l', label, '-o', 'name'];

/** The first line that kubectl prints has the port that was free; reading it waits until the way is open. */
const forwarded = `coproc FORWARD { exec kubectl -n istio-system port-forward service/prometheus :9090; }
read -r line <&"\${FORWARD[0]}"
echo "$line"
port=$(sed -E 's/.*127\\.0\\.0\\.1:([0-9]+).*/\\1/' <<<"$line")
curl --silent --noproxy '*' --globoff --max-time 20 "http://127.0.0.1:$port${query}"
kill "$FORWARD_PID"`;

exercise(
  'Prometheus is found by its own label and through a forwarded port',
  {
    persona: 'Marcus Chen',
    question: 'The guide says how to ask for the metrics, and I get nothing. Are there none?',
    proof:
      'The same pod that the label of the course text does not find is found by another, and the same query that Prometheus does not answer at the address of the Service is answered through a forwarded port and from a pod. So the metrics were there all along.',
    takeaway:
      'The address of a Service lives in the cluster: from outside take a forwarded port, and look up labels instead of guessing.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.ts.a2'],
    errata: ['E249'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/metrics/querying-metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');

    await lesson.step('The label of the course text finds nothing, the right one finds it', async () => {
      await lesson.check(
        'no pod has the label app=prometheus',
        (await cluster.kubectl(...withLabel('app=prometheus'))).stdout,
        (pods) => pods === '',
      );
      await cluster.eventually(
        'one has the label app.kubernetes.io/name=prometheus',
        withLabel('app.kubernetes.io/name=prometheus'),
        (found) => /^pod\/prometheus-\S+$/.test(found.trim()),
      );
    });

    await lesson.step('From outside, nothing is at the address of the Service', async () => {
      const address = [
        '--namespace',
        'istio-system',
        'get',
        'service',
        'prometheus',
        '-o',
        'jsonpath={.spec.clusterIP}',
      ];
      const { stdout: clusterIp } = await cluster.kubectl(...address);
      const url = `http://${clusterIp}:9090${query}`;
      const { stdout } = await cluster.attempt(
        'curl',
        '--silent',
        '--noproxy',
        '*',
        '--globoff',
        '--max-time',
        '5',
        url,
      );
      // Most networks are silent; some have a gateway that answers in the place of any address.
      await lesson.check(
        'Prometheus does not answer',
        stdout === '' ? 'nothing' : stdout,
        (answer) => !answer.includes('"status":"success"'),
      );
    });

    await lesson.step('Through a forwarded port the same query is answered', async () => {
      const { stdout } = await cluster.shell(forwarded);
      await lesson.check('Prometheus says success', stdout, (answer) => answer.includes('"status":"success"'));
    });

    await lesson.step('And so it is from a pod, by the name of the Service', async () => {
      const inside = cluster
        .client('deployment/frontend')
        .curl('--globoff', `http://prometheus.istio-system:9090${query}`);
      await inside.settlesOn(answered(200, '"status":"success"'));
    });
  },
);
