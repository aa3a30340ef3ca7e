import {
  answered,
  connectionsCounted,
  exercise,
  forbidden,
  type Outcome,
  madeAt,
  readZtunnelLog,
  resetByProxy,
  type ZtunnelLine,
  ztunnelLogCommand,
  ztunnelMetricsCommand,
  ztunnelOf,
} from '../../../helpers/index.ts';

const namespace = 'm3-e6-ambient';
const withSidecar = 'm3-e6-sidecar';
const withBoth = 'm3-e6-both';
const identity = (of: string, account: string) => `spiffe://cluster.local/ns/${of}/sa/${account}`;
const getPods = (of: string, app: string) => ['get', 'pods', '--namespace', of, '-l', `app=${app}`, '-o'];
/** What the pods of a workload are made of, a line for each, and what ambient says of them. */
const podsOf = (of: string, app: string) => [
  ...getPods(of, app),
  String.raw`jsonpath={range .items[*]}{.spec.initContainers[*].name} {.spec.containers[*].name} redirection={.metadata.annotations.ambient\.istio\.io/redirection}{"\n"}{end}`,
];
const hasSidecar = (list: string) =>
  list.trim().split('\n').length === 1 && list.includes('istio-proxy') && list.trim().endsWith('redirection=');

/** Which pod it is, how often its containers were restarted, and the names of what its proxy is set to. */
const settingsOf = (of: string, app: string) => [
  ...getPods(of, app),
  'jsonpath={.items[*].metadata.uid} restarts={.items[*].status.initContainerStatuses[*].restartCount},{.items[*].status.containerStatuses[*].restartCount} env={.items[*].spec.initContainers[*].env[*].name},{.items[*].spec.containers[*].env[*].name}',
];
/** The setting that makes a sidecar listen for tunnels. */
const listensForTunnels = 'ISTIO_META_ENABLE_HBONE';
/** The test server's own answer to a call that no proxy has vouched for. */
const answeredInClear: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200 by the backend, and no certificate came with it',
  holds: ({ http }) =>
    http.status === 200 && http.body.includes('"pod":"backend-') && !http.body.includes('x-forwarded-client-cert'),
};

