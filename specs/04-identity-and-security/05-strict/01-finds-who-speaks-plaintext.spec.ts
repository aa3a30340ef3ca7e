import {
  type Answer,
  answered,
  callOfApiServer,
  type Client,
  cutOffFrom,
  exercise,
  failures,
  forbidden,
  linesOfCall,
  moments,
  notAuthorised,
  proxyLogCommand,
  queryArguments,
  readProxyLog,
  readSamples,
  resetByProxy,
  timeline,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm4-e5-finds';
const backend = `http://backend.${namespace}/`;
/** Calls that the backend's proxy has counted, by what it knows of the callers. */
const counted = queryArguments(
  `sum by (source_principal, source_workload, connection_security_policy) (istio_requests_total{reporter="destination",destination_workload="backend",destination_workload_namespace="${namespace}"})`,
);
const proxyLog = proxyLogCommand('deployment/backend');
const byNoAttacker = `rbac_access_denied_matched_policy[ns[${namespace}]-policy[no-attacker]-rule[0]]`;
const calls = 10;
/** Three scrapes of the lab's Prometheus, and a second. */
const threeScrapesMs = 10_000;

/** Samples by the caller's account; those without one under `nobody`. */
function byAccount(answer: string) {
  return Map.groupBy(
    readSamples({ stdout: answer }),
    ({ labels }) => /\/sa\/(.+)$/.exec(labels['source_principal'] ?? '')?.[1] ?? 'nobody',
  );
}

/** Calls of an account, or of `nobody`, in the answer of Prometheus. */
function callsOf(account: string, answer: string): number {
  return (byAccount(answer).get(account) ?? []).reduce((sum, { value }) => sum + value, 0);
}

exercise(
  'PeerAuthentication STRICT is switched on when nobody sends plaintext',
  {
    persona: 'Sarah Martinez',
    question: 'I want STRICT, and no outage. Who still sends plaintext to my services, and how do I know whom to move?',
    proof:
      "Ten calls of a program outside the mesh are counted to the call as plaintext, and the series has no account: it says that somebody does, and not who. (Where the proxy is upstream's Envoy, the words unknown and none in it are the lab's own; that the proxy has no account to give is not.) The proxy's log has the address of exactly one caller without a TLS handshake, and Kubernetes names its pod. The same program in the mesh is counted under its account, and for three scrapes none of its calls is added to the plaintext count. A list of refused accounts refuses the attacker and lets a pod without a proxy in, under the same account; the same pod is refused by a list of allowed accounts, and by STRICT. While STRICT is switched on, two meshed callers go on calling some twenty times a second each, and lose no call.",
    takeaway:
      'Count plaintext, find each caller by its address, move it, then switch; and list who may, since a list of who may not does not know who shows no certificate.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m4.e5.a1', 'm4.e5.a3', 'm4.e5.a5'],
    errata: ['E406', 'E407'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const moved = cluster.client('pod/legacy-moved');
    const legacy = cluster.client('pod/legacy', `${namespace}-legacy`);
    const attacker = cluster.client('pod/attacker');
    const bare = cluster.client('pod/bare');
    const served = answered(200, '"pod":"backend-');

    await lesson.step(`Before: ${calls} calls of the frontend and ${calls} of a program outside the mesh`, async () => {
      // Each call is counted, so none is made before there is somebody to answer it.
      for (const caller of ['deployment/frontend', 'legacy-moved']) {
        await untilProxyKnows(cluster, namespace, caller, 'backend');
      }
      const replies = [
        ...(await frontend.newConnections(calls, backend)),
        ...(await legacy.newConnections(calls, backend)),
      ];
      await lesson.check('all of them are answered', failures(replies), ({ failed }) => failed === 0);
    });

    await lesson.step('The metrics count the plaintext calls, and cannot name the caller', async () => {
      const answer = await cluster.eventually(
        `Prometheus has ${calls} calls of the frontend's account, and ${calls} without an account`,
        counted,
        (text) => callsOf('frontend', text) === calls && callsOf('nobody', text) === calls,
      );
      await lesson.check(
        'the series of the plaintext calls names nobody',
        (byAccount(answer).get('nobody') ?? []).map(({ labels }) => labels),
        ([labels, ...others]) =>
          others.length === 0 &&
          labels?.['source_workload'] === 'unknown' &&
          labels['connection_security_policy'] === 'none',
      );
      await lesson.check(
        'that of the frontend says that it is mutual TLS',
        (byAccount(answer).get('frontend') ?? []).map(({ labels }) => labels['connection_security_policy']),
        (modes) => modes.join() === 'mutual_tls',
      );
    });

    await lesson.step('The log of the called proxy has the address, and Kubernetes the pod', async () => {
      const withoutTls = (log: string) =>
        readProxyLog(log).filter(({ method, serverName }) => method === 'GET' && serverName === '-');
      const log = await cluster.eventually(
        `${calls} lines of the log are of calls without a TLS handshake`,
        proxyLog,
        (text) => withoutTls(text).length === calls,
      );
      const addresses = [...new Set(withoutTls(log).map(({ from }) => from.slice(0, from.lastIndexOf(':'))))];
      await lesson.check('they come from one address', addresses, ({ length }) => length === 1);
      await cluster.eventually(
        'the pod of that address is the legacy program',
        [
          'get',
          'pods',
          '--all-namespaces',
          '--field-selector',
          `status.podIP=${addresses.join()},status.phase=Running`,
          '-o',
          'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}',
        ],
        (pods) => pods.trim() === `${namespace}-legacy/legacy`,
      );
    });

    await lesson.step('The same program in the mesh: none of its calls is counted as plaintext', async () => {
      const replies = await moved.newConnections(calls, backend);
      await lesson.check('all of its calls are answered', failures(replies), ({ failed }) => failed === 0);
      await cluster.eventually(
        `Prometheus has ${calls} calls of the account of the program in the mesh, and not one more without an account`,
        counted,
        (text) => callsOf('reports', text) === calls && callsOf('nobody', text) === calls,
        'kubectl',
        { staysMs: threeScrapesMs },
      );
    });

    await lesson.step('Before the policies: two pods of one account, one of them without a proxy', async () => {
      await cluster.eventually(
        'attacker and bare have the same account',
        ['get', 'pods', 'attacker', 'bare', '-o', 'jsonpath={.items[*].spec.serviceAccountName}'],
        (accounts) => accounts === 'attacker attacker',
      );
      await attacker.curl(backend).settlesOn(served);
      await bare.curl(backend).settlesOn(served);
    });

    await lesson.step('A policy refuses that account while plaintext is still taken', async () => {
      await cluster.change('20-deny-attacker.yaml');
    });

    await lesson.step('After: the attacker is refused, and the same account without a proxy is not', async () => {
      await attacker.curl(`${backend}?call=denied`).settlesOn(forbidden);
      await cluster.eventually('the log names the policy for it', proxyLog, (log) =>
        linesOfCall(log, 'call=denied').some(({ details }) => details === byNoAttacker),
      );
      const { http } = await bare.curl(backend).settlesOn(served);
      await lesson.check(
        'the backend is told of no identity for the call that got in',
        (JSON.parse(http.body) as Answer).headers['x-forwarded-client-cert'] ?? 'no identity',
        (identity) => identity === 'no identity',
      );
    });

    await lesson.step('A list of those who may, in place of who may not, refuses it at once', async () => {
      await cluster.change('30-allow-known.yaml');
      await bare.curl(backend).settlesOn(forbidden);
      await frontend.curl(backend).settlesOn(served);
      await moved.curl(backend).settlesOn(served);
      await cluster.revert('30-allow-known.yaml');
      await bare.curl(backend).settlesOn(served);
    });

    await lesson.step('STRICT is switched on while both meshed programs go on calling', async () => {
      const inner: Awaited<ReturnType<Client['whileCalling']>>[] = [];
      const ofFrontend = await frontend.whileCalling([backend], async () => {
        const ofMoved = await moved.whileCalling([backend], async (meshed) => {
          const ofLegacy = await legacy.whileCalling([backend], async (load) => {
            await load.calls(10);
            await load.mark('STRICT');
            await cluster.change('40-strict.yaml');
            await bare.curl(backend).settlesOn(resetByProxy);
            await load.calls(20);
          });
          inner.push(ofLegacy);
          await meshed.calls(20);
        });
        inner.push(ofMoved);
      });
      const [ofLegacy, ofMoved] = inner;
      if (ofLegacy === undefined || ofMoved === undefined) throw new Error('Both loads have ended');
      const { replies, milestones } = ofLegacy;
      await lesson.show(
        'Calls of the program that has not moved',
        timeline(
          moments(replies, ({ status }) => (status === 200 ? 'answered' : 'reset')),
          milestones,
        ),
      );
      for (const [who, load] of [
        ['the frontend', ofFrontend],
        ['the moved program', ofMoved],
      ] as const) {
        await lesson.check(
          `${who} has lost no call`,
          failures(load.replies),
          ({ calls: made, failed }) => made >= 20 && failed === 0,
        );
      }
      const first = replies.findIndex(({ status }) => status !== 200);
      const since = (replies[first]?.at ?? Number.NaN) - (milestones[0]?.seconds ?? Number.NaN);
      await lesson.check(
        'the program that has not moved was answered until then, and never again',
        { answered: first, reset: replies.slice(first).map(({ curlExit }) => curlExit) },
        (seen) => seen.answered >= 10 && since > 0 && seen.reset.every((exit) => exit === 52 || exit === 56),
      );
      await lesson.measure('m4.e5.a3', 'from the change to the first refused plaintext connection', since, 'seconds');
    });

    await lesson.step('After: plaintext is cut off whoever sends it, and the policy knows the rest', async () => {
      await legacy.curl(backend).settlesOn(resetByProxy);
      await bare.curl(backend).settlesOn(resetByProxy);
      const address = (await cluster.kubectl('get', 'pod', 'bare', '-o', 'jsonpath={.status.podIP}')).stdout;
      await cluster.eventually(
        "the log has bare's connections, which fitted nothing that the proxy takes",
        proxyLog,
        (log) => cutOffFrom(log, address).length > 0,
      );
      await attacker.curl(backend).settlesOn(forbidden);
      await frontend.curl(backend).settlesOn(served);
      await moved.curl(backend).settlesOn(served);
    });

    await lesson.step('And whoever is refused reaches the API server, so none of them is broken', async () => {
      for (const refused of [legacy, bare, attacker])
        await refused.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
    });

    await lesson.step('And without both policies all of them are answered again', async () => {
      await cluster.revert('40-strict.yaml');
      await cluster.revert('20-deny-attacker.yaml');
      for (const caller of [legacy, bare, attacker]) await caller.curl(backend).settlesOn(served);
    });
  },
);
