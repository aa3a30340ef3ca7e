import {
  type Answer,
  answered,
  callOfApiServer,
  cutOffFrom,
  exercise,
  forbidden,
  notAuthorised,
  proxyLogCommand,
  resetByProxy,
  untilNextSecond,
} from '../../../helpers/index.ts';

const namespaces = { plain: 'm4-e5-narrow', open: 'm4-e5-narrow-open', legacy: 'm4-e5-narrow-legacy' } as const;
const folder = 'fixtures/04-identity-and-security/05-strict/02-narrowest-rule-wins';
const ports = { plain: 'plain:80', open: 'open:80', metrics: 'open:9000' } as const;
type Port = keyof typeof ports;
const allPorts = ['plain', 'open', 'metrics'] as const satisfies readonly Port[];
const urls: Readonly<Record<Port, string>> = {
  plain: `http://plain.${namespaces.plain}/`,
  open: `http://open.${namespaces.open}/`,
  metrics: `http://open.${namespaces.open}:9000/`,
};
const servedBy: Readonly<Record<Port, ReturnType<typeof answered>>> = {
  plain: answered(200, '"pod":"plain-'),
  open: answered(200, '"version":"application"'),
  metrics: answered(200, '"version":"metrics"'),
};
const proxyListeners = [
  'proxy-config',
  'listeners',
  `deployment/open.${namespaces.open}`,
  '--port',
  '15006',
  '-o',
  'json',
];
/** Calls from outside the mesh, for as long as it is said that nothing changes; prints the status, 000 where none came. */
const plaintextStatus = [
  'exec',
  '--namespace',
  namespaces.legacy,
  'pod/legacy',
  '--',
  'sh',
  '-c',
  `curl --silent --output /dev/null --write-out '%{http_code} %{exitcode}' --max-time 3 ${urls.open} || true`,
];

/** The resources for the namespace, the oldest first. */
const byAge = [
  'get',
  'peerauthentications',
  '--namespace',
  namespaces.open,
  '--sort-by=.metadata.creationTimestamp',
  '-o',
  'name',
];

/** The part of a listener's configuration that says which connections it takes. */
interface Listener {
  readonly filterChains?: readonly {
    readonly filterChainMatch?: { readonly destinationPort?: number; readonly transportProtocol?: string };
  }[];
}

/** Ports of the pod for which the proxy takes plaintext by a setting of their own. */
function plaintextPorts(dump: string): string {
  const chains = (JSON.parse(dump) as Listener[]).flatMap(({ filterChains = [] }) => filterChains);
  const found = chains.flatMap(({ filterChainMatch: match }) =>
    match?.transportProtocol === 'raw_buffer' && match.destinationPort !== undefined ? [match.destinationPort] : [],
  );
  return [...new Set(found)].join();
}