exercise(
  'Sidecars call ambient with proof at once, and are called with proof after a setting and a restart',
  {
    persona: 'Jennifer',
    question:
      'Both modes live in one mesh, they say. Who reaches whom while we migrate, and in which order do we begin?',
    proof:
      "A pod with a sidecar calls a backend that is not enrolled. Then the namespace of the backend joins ambient, under STRICT, and the pod with the sidecar is answered on, now with its identity, as ztunnel has counted; it is the same pod, without a restart and without a setting for tunnels. STRICT holds in its namespace too. The other way round the call is reset, and ztunnel has it as a connection without a tunnel, while the same frontend is answered by the backend in its own namespace; in permissive mode the same call is answered in clear, so it was STRICT that met plaintext. Then the sidecar gets one setting, with which it listens for tunnels, and a new pod. Now ztunnel sends a tunnel, and the call is answered under STRICT. That it carries an identity a rule shows: it admits the frontend's account and refuses another one that is answered before and after it. The list of ztunnel calls that pod HBONE now, although no ztunnel serves it, and calls a pod TCP that stands in a namespace with both labels.",
    takeaway:
      'A sidecar reaches what is in ambient without any change; to be reached from there under STRICT it needs HBONE switched on and a new pod.',
    needs: ['k8s', 'ambient', 'sidecar'],
    proves: ['m3.e6.a1', 'm3.e6.a4', 'm3.e6.a6'],
    errata: ['E302', 'E313'],
    readMore: 'https://istio.io/latest/docs/ambient/migrate/install-ambient-components/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const toAmbient = cluster.client('deployment/backend', withSidecar).curl(`http://backend.${namespace}/`);
    const toSidecar = frontend.curl(`http://backend.${withSidecar}/`);
    const attacker = cluster.client('deployment/attacker');
    const attack = attacker.curl(`http://backend.${withSidecar}/`);
    const elsewhere = attacker.curl(`http://backend.${namespace}/`);
    const within = frontend.curl(`http://backend.${namespace}/`);
    const served = answered(200, '"pod":"backend-');
    /** Lines of connections from a workload to the backend of a namespace. */
    const between = (log: string, direction: ZtunnelLine['direction'], caller: string, to: string) =>
      readZtunnelLog(log).filter(
        (line) =>
          line.direction === direction &&
          line.from.workload.startsWith(`${caller}-`) &&
          line.to.namespace === to &&
          line.to.workload.startsWith('backend-'),
      );
    const toSidecarLines = (log: string) => between(log, 'outbound', 'frontend', withSidecar);
    /** Demands mutual TLS of all in the namespace with sidecars, or leaves it to them. */
    const demand = async (mode: 'STRICT' | 'PERMISSIVE') => {
      const patch = JSON.stringify({ spec: { mtls: { mode } } });
      await cluster.kubectl(
        '--namespace',
        withSidecar,
        'patch',
        'peerauthentication',
        'default',
        '--type',
        'merge',
        '--patch',
        patch,
      );
    };

    /** Connections to the backend that ztunnel has counted with the identity of the sidecar; an earlier run's are among them. */
    const withProof = (text: string) =>
      connectionsCounted(text, 'opened', {
        reporter: 'destination',
        source_principal: identity(withSidecar, 'backend'),
        destination_workload: 'backend',
        destination_workload_namespace: namespace,
        connection_security_policy: 'mutual_tls',
      });
    const metrics = ztunnelMetricsCommand(await ztunnelOf(cluster, 'backend'));

    let sidecar = '';
    await lesson.step('Nobody is enrolled yet, and the pod with a sidecar has no setting for tunnels', async () => {
      await toAmbient.settlesOn(served);
      await cluster.eventually('it has a sidecar', podsOf(withSidecar, 'backend'), hasSidecar);
      sidecar = await cluster.eventually(
        'and nothing that makes it listen for tunnels',
        settingsOf(withSidecar, 'backend'),
        (text) => text.includes('PROXY_CONFIG') && !text.includes(listensForTunnels),
      );
    });

    await lesson.step('The pod with a sidecar is answered by the backend in ambient, with its identity', async () => {
      const before = withProof((await cluster.kubectl(...metrics)).stdout);
      await cluster.kubectl('label', 'namespace', namespace, 'istio.io/dataplane-mode=ambient');
      for (const app of ['frontend', 'attacker', 'backend'])
        await cluster.eventually(`the ${app} is marked as enrolled`, podsOf(namespace, app), (list) =>
          list.trim().endsWith('redirection=enabled'),
        );
      // Its proxy keeps the connection, and ztunnel logs what has ended; it counts what was opened.
      await cluster.eventually(
        "ztunnel has counted further connections with the sidecar's identity, by mutual TLS",
        metrics,
        (text) => withProof(text) > before,
        'kubectl',
        {
          beforeEachLook: () =>
            cluster.client('deployment/backend', withSidecar).newConnections(1, `http://backend.${namespace}/`),
        },
      );
      await toAmbient.settlesOn(served);
      await cluster.eventually(
        'it is the same pod, without a restart and with the same settings',
        settingsOf(withSidecar, 'backend'),
        (text) => text === sidecar,
      );
    });

    await lesson.step('Before: the other way round it is reset, since it comes without a tunnel', async () => {
      await toSidecar.settlesOn(resetByProxy);
      await cluster.eventually(
        'ztunnel has connections of the frontend to the pod with a sidecar, none of them in a tunnel',
        ztunnelLog,
        (log) => toSidecarLines(log).length > 0 && toSidecarLines(log).every(({ tunnel }) => tunnel === ''),
        'kubectl',
        { tell: (log) => toSidecarLines(log).at(-1)?.text ?? '' },
      );
      await within.settlesOn(served);
    });

    await lesson.step('It is STRICT that ends it: in permissive mode the same call is answered, in clear', async () => {
      await demand('PERMISSIVE');
      await toSidecar.settlesOn(answeredInClear);
      await demand('STRICT');
      await toSidecar.settlesOn(resetByProxy);
    });

    await lesson.step('The sidecar is to listen for tunnels: one setting, and a new pod', async () => {
      await cluster.eventually(
        'until now it is listed as reached by TCP',
        known(withSidecar),
        (text) => protocolsOf(text, 'backend').join() === 'TCP',
        'istioctl',
        { tell: (text) => protocolsOf(text, 'backend').join() },
      );
      await cluster.change('20-hbone.yaml');
      await cluster.kubectl('--namespace', withSidecar, 'rollout', 'status', 'deployment/backend', '--timeout=60s');
    });

    await lesson.step('After: the frontend is answered under STRICT, through a tunnel', async () => {
      await cluster.eventually(
        'ztunnel has a connection of the frontend to it in a tunnel',
        ztunnelLog,
        (log) => toSidecarLines(log).some(({ tunnel, error }) => tunnel.endsWith(':80') && error === ''),
        'kubectl',
        {
          tell: (log) => toSidecarLines(log).at(-1)?.text ?? '',
          beforeEachLook: () => frontend.newConnections(1, `http://backend.${withSidecar}/`),
        },
      );
      await toSidecar.settlesOn(served);
      await toAmbient.settlesOn(served);
      await attack.settlesOn(served);
    });

    await lesson.step(
      'And with an identity: a rule of the sidecar admits the frontend, and no other account',
      async () => {
        await cluster.change('30-frontend-only.yaml');
        await attack.settlesOn(forbidden);
        await elsewhere.settlesOn(served);
        await toSidecar.settlesOn(served);
        await cluster.revert('30-frontend-only.yaml');
        await attack.settlesOn(served);
      },
    );

    await lesson.step('HBONE in the list of ztunnel means how a pod is reached, not who has enrolled it', async () => {
      await cluster.eventually(
        'the pod that is listed as HBONE',
        known(withSidecar),
        (text) => protocolsOf(text, 'backend').join() === 'HBONE',
        'istioctl',
        { tell: (text) => protocolsOf(text, 'backend').join() },
      );
      await cluster.eventually(
        'has a sidecar, and is not marked as enrolled',
        podsOf(withSidecar, 'backend'),
        hasSidecar,
      );
      const { stdout: log } = await cluster.kubectl(...ztunnelLog);
      await lesson.check(
        'and no ztunnel has a connection that came to it, as it has of the backend in ambient',
        {
          withSidecar: between(log, 'inbound', 'frontend', withSidecar).length,
          inAmbient: between(log, 'inbound', 'frontend', namespace).length,
        },
        (lines) => lines.withSidecar === 0 && lines.inAmbient > 0,
      );
      await cluster.eventually(
        'a pod in a namespace with both labels is listed as TCP',
        known(withBoth),
        (text) => protocolsOf(text, 'both').join() === 'TCP',
        'istioctl',
        { tell: (text) => protocolsOf(text, 'both').join() },
      );
      await cluster.eventually('it has a sidecar, and is not marked either', podsOf(withBoth, 'both'), hasSidecar);
    });
  },
);

/** Asks how the proxy of the node reaches the workloads of a namespace. */
function known(of: string): string[] {
  return ['ztunnel-config', 'workload', '--workload-namespace', of, '-o', 'json'];
}

/** Protocols by which the pods of a workload are reached. */
function protocolsOf(text: string, app: string): string[] {
  return (JSON.parse(text) as { name: string; protocol: string }[])
    .filter(({ name }) => name.startsWith(`${app}-`))
    .map(({ protocol }) => protocol);
}
