import { answered, answeringPod, barChart, exercise, onceIn, type Reply, tally } from '../../../helpers/index.ts';

const header = ['-H', 'canary: true'];
/** All of 20 calls from one of two versions. */
const luck = `by chance ${onceIn(0.5 ** 20)}`;

exercise(
  'VirtualService routes the canary header to v2 and everyone else to v1',
  {
    persona: 'Marcus Chen',
    question: 'Version 2 is deployed. Can we try it ourselves before a single customer meets it?',
    proof:
      'Before the route the header means nothing: both versions answer. Afterwards 20 calls in a row with the header come from v2 and 20 without it from v1, each named by the pod that answered; how seldom that happens while versions are picked at random stands beside each result. The match is exact: "false" and "TRUE" go to v1. At the same time a caller without a sidecar, with the header, meets both versions.',
    takeaway:
      'Deploying is not releasing: a route decides who meets a version, and the label in the pod template tells which is which.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e5.a6', 'm2.e5.a7'],
    errata: ['E217', 'E216', 'E218', 'E219'],
    readMore: 'https://istio.io/latest/docs/concepts/traffic-management/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const customer = frontend.curl('http://backend/');
    const tester = frontend.curl(...header, 'http://backend/');
    const debug = cluster.client('pod/debug');
    const twentyCalls = async (...sent: readonly string[]) =>
      Object.fromEntries(tally(await frontend.newConnections(20, ...sent, 'http://backend/'), version));

    await lesson.step('Before: both versions answer, header or not', async () => {
      await tester.settlesOn(answered(200, 'backend-v'));
      await frontend.burstShows('calls with the header meet both', [...header, 'http://backend/'], bothAnswer);
      await customer.settlesOn(answered(200, 'backend-v'));
      await frontend.burstShows('and calls without it too', ['http://backend/'], bothAnswer);
    });

    await lesson.step('First the versions get names, then the header gets a route', async () => {
      await cluster.change('20-backend-versions.yaml');
      await cluster.change('30-backend-canary.yaml');
    });

    await lesson.step('After: the header leads to v2', async () => {
      await frontend.burstShows(
        'version 2 alone answers calls with the header',
        [...header, 'http://backend/'],
        (replies) => replies.every((reply) => version(reply) === 'v2'),
      );
      const seen = await twentyCalls(...header);
      await lesson.show('20 calls with the header', barChart('calls', new Map(Object.entries(seen))));
      await lesson.check(`20 calls in a row with the header came from v2 (${luck})`, seen, ({ v2 }) => v2 === 20);
    });

    await lesson.step('And everyone else stays on v1, also with a header that is not quite the same', async () => {
      await frontend.burstShows('version 1 alone answers the others', ['http://backend/'], (replies) =>
        replies.every((reply) => version(reply) === 'v1'),
      );
      const seen = await twentyCalls();
      await lesson.show('20 calls without the header', barChart('calls', new Map(Object.entries(seen))));
      await lesson.check(`20 calls in a row without it came from v1 (${luck})`, seen, ({ v1 }) => v1 === 20);
      for (const value of ['false', 'TRUE', 'true1', '1true']) {
        await lesson.check(
          `20 calls in a row with "canary: ${value}" came from v1 (${luck})`,
          await twentyCalls('-H', `canary: ${value}`),
          ({ v1 }) => v1 === 20,
        );
      }
    });

    await lesson.step('And a caller without a sidecar meets both versions with that very header', async () => {
      await debug.curl(...header, 'http://backend/').settlesOn(answered(200, 'backend-v'));
      await debug.burstShows('its calls with the header meet both', [...header, 'http://backend/'], bothAnswer);
    });

    await lesson.step('And without the route the header means nothing again', async () => {
      await cluster.revert('30-backend-canary.yaml');
      await frontend.burstShows('calls with it meet both again', [...header, 'http://backend/'], bothAnswer);
    });
  },
);

/** True if either version answered some of the calls, and nobody else any. */
function bothAnswer(replies: readonly Reply[]): boolean {
  return [...tally(replies, version).keys()].toSorted().join() === 'v1,v2';
}

/** The version by the name of the pod, which the page shows. */
function version({ body, status }: Reply): string {
  return /backend-(v\d)/.exec(answeringPod(body) ?? '')?.[1] ?? `HTTP ${status}`;
}