exercise(
  'PeerAuthentication is decided by the narrowest resource, port by port',
  {
    persona: 'Sarah Martinez',
    question:
      'STRICT is to hold for the whole mesh, and one old program needs one port in clear. Which of several resources decides, and what else can go wrong?',
    proof:
      "One caller without a proxy and one with it call three ports in six states: without a resource, with one for the mesh, for the namespace, for the workload, and two for a port. In each state the ports that change are seen first, and then those that must not. The meshed caller is answered in all of them, so what fails for the other is its plaintext; it reaches the API server meanwhile, and the called proxy's log has its connections as ones that fit nothing. The number of the Service is accepted for a port and opens nothing, although the proxy has it; the number of the pod opens that one port. Of two resources for one namespace the older decides until it is deleted: once the older says PERMISSIVE, and once STRICT, against what the mesh has by default. A selector in the root namespace is watched for three seconds and reaches nobody; the same resource in the namespace does. Without TLS a meshed call is answered and has lost its identity, which a policy that asks for it notices.",
    takeaway:
      'Port beats workload, workload beats namespace, namespace beats mesh; a port is the number on which the pod listens, of two equals the older wins, and DISABLE takes the identity away with the encryption.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e5.a2', 'm4.e5.a4', 'm4.e5.a6', 'm4.e5.a7', 'm4.e5.a8'],
    errata: ['E408'],
    readMore: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const legacy = cluster.client('pod/legacy', namespaces.legacy);
    const rows: string[][] = [];
    /** Calls all three ports from outside and from inside until exactly these take plaintext. */
    let openBefore: readonly Port[] = [];
    const takesPlaintext = async (state: string, ...open: readonly Port[]) => {
      // What must not change is asked when what does has changed; before, the old state would answer.
      const changes = (port: Port) => open.includes(port) !== openBefore.includes(port);
      const [first, then] = [allPorts.filter(changes), allPorts.filter((port) => !changes(port))];
      for (const port of [...first, ...then]) {
        const ending = open.includes(port) ? servedBy[port] : resetByProxy;
        await legacy.curl(urls[port]).settlesOn(ending, { inARow: 2 });
        await frontend.curl(urls[port]).settlesOn(servedBy[port], { inARow: 2 });
      }
      openBefore = open;
      rows.push([state, ...allPorts.map((port) => (open.includes(port) ? '✓ answered' : '✕ reset'))]);
    };
    const named = frontend.curl(urls.open);
    const withIdentity = answered(200, `URI=spiffe://cluster.local/ns/${namespaces.plain}/sa/frontend`);
    const stillAnswered = async (says: string) =>
      cluster.eventually(says, plaintextStatus, (status) => status === '200 0', 'kubectl', { staysMs: 3_000 });

    await lesson.step('Before: the mesh is permissive, plaintext is taken on all three ports', async () => {
      await takesPlaintext('no resource', 'plain', 'open', 'metrics');
    });

    await lesson.step('STRICT for the whole mesh, from its root namespace', async () => {
      await cluster.change('20-mesh-strict.yaml');
    });

    await lesson.step('After: plaintext is cut off in a namespace that has no resource of its own', async () => {
      await takesPlaintext('mesh: STRICT');
      const ofLegacy = ['legacy', '--namespace', namespaces.legacy, '-o', 'jsonpath={.status.podIP}'];
      const { stdout: address } = await cluster.kubectl('get', 'pod', ...ofLegacy);
      await cluster.eventually(
        "the log of the called proxy has legacy's connections, which fitted nothing it takes",
        proxyLogCommand('deployment/plain'),
        (log) => cutOffFrom(log, address).length > 0,
      );
      await legacy.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
    });

    await lesson.step('PERMISSIVE for one namespace: it decides there, and there alone', async () => {
      await cluster.change('30-namespace-permissive.yaml');
      await takesPlaintext('namespace: PERMISSIVE', 'open', 'metrics');
    });

    await lesson.step('STRICT for one workload: it decides against its namespace', async () => {
      await cluster.change('40-workload-strict.yaml');
      await takesPlaintext('workload: STRICT');
    });

    await lesson.step("PERMISSIVE for a port, by the Service's number: accepted, and of no use", async () => {
      await cluster.change('50-port-of-the-service.yaml');
      await cluster.eventually(
        'the proxy takes plaintext for port 9000, on which nobody listens in the pod',
        proxyListeners,
        (dump) => plaintextPorts(dump) === '9000',
        'istioctl',
        { tell: (dump) => `plaintext on port ${plaintextPorts(dump)}` },
      );
      await takesPlaintext("port 9000, the Service's: PERMISSIVE");
    });

    await lesson.step("PERMISSIVE for the same port, by the pod's number: one port opens", async () => {
      await cluster.change('60-port-of-the-pod.yaml');
      await takesPlaintext("port 8081, the pod's: PERMISSIVE", 'metrics');
      lesson.table('What a caller without a proxy gets', ['narrowest resource', ...Object.values(ports)], rows);
    });

    await lesson.step('And a port needs a workload: without a selector it is refused', async () => {
      const trial = ['apply', '--dry-run=server', '-f', `${folder}/port-without-selector.yaml`];
      const { stderr, exitCode } = await cluster.attempt('kubectl', ...trial);
      await lesson.check(
        'the API server says that a selector is missing',
        `exit code ${exitCode}: ${stderr}`,
        (said) => !said.startsWith('exit code 0') && said.includes('portLevelMtls requires selector'),
      );
    });

    await lesson.step('And without the resources all of it is permissive again', async () => {
      for (const file of ['60-port-of-the-pod.yaml', '30-namespace-permissive.yaml', '20-mesh-strict.yaml'])
        await cluster.revert(file);
      await takesPlaintext('no resource again', 'plain', 'open', 'metrics');
    });

    await lesson.step('Two resources for one namespace: the older decides, and nobody is warned', async () => {
      await cluster.change('70-first.yaml');
      await untilNextSecond(legacy);
      const trial = await cluster.attempt('kubectl', 'apply', '--dry-run=server', '-f', `${folder}/75-second.yaml`);
      await lesson.check(
        'a trial of the second says nothing of the first',
        `exit code ${trial.exitCode}${trial.stderr}`,
        (said) => said === 'exit code 0',
      );
      await cluster.change('75-second.yaml');
      await cluster.eventually('both are there, the STRICT one younger', byAge, (names) =>
        /z-first\n.*a-second\n$/.test(names),
      );
      await stillAnswered('plaintext is taken, as the older says');
      await cluster.revert('70-first.yaml');
      await legacy.curl(urls.open).settlesOn(resetByProxy);
    });

    await lesson.step('The other way round, with the STRICT one older: it decides as well', async () => {
      await untilNextSecond(legacy);
      await cluster.change('70-first.yaml');
      await cluster.eventually('both are there, the PERMISSIVE one younger', byAge, (names) =>
        /a-second\n.*z-first\n$/.test(names),
      );
      await cluster.eventually(
        'plaintext is cut off, as the older says',
        plaintextStatus,
        (status) => /^000 (35|52|56)$/.test(status),
        'kubectl',
        { staysMs: 3_000 },
      );
      await frontend.curl(urls.open).settlesOn(servedBy.open);
      await cluster.revert('75-second.yaml');
      await legacy.curl(urls.open).settlesOn(servedBy.open);
      await cluster.revert('70-first.yaml');
    });

    await lesson.step('A selector in the root namespace reaches no workload of another', async () => {
      await cluster.change('80-selector-in-the-root.yaml');
      await stillAnswered('plaintext is taken as before');
      await cluster.revert('80-selector-in-the-root.yaml');
    });

    await lesson.step("The same resource in the workload's namespace does", async () => {
      await cluster.change('85-selector-in-the-namespace.yaml');
      await legacy.curl(urls.open).settlesOn(resetByProxy);
      await frontend.curl(urls.open).settlesOn(servedBy.open);
      await cluster.revert('85-selector-in-the-namespace.yaml');
      await legacy.curl(urls.open).settlesOn(servedBy.open);
    });

    await lesson.step('With DISABLE a meshed call is answered, and loses its identity', async () => {
      await named.settlesOn(withIdentity);
      await cluster.change('90-no-tls.yaml');
      await cluster.eventually(
        'the proxy takes plaintext on both ports, and TLS on none',
        proxyListeners,
        (dump) => plaintextPorts(dump) === '80,8081' && !/"transportProtocol":\s*"tls"/.test(dump),
        'istioctl',
        { tell: (dump) => `plaintext on ports ${plaintextPorts(dump)}, TLS on none` },
      );
      // What the caller's proxy keeps open is answered once more with the identity, and then closed.
      const { stdout } = await frontend.eventually(
        'the application answers, and is told of no caller',
        ['curl', '--silent', '--max-time', '3', urls.open],
        ({ stdout: body }) => body.includes('"version":"application"') && !body.includes('spiffe://'),
      );
      const { headers } = JSON.parse(stdout) as Answer;
      await lesson.check(
        'the header that names callers is missing, not empty',
        Object.keys(headers),
        (names) => names.includes('host') && !names.includes('x-forwarded-client-cert'),
      );
      await named.settlesOn(servedBy.open);
    });

    await lesson.step('And a policy that lists the frontend refuses it', async () => {
      await cluster.change('95-allow-frontend.yaml');
      await named.settlesOn(forbidden);
    });

    await lesson.step('With TLS again the same policy knows the frontend, and nobody else', async () => {
      await cluster.change('98-tls-again.yaml');
      await named.settlesOn(withIdentity);
      await legacy.curl(urls.open).settlesOn(forbidden);
      await cluster.revert('98-tls-again.yaml');
      await cluster.revert('95-allow-frontend.yaml');
      await legacy.curl(urls.open).settlesOn(servedBy.open);
    });
  },
);
