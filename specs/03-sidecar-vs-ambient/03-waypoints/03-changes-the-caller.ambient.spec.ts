import {
  answered,
  closedByNodeProxy,
  exercise,
  forbidden,
  madeAt,
  type Outcome,
  refusedTo,
  timeouts,
  type ZtunnelLine,
  ZtunnelLines,
} from '../../../helpers/index.ts';

const namespace = 'm3-e3-caller';
const backend = `http://backend.${namespace}/`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
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
  'A waypoint changes who calls: a rule about callers that worked refuses all who use the name, until it moves',
  {
    persona: 'Jennifer',
    question: 'Policies at layer 4 need no change in ambient, they say. And when the team gets a waypoint later?',
    proof:
      'A rule in front of the pod admits the account of the frontend. The frontend is served, and the connection of the attacker is closed, since no rule lists its account. Then the namespace gets a waypoint, and no rule is touched: by the name of the Service the frontend gets 503 from the waypoint, as the attacker does, while by the address of the pod the frontend is served, so pod and rule are what they were. The log of ztunnel says why: the connection to the pod comes from the account of the waypoint now, which the rule does not list. With the rule about callers at the Service, where the waypoint sees them, and a rule at the pod for the account of the waypoint, the frontend is served again, and the attacker gets a 403; the address of the pod is closed to both.',
    takeaway:
      'With a waypoint the caller that the pod sees is the waypoint. Move rules about callers to the Service, in the same change.',
    needs: ['k8s', 'waypoint'],
    proves: ['m3.e3.a9'],
    errata: ['E307'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/l4-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnel = new ZtunnelLines(cluster, await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const work = frontend.curl(backend);
    const attacker = cluster.client('deployment/attacker');
    const attack = attacker.curl(backend);
    const elsewhere = attacker.curl(`http://frontend.${namespace}/`);
    const addressOf = async (app: string) =>
      (await cluster.kubectl('get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[0].status.podIP}')).stdout;
    const byAddress = `http://${await addressOf('backend')}/`;
    const workPast = frontend.curl(byAddress);
    const past = attacker.curl(byAddress);
    const otherByAddress = attacker.curl(`http://${await addressOf('frontend')}/`);
    const served = answered(200, '"pod":"backend-');
    const notListed = refusedTo({ namespace, workload: 'backend' }, 'allow policies exist, but none allowed');
    const refusalOf = (account: string) => (line: ZtunnelLine) =>
      notListed(line) && line.from.identity === identity(account);
    /** Sees that ztunnel has refused an account in front of the pod, more often than before. */
    const isRefused = async (account: string, before = 0) =>
      ztunnel.tell(`ztunnel has refused the account of the ${account}: no ALLOW lists it`, refusalOf(account), {
        before,
      });

    await lesson.step('Before: the rule serves the frontend, and closes the connection of the attacker', async () => {
      await attack.settlesOn(closedByNodeProxy);
      await isRefused('attacker');
      await work.settlesOn(served);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('A waypoint for the namespace, and no word about the rule', async () => {
      await cluster.change('20-waypoint.yaml');
    });

    await lesson.step('After: the frontend gets an error, since the pod is called by the waypoint', async () => {
      await work.settlesOn(brokenBehindWaypoint, started);
      await isRefused('waypoint');
      await attack.settlesOn(brokenBehindWaypoint);
      await workPast.settlesOn(served);
    });

    await lesson.step('The rule about callers moves to the Service, and the pod admits the waypoint', async () => {
      await cluster.change('30-rules-move.yaml');
    });

    await lesson.step('After: the frontend is served, and the attacker gets a 403', async () => {
      await attack.settlesOn(forbidden);
      await work.settlesOn(served);
    });

    await lesson.step('And the pod still admits nobody but the waypoint', async () => {
      const before = await ztunnel.count(refusalOf('attacker'));
      await past.settlesOn(closedByNodeProxy);
      await isRefused('attacker', before);
      await workPast.settlesOn(closedByNodeProxy);
      await otherByAddress.settlesOn(answered(200, 'Welcome to nginx!'));
    });
  },
);
