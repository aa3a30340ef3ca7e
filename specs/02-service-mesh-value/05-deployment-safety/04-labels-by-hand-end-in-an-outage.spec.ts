import {
  answered,
  answeringPod,
  exercise,
  noHealthyUpstream,
  onceIn,
  type Reply,
  tally,
} from '../../../helpers/index.ts';

const namespace = 'm2-e5-hand-labels';
const readyPods = 'jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}';

exercise(
  'A subset without labelled pods answers 503, at once or with the next rollout',
  {
    persona: 'Marcus Chen',
    question: 'We follow the canary steps to be safe, and every call of our customers fails. What went wrong?',
    proof:
      'The same call succeeds before the routes and fails ten times out of ten after them, while the Service has its three ready pods: it is the subsets that are empty. With labels put on the pods by hand the routes work and the header chooses the pod that is called v2. A restart replaces the pods; the new ones carry no such label, and the outage is back. Without the routes the same call succeeds.',
    takeaway: 'A subset selects pods by labels, and only labels in the pod template outlive the pod.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e5.a4', 'm2.e5.a5'],
    errata: ['E216'],
    readMore: 'https://istio.io/latest/docs/reference/config/analysis/ist0173/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const customer = frontend.curl('http://backend/');
    const tester = frontend.curl('-H', 'canary: true', 'http://backend/');
    const twice = { inARow: 2 };
    const calls = async (times: number, ...header: readonly string[]) =>
      Object.fromEntries(tally(await frontend.newConnections(times, ...header, 'http://backend/'), whoAnswered));
    const everyCallFails = async () => {
      await customer.settlesOn(noHealthyUpstream, twice);
      await tester.settlesOn(noHealthyUpstream, twice);
      for (const header of [[], ['-H', 'canary: true']]) {
        await lesson.check(
          `ten of ten calls ${header.length === 0 ? 'without' : 'with'} the header got 503`,
          await calls(10, ...header),
          (seen) => seen['503 no healthy upstream'] === 10,
        );
      }
    };
    const podsAreReady = async () =>
      cluster.eventually(
        'the Service still has three ready pods',
        ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=backend', '-o', readyPods],
        (addresses) => addresses.split(' ').length === 3,
      );
    const analysisNamesTheSubsets = async () => {
      // The findings are errors, so the analysis itself ends with an exit code of its own.
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check('the analysis names both subsets: they select no pod, IST0173', stdout, (report) =>
        ['v1', 'v2'].every((subset) => new RegExp(`IST0173.*backend-versions.*Subset ${subset} `).test(report)),
      );
    };

    await lesson.step('Before: the backend answers', async () => {
      await customer.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('Routes and subsets are applied; no pod has a version label', async () => {
      await cluster.change('20-canary.yaml');
    });

    await lesson.step('After: the step towards safety is an outage', async () => {
      await everyCallFails();
      await podsAreReady();
      await analysisNamesTheSubsets();
    });

    await lesson.step('Labels by hand: one pod becomes v2, the others v1, and the routes work', async () => {
      const pods = ['get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[*].metadata.name}'];
      const [chosen = ''] = (await cluster.kubectl(...pods)).stdout.split(' ');
      await cluster.kubectl('label', 'pod', '-l', 'app=backend', 'version=1.0.0', '--overwrite');
      await cluster.kubectl('label', 'pod', chosen, 'version=2.0.0', '--overwrite');
      await tester.settlesOn(answered(200, chosen), twice);
      await lesson.check(
        `40 of 40 calls with the header were answered by the pod called v2 (by one of three by chance ${onceIn((1 / 3) ** 40)})`,
        await calls(40, '-H', 'canary: true'),
        (seen) => seen[chosen] === 40,
      );
      await lesson.check(
        `and 40 of 40 without it by the other pods (by two of three by chance ${onceIn((2 / 3) ** 40)})`,
        await calls(40),
        (seen) => Object.keys(seen).every((pod) => pod.startsWith('backend-') && pod !== chosen),
      );
    });

    await lesson.step('A restart makes new pods without these labels: the outage is back', async () => {
      await cluster.kubectl('rollout', 'restart', 'deployment/backend');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
      await everyCallFails();
      await podsAreReady();
    });

    await lesson.step('And without the routes the backend answers again', async () => {
      await cluster.revert('20-canary.yaml');
      await customer.settlesOn(answered(200, 'backend-'));
    });
  },
);

/** The pod that answered, or status and text of the answer. */
function whoAnswered({ status, body }: Reply): string {
  return answeringPod(body) ?? `${status} ${body.trim()}`;
}
