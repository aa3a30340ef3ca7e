import {
  answered,
  closedByNodeProxy,
  exercise,
  forbidden,
  madeAt,
  type Outcome,
  readZtunnelLog,
  timeouts,
  ztunnelLogCommand,
} from '../../../helpers/index.ts';

const namespace = 'm3-e3-caller';
const backend = `http://backend.${namespace}/`;
const ofWaypoint = `spiffe://cluster.local/ns/${namespace}/sa/waypoint`;
/** A waypoint is a pod, which has to start before anything goes through it. */
const started = { settleMs: timeouts.podsReadyMs };

/** The caller is one that should be served: the waypoint between it and the pod is refused. */
const brokenBehindWaypoint: Outcome = {
  verdict: 'broken',
  says: 'is answered with HTTP 503 by the waypoint, which gets no connection to the pod',
  holds: ({ http }) =>
    http.status === 503 && http.body.startsWith('upstream connect error') && http.headers['server'] === 'istio-envoy',
};

exercise(
  'A waypoint changes who calls: a rule about callers that worked refuses everybody, until it moves',
  {
    persona: 'Jennifer',
    question: 'Policies at layer 4 need no change in ambient, they say. And when the team gets a waypoint later?',
    proof:
      'A rule in front of the pod admits the account of the frontend. The frontend is served, and the connection of the attacker is closed. Then the namespace gets a waypoint, and no rule is touched: the frontend gets 503 from the waypoint. The log of ztunnel says why: the connection to the pod comes from the account of the waypoint now, which the rule does not list. With the rule about callers at the Service, where the waypoint sees them, and a rule at the pod for the account of the waypoint, the frontend is served again, and the attacker gets a 403; the address of the pod is closed to it.',
    takeaway:
      'With a waypoint the caller that the pod sees is the waypoint. Move rules about callers to the Service, in the same change.',
    needs: ['k8s', 'waypoint'],
    proves: ['m3.e3.a9'],
    errata: ['E307'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/l4-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const work = cluster.client('deployment/frontend').curl(backend);
    const attacker = cluster.client('deployment/attacker');
    const attack = attacker.curl(backend);
    const elsewhere = attacker.curl(`http://frontend.${namespace}/`);
    const addressOf = async (app: string) =>
      (await cluster.kubectl('get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[0].status.podIP}')).stdout;
    const past = attacker.curl(`http://${await addressOf('backend')}/`);
    const otherByAddress = attacker.curl(`http://${await addressOf('frontend')}/`);
    const served = answered(200, '"pod":"backend-');

    await lesson.step('Before: the rule serves the frontend, and closes the connection of the attacker', async () => {
      await attack.settlesOn(closedByNodeProxy);
      await work.settlesOn(served);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('A waypoint for the namespace, and no word about the rule', async () => {
      await cluster.change('20-waypoint.yaml');
    });

    await lesson.step('After: the frontend gets an error, since the pod is called by the waypoint', async () => {
      await work.settlesOn(brokenBehindWaypoint, started);
      const refused = (log: string) =>
        readZtunnelLog(log).filter(
          ({ direction, from, to, error }) =>
            direction === 'inbound' &&
            from.identity === ofWaypoint &&
            to.namespace === namespace &&
            to.workload.startsWith('backend-') &&
            error.includes('allow policies exist, but none allowed'),
        );
      await cluster.eventually(
        'ztunnel has refused the account of the waypoint: no ALLOW lists it',
        ztunnelLog,
        (log) => refused(log).length > 0,
        'kubectl',
        { tell: (log) => refused(log).at(-1)?.text ?? '' },
      );
    });

    await lesson.step('The rule about callers moves to the Service, and the pod admits the waypoint', async () => {
      await cluster.change('30-rules-move.yaml');
    });

    await lesson.step('After: the frontend is served, and the attacker gets a 403', async () => {
      await attack.settlesOn(forbidden);
      await work.settlesOn(served);
    });

    await lesson.step('And the pod still admits nobody but the waypoint', async () => {
      await past.settlesOn(closedByNodeProxy);
      await otherByAddress.settlesOn(answered(200, 'Welcome to nginx!'));
    });
  },
);
