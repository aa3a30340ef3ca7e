import {
  between,
  bothClustersAnswer,
  exercise,
  failures,
  moments,
  oneClusterAnswers,
  type Reply,
  sharedByChance,
  sharedCalls,
  tally,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

const backend = 'http://backend/';
const near = 'http://backend-near/';
/** Calls of the load, and the share of them that may fail, at the longest so many seconds after the scaling. */
const load = { calls: 300, failed: 0.01, graceSeconds: 2 };

exercise(
  'Service with trafficDistribution stays in its cluster, and the other cluster answers when no pod is left here',
  {
    persona: 'Lisa Andersson',
    question: 'Last year a region went down, and the other stood idle. Who moves the calls, and how many are lost?',
    proof: `Two Services have the same pods, one pod in each cluster, and a caller in west. Of ${sharedCalls.calls} calls to each Service each cluster answers ${sharedCalls.least} or more (${sharedByChance()} fewer by chance). Then one field of one Service asks for pods that are near: all its calls stay in west, and the calls of the other are shared as before. While the caller goes on calling, ${load.calls} times or more, the only pod in west is taken away. From then on east answers alone, for both Services. Of all calls at most ${load.failed * 100} per cent fail, and none that began later than ${load.graceSeconds} seconds after that moment. The pod comes back: both clusters answer the first Service again, and west alone the second. There is no rule of Istio for either Service; what moves the calls is that the pod is no longer among those that the proxy knows.`,
    takeaway:
      'A pod that is gone needs no rule: the other cluster answers. One line on the Service keeps calls near as long as there is somebody.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e4.a1', 'm7.e4.a3'],
    errata: ['E713'],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const callsTo = (url: string) => ({ caller: frontend, url, whose: `the caller of ${url}` });
    const bothAnswer = async (url: string) => bothClustersAnswer(lesson, callsTo(url));
    const allFrom = async (cluster: 'west' | 'east', url: string) =>
      oneClusterAnswers(lesson, cluster, callsTo(url), sharedCalls.calls);
    const isFrom = (cluster: string) => (reply: Reply) => versionOf(reply) === cluster;

    await lesson.step('Before: both clusters answer for both Services', async () => {
      await bothAnswer(backend);
      await bothAnswer(near);
    });

    await lesson.step('One Service asks for pods that are near', async () => {
      await west.change('20-near.west.yaml');
    });

    await lesson.step('After: its calls stay in west, and those of the other Service are shared', async () => {
      await allFrom('west', near);
      await bothAnswer(backend);
    });

    await lesson.step('West loses its only pod while the caller calls, and gets it back', async () => {
      const seen = await frontend.whileCalling([backend], async (calling) => {
        await calling.calls(80);
        await calling.mark('west to 0');
        await west.kubectl('scale', 'deployment/backend', '--replicas=0');
        await calling.inARow(60, 'were answered by east', isFrom('east'));
        await calling.mark('east alone');
        await allFrom('east', near);
        await calling.calls(80);
        await calling.mark('west to 1');
        await west.kubectl('scale', 'deployment/backend', '--replicas=1');
        await calling.until('was answered by west', isFrom('west'));
        await calling.mark('both again');
        await calling.calls(80);
      });
      await lesson.show('Who answered, failures in red', timeline(moments(seen.replies, versionOf), seen.milestones));
      const lost = seen.milestones.find(({ label }) => label === 'west to 0')?.seconds ?? Number.NaN;
      const failed = seen.replies.filter(({ status }) => status !== 200).map(({ at }) => at);
      await lesson.check(
        `of ${load.calls} calls or more at most ${load.failed * 100} per cent failed, and none later than ${load.graceSeconds} seconds after the pod was taken away`,
        { calls: seen.replies.length, lost, failed },
        ({ calls }) =>
          calls >= load.calls &&
          failed.length <= calls * load.failed &&
          failed.every((at) => at >= lost && at <= lost + load.graceSeconds),
      );
      await lesson.check(
        'while west had no pod east answered every call, and when it had one again both answered, and no call failed',
        {
          without: Object.fromEntries(tally(between(seen, 'east alone', 'west to 1'), versionOf)),
          again: Object.fromEntries(tally(between(seen, 'both again'), versionOf)),
          failed: failures(between(seen, 'east alone')).failed,
        },
        ({ without, again, failed: later }) =>
          Object.keys(without).join() === 'east' && Object.keys(again).toSorted().join() === 'east,west' && later === 0,
      );
    });

    await lesson.step('With the pod back, one Service is shared, and the other stays in west', async () => {
      await bothAnswer(backend);
      await allFrom('west', near);
    });
  },
);
