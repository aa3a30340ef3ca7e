import {
  answeredByVersion,
  answeringPod,
  barChart,
  chanceOutside,
  exercise,
  onceIn,
  tally,
  versionOf,
} from '../../../helpers/index.ts';

const calls = 800;
const [quarterLeast, quarterMost] = [0.16 * calls, 0.34 * calls];
const [halfLeast, halfMost] = [0.4 * calls, 0.6 * calls];

exercise(
  'Two Deployments behind one Service share the calls by their numbers of pods',
  {
    persona: 'Marcus Chen',
    question: 'Do we need a mesh to show a new version to a few customers first?',
    proof: `There is no mesh. Three pods of version 1 and one of version 2 stand behind one Service, and of ${calls} calls, each on a new connection, a quarter goes to version 2: 16 to 34 per cent are accepted. With three pods against three it is half. How seldom a fair draw misses these bounds stands beside each result. A call with the canary header meets either version, so nobody can be chosen.`,
    takeaway: 'A canary without a mesh exists, but its steps are whole pods and it cannot choose whom it meets.',
    needs: ['k8s'],
    proves: ['m2.e5.a3'],
    errata: ['E215'],
    readMore: 'https://kubernetes.io/docs/concepts/workloads/management/#canary-deployments',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const shareOfV2 = async (title: string) => {
      const versions = tally(await frontend.newConnections(calls, 'http://backend/'), versionOf);
      await lesson.show(title, barChart('calls', versions));
      return { v1: versions.get('v1') ?? 0, v2: versions.get('v2') ?? 0 };
    };
    /** The list of ready pods comes first; the rules that send calls there, kube-proxy writes a moment later. */
    const meets = (number: number) =>
      frontend.burstShows(`calls meet ${number} pods`, ['http://backend/'], (replies) => {
        const pods = replies.map(({ body }) => answeringPod(body));
        return pods.every((pod) => pod !== undefined) && new Set(pods).size === number;
      });

    await lesson.step('Before: version 1 answers everyone', async () => {
      await frontend.curl('http://backend/').settlesOn(answeredByVersion('v1'));
    });

    await lesson.step('One pod of version 2 joins three of version 1', async () => {
      await cluster.change('20-backend-v2.yaml');
      await meets(4);
    });

    await lesson.step(`After: a quarter of ${calls} calls meets version 2`, async () => {
      await lesson.check(
        `version 2 got ${quarterLeast} to ${quarterMost} of ${calls} calls, version 1 the rest (a quarter misses that by chance ${onceIn(chanceOutside(calls, 0.25, quarterLeast, quarterMost))})`,
        await shareOfV2('One pod of four'),
        ({ v1, v2 }) => v1 + v2 === calls && v2 >= quarterLeast && v2 <= quarterMost,
      );
    });

    await lesson.step('And a header chooses nobody', async () => {
      const replies = await frontend.newConnections(60, '-H', 'canary: true', 'http://backend/');
      await lesson.check(
        `60 calls with the canary header met both versions (by chance they miss one pod of four ${onceIn(0.75 ** 60)})`,
        Object.fromEntries(tally(replies, versionOf)),
        (seen) => (seen['v1'] ?? 0) > 0 && (seen['v2'] ?? 0) > 0,
      );
    });

    await lesson.step('And the next step takes more pods: three against three is half', async () => {
      await cluster.kubectl('scale', 'deployment/backend-v2', '--replicas=3');
      await cluster.kubectl('rollout', 'status', 'deployment/backend-v2', '--timeout=60s');
      const endpoints = ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=backend', '-o'];
      await cluster.eventually(
        'six pods are ready behind the Service',
        [...endpoints, 'jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}'],
        (addresses) => addresses.split(' ').length === 6,
      );
      await meets(6);
      await lesson.check(
        `version 2 got ${halfLeast} to ${halfMost} of ${calls} calls (a half misses that by chance ${onceIn(chanceOutside(calls, 0.5, halfLeast, halfMost))})`,
        await shareOfV2('Three pods of six'),
        ({ v1, v2 }) => v1 + v2 === calls && v2 >= halfLeast && v2 <= halfMost,
      );
    });
  },
);
