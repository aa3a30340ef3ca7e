import {
  answered,
  answeredThroughProxy,
  blockedByNetwork,
  exercise,
  upstreamConnectError,
} from '../../../helpers/index.ts';

exercise(
  'NetworkPolicy stays in force in the mesh, and a pod kept out of the mesh is still served',
  {
    persona: 'Sarah Martinez',
    question: 'Do I have to throw away our network policies for the mesh, and move every pod on the same day?',
    proof:
      'Four callers ask for the same thing, two of them with a proxy. Before the policy all are answered, the ones without a proxy too. After it those whom it lists are answered and those whom it does not are refused, whether they have a proxy or not; a refused proxy reports it as 503 with the flag of a failed connection. A port of the backend that the policy does not list is closed even to a caller that it does. Both refused callers still reach the frontend, so neither they nor the network are broken, and without the policy they are back. Every call is a connection of its own, for the proxies too: they would otherwise go on using the ones they keep open, and on this network an open connection outlives the policy.',
    takeaway:
      'The layers add up: the network still decides about packets, and a pod without a proxy is served until you demand mutual TLS.',
    needs: ['k8s', 'sidecar', 'netpol'],
    proves: ['m1.e5.a6'],
    readMore: 'https://istio.io/latest/docs/ops/best-practices/security/#defense-in-depth-with-networkpolicy',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const backend = 'http://backend/';
    const attacker = cluster.client('pod/attacker');
    const attackerOutside = cluster.client('pod/attacker-outside');
    const work = cluster.client('deployment/frontend').curl(backend);
    const workOutside = cluster.client('pod/frontend-outside').curl(backend);
    // Three attempts to connect, a second each, take longer than a probe waits otherwise.
    const attack = attacker.curl('--max-time', '20', backend);
    const attackOutside = attackerOutside.curl(backend);
    const address = await cluster.kubectl('get', 'pod', '-l', 'app=backend', '-o', 'jsonpath={..podIP}');
    /** The proxy of the backend answers there whether it is well; the policy does not list the port. */
    const otherPort = cluster.client('pod/frontend-outside').curl(`http://${address.stdout}:15021/healthz/ready`);

    await lesson.step('Before: with or without a proxy, everyone is answered', async () => {
      await cluster.eventually(
        'two of the four callers have no proxy',
        ['get', 'pods', '--no-headers'],
        (list) =>
          (list.match(/^\S+-outside\s+1\/1\s/gm) ?? []).length === 2 && (list.match(/ 2\/2 /g) ?? []).length === 3,
      );
      await work.settlesOn(answeredThroughProxy);
      await workOutside.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
      await attackOutside.settlesOn(answered(200, 'backend-'));
      await otherPort.settlesOn(answered(200));
    });

    await lesson.step('The policy lists the label of the frontend, as it did without a mesh', async () => {
      await cluster.change('20-backend-policy.yaml');
    });

    await lesson.step('After: the attackers are refused, one by the network, one told so by its proxy', async () => {
      await attackOutside.settlesOn(blockedByNetwork);
      await attack.settlesOn(upstreamConnectError, { inARow: 2 });
      await cluster.eventually(
        "the attacker's proxy logs that no connection could be made: UF",
        ['logs', 'pod/attacker', '--container', 'istio-proxy', '--tail', '20'],
        (log) => /"GET \/ HTTP[^"]*" 503 (\w+,)*UF/.test(log),
      );
    });

    await lesson.step('And whom the policy lists is served, with a proxy and without', async () => {
      await work.settlesOn(answeredThroughProxy);
      await workOutside.settlesOn(answered(200, 'backend-'));
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await attackerOutside.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('But on the port that the policy lists, and on no other of the same pod', async () => {
      await otherPort.settlesOn(blockedByNetwork);
    });

    await lesson.step('And without the policy the attackers are back', async () => {
      await cluster.revert('20-backend-policy.yaml');
      await attackOutside.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
    });
  },
);
