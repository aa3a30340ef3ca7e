import {
  answered,
  exercise,
  failures,
  forbidden,
  madeAt,
  type Outcome,
  timeouts,
  type ZtunnelLine,
  ZtunnelLines,
} from '../../../helpers/index.ts';

const teamA = 'm3-e8-team-a';
const teamB = 'm3-e8-team-b';
const post = (url: string) => ['-X', 'POST', url];
const backendOf = (team: string) => `http://backend.${team}/`;
const status = (team: string, kind: string, type: string) => [
  'get',
  ...kind.split(' '),
  '--namespace',
  team,
  '-o',
  `jsonpath={range .status.conditions[?(@.type=="${type}")]}{.status} {.reason}: {.message}{end}`,
];
const boundOf = (team: string) => status(team, 'service backend', 'istio.io/WaypointBound');
const acceptedOf = (team: string) => status(team, 'authorizationpolicy get-only', 'WaypointAccepted');
/** Calls of the other team while the first one's waypoint is away. */
const calls = 40;
/** A waypoint is a pod, which has to start before anything goes through it. */
const started = { settleMs: timeouts.podsReadyMs };

/** ztunnel has nobody to send the call to; nothing refused it. */
const lostBeforeWaypoint: Outcome = {
  verdict: 'broken',
  says: 'gets no answer: ztunnel has no waypoint to send it to',
  holds: ({ http, curlExit }) => http.status === 0 && [28, 52, 56].includes(curlExit ?? 0),
};

exercise(
  'A waypoint that is not there is open, one without pods is closed, and one that is deleted is open again',
  {
    persona: 'Jennifer',
    question: 'One waypoint for all teams, or one for each? And what happens to a team when its waypoint is gone?',
    proof:
      'Two teams have a rule at their Service that allows GET alone, and a label that names a waypoint; no waypoint is there. POST is answered at both: the label and the rule alone refuse nothing, and only their statuses tell. With a waypoint of its own for each team the same POST gets a 403, and GET is served. Then the pod of the waypoint of team A goes, and there is no room for another. By the name of the Service nothing gets through, GET among it, and the log of ztunnel says that it has no waypoint; the address of the pod answers as ever. At that moment forty calls to the Service of team B are served, each of them, and POST is refused there as before. At last the waypoint of team A is deleted and the label stays: its POST is answered once more.',
    takeaway:
      'The same label is open, closed or open, depending on how the waypoint went. Give each team its own, so that its loss stays with it, and watch the statuses.',
    needs: ['k8s', 'waypoint'],
    proves: ['m3.e8.a1', 'm3.e3.a10', 'm3.e3.a11', 'm3.e3.a12'],
    errata: ['E314'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/waypoint/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnel = new ZtunnelLines(cluster, await madeAt(cluster, teamA));
    const frontend = cluster.client('deployment/frontend', teamA);
    const addressOf = async (...what: readonly string[]) =>
      (await cluster.kubectl('get', ...what, '--namespace', teamA, '-o', 'jsonpath={..podIP}{.spec.clusterIP}')).stdout;
    const serviceIp = await addressOf('service', 'backend');
    const frontendIp = await addressOf('pods', '-l', 'app=frontend');
    const byAddress = frontend.curl(`http://${await addressOf('pods', '-l', 'app=backend')}/`);
    const toA = frontend.curl(backendOf(teamA));
    const postToA = frontend.curl(...post(backendOf(teamA)));
    const toB = frontend.curl(backendOf(teamB));
    const postToB = frontend.curl(...post(backendOf(teamB)));
    const served = answered(200, '"pod":"backend-');
    /** Of a call that ztunnel has nobody to send to it knows no more than the addresses. */
    const lacksWaypoint = ({ direction, from, to, error }: ZtunnelLine) =>
      direction === 'outbound' &&
      from.address.startsWith(`${frontendIp}:`) &&
      to.address === `${serviceIp}:80` &&
      error.includes('waypoint');
    let lackedBefore = 0;

    await lesson.step('Before: a label and a rule, and no waypoint: POST is answered at both teams', async () => {
      await postToA.settlesOn(served);
      await postToB.settlesOn(served);
    });

    await lesson.step(
      'And only statuses tell: the Service has no waypoint, and the rule nobody who keeps it',
      async () => {
        await cluster.eventually('the Service is not bound: its waypoint is not ready', boundOf(teamA), (text) =>
          text.startsWith('False WaypointIsNotReady: '),
        );
        await cluster.eventually(
          'the rule is not accepted: nothing that it is about is bound',
          acceptedOf(teamA),
          (text) => text.startsWith('False AncestorNotBound: '),
        );
      },
    );

    await lesson.step('A waypoint for each of the teams', async () => {
      await cluster.change('20-waypoints.yaml');
    });

    await lesson.step('After: POST is refused at both, and GET is served', async () => {
      await postToA.settlesOn(forbidden, started);
      await postToB.settlesOn(forbidden, started);
      await toA.settlesOn(served);
      await toB.settlesOn(served);
      await cluster.eventually('the rule is accepted', acceptedOf(teamA), (text) => text.startsWith('True Accepted: '));
    });

    await lesson.step('The pod of the waypoint of team A goes, and there is no room for another', async () => {
      await cluster.change('30-no-room.yaml');
      await cluster.eventually(
        'the limit is counted',
        ['get', 'resourcequota', 'no-room', '--namespace', teamA, '-o', 'jsonpath={.status.hard.pods}'],
        (text) => text === '2',
      );
      await cluster.kubectl(
        'delete',
        'pod',
        '-l',
        'gateway.networking.k8s.io/gateway-name=waypoint',
        '--namespace',
        teamA,
      );
      await cluster.eventually(
        'the Deployment of the waypoint has no pod',
        [
          'get',
          'deployment',
          'waypoint',
          '--namespace',
          teamA,
          '-o',
          'jsonpath={.spec.replicas} wanted, {.status.replicas} there',
        ],
        (text) => text === '1 wanted,  there',
      );
      // While its waypoint was starting calls were lost in the same way.
      lackedBefore = await ztunnel.count(lacksWaypoint);
    });

    await lesson.step('After: by name nothing gets through, and the address answers as ever', async () => {
      await toA.settlesOn(lostBeforeWaypoint);
      await byAddress.settlesOn(served);
      await ztunnel.tell('ztunnel says what it lacks, once more than before', lacksWaypoint, { before: lackedBefore });
    });

    await lesson.step(`Meanwhile team B: ${calls} of ${calls} calls are served, and POST is refused`, async () => {
      const replies = await frontend.newConnections(calls, backendOf(teamB));
      await lesson.check(
        'none has failed',
        failures(replies),
        ({ calls: all, failed }) => all === calls && failed === 0,
      );
      await postToB.settlesOn(forbidden);
      await toA.settlesOn(lostBeforeWaypoint);
    });

    await lesson.step('The waypoint of team A is deleted, and the label stays: POST is answered again', async () => {
      await cluster.kubectl('delete', 'gateways.gateway.networking.k8s.io', 'waypoint', '--namespace', teamA);
      await postToA.settlesOn(served);
      await postToB.settlesOn(forbidden);
    });
  },
);
