import {
  answered,
  closedByNodeProxy,
  connectionsCounted,
  exercise,
  forbidden,
  madeAt,
  ProxyLines,
  refusedTo,
  timeouts,
  upstreamConnectError,
  type ZtunnelLine,
  ZtunnelLines,
  ztunnelMetricsCommand,
  ztunnelOf,
} from '../../../helpers/index.ts';

const namespace = 'm3-e3-waypoint';
const withSidecar = 'm3-e3-waypoint-sidecar';
const byName = `http://backend.${namespace}/`;
const identity = (of: string, account: string) => `spiffe://cluster.local/ns/${of}/sa/${account}`;
const post = (url: string) => ['-X', 'POST', url];
const status = (kind: string, type: string) => [
  'get',
  ...kind.split(' '),
  '-o',
  `jsonpath={range .status.conditions[?(@.type=="${type}")]}{.status} {.reason}: {.message}{end}`,
];
/** A refusal by the rules of the waypoint, none of which fits. */
const refusal = { status: 403, flags: [], details: 'rbac_access_denied_matched_policy[none]' };
/** A waypoint is a pod, which has to start before anything goes through it. */
const started = { settleMs: timeouts.podsReadyMs };

exercise(
  'A waypoint enforces HTTP rules on calls by name, and neither on addresses nor on callers with sidecars',
  {
    persona: 'Jennifer',
    question: 'A team gets a waypoint for its HTTP rules. Whom do they bind, and who walks past it?',
    proof:
      'Before, POST is answered, also that of another account. Then the namespace gets a waypoint and a rule of its Service: GET, by the frontend alone. By the name of the Service the frontend may GET and not POST, the attacker may nothing, and the log of the waypoint has each refusal. At that moment the same POST of the attacker to the address of the pod is answered by the application; the waypoint has no line of it, and ztunnel has one more with the identity of the attacker. A caller with a sidecar uses the name and is answered too, past the waypoint. A second rule, for ztunnel in front of the pod, admits the account of the waypoint and nobody else. Now the way by the address is closed, for which ztunnel gives the rule as the reason, and by name all is as before. The caller with the sidecar is answered on, while ztunnel counts no new connection of it: its proxy keeps one from before the rule. With a new proxy it gets an error of that proxy, ztunnel has refused its account, and the application counts no call of it. Without that rule both are answered once more.',
    takeaway:
      'A rule on a waypoint binds callers in ambient that use the name. Only a rule in front of the pod that admits the waypoint alone makes it bind all, and it shuts out callers with sidecars.',
    needs: ['k8s', 'waypoint', 'sidecar'],
    proves: ['m3.e3.a3', 'm3.e3.a4', 'm3.e3.a5', 'm3.e6.a3'],
    errata: ['E308'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/waypoint/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnel = new ZtunnelLines(cluster, await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('deployment/attacker');
    const withProxy = cluster.client('deployment/client', withSidecar);
    const addressOf = async (app: string) =>
      (await cluster.kubectl('get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[0].status.podIP}')).stdout;
    const byAddress = `http://${await addressOf('backend')}/`;
    const otherByAddress = attacker.curl(`http://${await addressOf('frontend')}/`);
    const work = frontend.curl(byName);
    const workPost = frontend.curl(...post(byName));
    const attack = attacker.curl(byName);
    const attackPost = attacker.curl(...post(byName));
    const past = attacker.curl(...post(byAddress));
    const ofSidecar = withProxy.curl(...post(byName));
    const elsewhere = attacker.curl(`http://frontend.${namespace}/`);
    const served = answered(200, '"pod":"backend-');
    const waypoint = new ProxyLines(cluster, 'deployment/waypoint', 'call');
    const letIn = ({ direction, from, to, error }: ZtunnelLine) =>
      direction === 'inbound' &&
      from.identity === identity(namespace, 'attacker') &&
      to.namespace === namespace &&
      to.workload.startsWith('backend-') &&
      error === '';
    const notListed = refusedTo({ namespace, workload: 'backend' }, 'allow policies exist, but none allowed');

    await lesson.step('Before: each of them is answered, GET and POST', async () => {
      await work.settlesOn(served);
      await workPost.settlesOn(served);
      await attack.settlesOn(served);
      await attackPost.settlesOn(served);
      await past.settlesOn(served);
      await ofSidecar.settlesOn(served);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('A waypoint, and a rule of the Service: GET, by the frontend alone', async () => {
      await cluster.change('20-waypoint.yaml');
    });

    await lesson.step('After: by name the frontend may GET and not POST, and the attacker nothing', async () => {
      await workPost.settlesOn(forbidden, started);
      await work.settlesOn(served);
      await attack.settlesOn(forbidden);
      await attackPost.settlesOn(forbidden);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
      await frontend.newConnections(1, ...post(`${byName}?call=post-of-the-frontend`));
      await attacker.newConnections(1, `${byName}?call=get-of-the-attacker`);
      await waypoint.tellsOf('post-of-the-frontend', refusal);
      await waypoint.tellsOf('get-of-the-attacker', refusal);
    });

    await lesson.step('The statuses say that policy and Service are bound to it', async () => {
      await cluster.eventually(
        'the policy is bound to the waypoint',
        status('authorizationpolicy get-of-the-frontend', 'WaypointAccepted'),
        (text) => text.startsWith('True Accepted: ') && text.includes(`${namespace}/waypoint`),
      );
      await cluster.eventually(
        'so is the Service',
        status('service backend', 'istio.io/WaypointBound'),
        (text) => text.startsWith('True ') && text.includes(`${namespace}/waypoint`),
      );
    });

    await lesson.step("By the pod's address the attacker's POST is answered, past the waypoint", async () => {
      // By name its connections end at the waypoint by now, but those of before have lines too.
      const before = await ztunnel.count(letIn);
      await past.settlesOn(served);
      await attackPost.settlesOn(forbidden);
      await attacker.newConnections(1, ...post(`${byAddress}?call=by-address`));
      await attacker.newConnections(1, ...post(`${byName}?call=after-that`));
      await waypoint.tellsNothingOf('by-address', 'after-that');
      await ztunnel.tell(
        'ztunnel has further connections to the backend with the identity of the attacker, and nothing against them',
        letIn,
        { before },
      );
    });

    await lesson.step('A caller with a sidecar uses the name, and is answered past the waypoint too', async () => {
      await ofSidecar.settlesOn(served);
      await withProxy.newConnections(1, ...post(`${byName}?call=of-the-sidecar`));
      await frontend.newConnections(1, ...post(`${byName}?call=of-the-frontend`));
      await waypoint.tellsNothingOf('of-the-sidecar', 'of-the-frontend');
    });

    await lesson.step('A second rule, in front of the pod: the account of the waypoint, and nobody else', async () => {
      await cluster.change('30-only-through-the-waypoint.yaml');
    });

    await lesson.step('After: the way by the address is closed, and by name all is as before', async () => {
      await past.settlesOn(closedByNodeProxy);
      await ztunnel.tell(
        'ztunnel has refused the account of the attacker: no ALLOW lists it',
        (line) => notListed(line) && line.from.identity === identity(namespace, 'attacker'),
      );
      await otherByAddress.settlesOn(answered(200, 'Welcome to nginx!'));
      await work.settlesOn(served);
      await workPost.settlesOn(forbidden);
      await attack.settlesOn(forbidden);
      await attackPost.settlesOn(forbidden);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step(
      'The caller with a sidecar is answered still: its proxy keeps a connection from before',
      async () => {
        const metrics = ztunnelMetricsCommand(await ztunnelOf(cluster, 'backend'));
        const opened = (text: string) =>
          connectionsCounted(text, 'opened', {
            reporter: 'destination',
            source_principal: identity(withSidecar, 'client'),
            destination_workload: 'backend',
            destination_workload_namespace: namespace,
          });
        const before = opened((await cluster.kubectl(...metrics)).stdout);
        await ofSidecar.settlesOn(served);
        await lesson.check(
          'ztunnel has counted connections of it, and no further one for these calls',
          { before, now: opened((await cluster.kubectl(...metrics)).stdout) },
          (counted) => counted.before > 0 && counted.now === counted.before,
        );
      },
    );

    await lesson.step('With a new proxy it is refused, and no call of it arrives', async () => {
      await cluster.kubectl('--namespace', withSidecar, 'rollout', 'restart', 'deployment/client');
      await cluster.kubectl('--namespace', withSidecar, 'rollout', 'status', 'deployment/client', '--timeout=60s');
      await ofSidecar.settlesOn(upstreamConnectError);
      await ztunnel.tell(
        'ztunnel has refused the account of the client',
        (line) => notListed(line) && line.from.identity === identity(withSidecar, 'client'),
      );
      await withProxy.newConnections(1, ...post(`${byName}?key=of-the-sidecar-after`));
      await frontend.newConnections(1, `${byName}?key=of-the-frontend-after`);
      // GET is what the frontend may.
      await frontend.curl(`${byName}hits?key=of-the-frontend-after`).settlesOn(answered(200, '"hits":1'));
      await frontend.curl(`${byName}hits?key=of-the-sidecar-after`).settlesOn(answered(200, '"hits":0'));
    });

    await lesson.step('And without the second rule both ways past the waypoint are open again', async () => {
      await cluster.revert('30-only-through-the-waypoint.yaml');
      await past.settlesOn(served);
      await ofSidecar.settlesOn(served);
      await attackPost.settlesOn(forbidden);
    });
  },
);
