import {
  answered,
  cutOffFrom,
  exercise,
  lifetimeHours,
  linesOfCall,
  objectsOfRevision,
  type Outcome,
  proxyLogCommand,
  readSecrets,
  resetByProxy,
  uninstallArguments,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm8-e1-exit';
const revision = 'm8-exit';
const backend = 'http://backend/';
/** Calls through proxies that no control plane is there for. */
const calls = 5;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const log = (app: string) => proxyLogCommand(`deployment/${app}`);
/** What the pods of a workload are made of, a line for each. */
const podsOf = (app: string) => [
  'get',
  'pods',
  '-l',
  `app=${app}`,
  '-o',
  'jsonpath={range .items[*]}{.spec.initContainers[*].name} {.spec.containers[*].name}{"\\n"}{end}',
];
const hasProxy = (line: string) => line.split(' ').includes('istio-proxy');
/** What a pod would be made of that is asked for now, and not made. */
const nextPod = [
  'run',
  'candidate',
  '--image=docker.io/curlimages/curl:8.22.0',
  '--dry-run=server',
  '-o',
  'jsonpath={.spec.initContainers[*].name} {.spec.containers[*].name}',
];
/** Of the whole cluster: what an installation adds outside namespaces. */
const clusterWide = [
  'get',
  'clusterroles,clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations',
  '--all-namespaces',
  '-o',
  'name',
];
const definitions = ['get', 'customresourcedefinitions', '--all-namespaces', '-o', 'name'];
const kindsInNamespace =
  'deployments,pods,services,configmaps,secrets,serviceaccounts,roles,rolebindings,leases,poddisruptionbudgets,horizontalpodautoscalers';
/** What Kubernetes puts into each namespace, and the lab's own Istio. */
const ofOthers = new Set([
  'configmap/istio-ca-crl',
  'configmap/istio-ca-root-cert',
  'configmap/kube-root-ca.crt',
  'serviceaccount/default',
]);
const names = (list: string) =>
  list
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();

/** The test server's own answer, to a call that met no proxy on its way. */
const metNoProxy: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, and no header of call and answer tells of a proxy',
  holds: ({ http }) =>
    http.status === 200 &&
    http.body.includes('"pod":"backend-') &&
    !/x-envoy|x-forwarded/.test(http.body) &&
    !Object.entries(http.headers).some(([name, value]) => name.startsWith('x-envoy') || /envoy/.test(value)),
};

/** What becomes of a call to a pod that is gone: the proxy says so, or the time of the call is over before. */
const staleAddress: Outcome = {
  verdict: 'broken',
  says: 'finds nobody at the address that its proxy still has',
  holds: (answer) => upstreamConnectError.holds(answer) || (answer.curlExit === 28 && answer.http.status === 0),
};

exercise(
  'Proxies without a control plane serve until something moves, and STRICT shuts out whoever leaves first',
  {
    persona: 'Ahmed Hassan',
    question:
      'The last platform was introduced in one weekend and taken out in the next. If we take this one out, what breaks, and what is left behind?',
    proof: `A control plane of its own serves this lesson, so it can be taken away while the lab's Istio stays. STRICT is demanded of the backend. The frontend leaves first, by the label of the namespace and a restart, and its calls are reset, while the auditor, which has kept its proxy, is served and the frontend is served by a pod that was never in the mesh. In permissive mode the same call is answered. Then the control plane is uninstalled, and the command itself names the two proxies that it leaves alone, and says that they will not function correctly. No Deployment and no pod of it is left when each of the two callers makes ${calls} calls, and the proxy of the backend, and for the auditor its own, has a line for each of them. The namespace gets its label back, and the API server, which gave a proxy to such a pod before, gives none now; the backend is restarted, has none, and its answers to the frontend show none. The auditor does not find it: its proxy still has the old address, until the auditor is restarted as well, and has no proxy. What the uninstall left is compared with what there was before: no ClusterRole and no webhook of it, but the published root, the key of its authority, the rule of the team, and the definitions of Istio's kinds. The certificate of the auditor lasts a day; what comes after that is not part of this lesson.`,
    takeaway:
      'Lift STRICT, take the label away, restart, and uninstall last; then remove by hand what the uninstall leaves. A proxy that outlives its control plane knows no new address.',
    needs: ['k8s', 'sidecar', 'control-plane2'],
    proves: ['m8.e1.a2', 'm8.e1.a4', 'm8.e1.a5', 'm8.e1.a6'],
    readMore: 'https://istio.io/latest/docs/setup/install/multiple-controlplanes/',
  },
  async ({ lesson, cluster }) => {
    const rolesBefore = names((await cluster.kubectl(...clusterWide)).stdout);
    const definitionsBefore = names((await cluster.kubectl(...definitions)).stdout);
    const istiod = await cluster.installIstiod({ revision, settings: '05-istiod.yaml' });
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const auditor = cluster.client('deployment/auditor');
    const work = frontend.curl(backend);
    const audit = auditor.curl(backend);
    const elsewhere = frontend.curl('http://legacy/');
    const restart = async (app: string) => {
      await cluster.kubectl('rollout', 'restart', `deployment/${app}`);
      await cluster.kubectl('rollout', 'status', `deployment/${app}`, '--timeout=80s');
    };
    const isWithout = async (app: string) =>
      cluster.eventually(`the one pod of the ${app} has no proxy`, podsOf(app), (list) => {
        const pods = names(list);
        return pods.length === 1 && !pods.some(hasProxy);
      });

    await lesson.step(
      'Before: everything is in the mesh, and the backend takes nobody without a certificate',
      async () => {
        await cluster.eventually('a pod that is asked for now would get a proxy', nextPod, hasProxy);
        await lesson.check(
          'the installation has added roles and webhooks outside namespaces, and no definition of a kind',
          {
            added: names((await cluster.kubectl(...clusterWide)).stdout).filter((name) => !rolesBefore.includes(name)),
            definitions: names((await cluster.kubectl(...definitions)).stdout).length,
          },
          ({ added, definitions: count }) =>
            ['clusterrole.', 'clusterrolebinding.', 'mutatingwebhook', 'validatingwebhook'].every((kind) =>
              added.some((name) => name.startsWith(kind)),
            ) &&
            added.every((name) => name.includes(revision)) &&
            count === definitionsBefore.length,
        );
        await work.settlesOn(answered(200, identity('frontend')));
        await audit.settlesOn(answered(200, identity('auditor')));
        await elsewhere.settlesOn(answered(200, '"pod":"legacy-'));
      },
    );

    await lesson.step('The frontend leaves first: without the label and a proxy its calls are reset', async () => {
      await cluster.kubectl('label', 'namespace', namespace, 'istio.io/rev-');
      await cluster.eventually(
        'a pod that is asked for now would get none',
        nextPod,
        (made) => made.trim() === 'candidate',
      );
      await restart('frontend');
      await isWithout('frontend');
      await work.settlesOn(resetByProxy);
      const { stdout: address } = await cluster.kubectl(
        'get',
        'pods',
        '-l',
        'app=frontend',
        '-o',
        'jsonpath={.items[0].status.podIP}',
      );
      await cluster.eventually(
        'the proxy of the backend has connections from its new address that fitted nothing it takes',
        log('backend'),
        (text) => cutOffFrom(text, address).length > 0,
        'kubectl',
        { tell: (text) => cutOffFrom(text, address).at(-1)?.text ?? '' },
      );
    });

    await lesson.step('And at that moment the auditor is served, and the frontend is served elsewhere', async () => {
      await audit.settlesOn(answered(200, identity('auditor')));
      await elsewhere.settlesOn(answered(200, '"pod":"legacy-'));
      await work.settlesOn(resetByProxy);
    });

    await lesson.step('STRICT is lifted, which should have come first', async () => {
      await cluster.change('20-permissive.yaml');
    });

    await lesson.step('After: the same call is answered', async () => {
      await frontend.eventually(
        'its call gets HTTP 200',
        ['curl', '--silent', '--max-time', '3', '--output', '/dev/null', '--write-out', '%{http_code}', backend],
        ({ stdout }) => stdout === '200',
      );
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await audit.settlesOn(answered(200, identity('auditor')));
    });

    await lesson.step(
      'The control plane is uninstalled, and the command warns of the proxies that it leaves alone',
      async () => {
        // The pod of the frontend that was replaced may still be connected, and the command would name it as well. The number
        // is not asked by istioctl, because istiod counts istioctl's own connection as that of a proxy.
        const connected = (metrics: string) =>
          Array.from(metrics.matchAll(/^pilot_xds\{[^}]*\} (\d+)$/gm), ([, count]) => Number(count)).reduce(
            (sum, each) => sum + each,
            0,
          );
        await cluster.eventually(
          'its istiod counts two proxies that talk to it (pilot_xds), and no longer that of the frontend',
          [
            'get',
            '--raw',
            `/api/v1/namespaces/${istiod.namespace}/services/istiod-${revision}:http-monitoring/proxy/metrics`,
          ],
          (metrics) => connected(metrics) === 2,
          'kubectl',
          { tell: (metrics) => `pilot_xds: ${connected(metrics)}` },
        );
        const { stdout, stderr, exitCode } = await cluster.attempt(
          'istioctl',
          ...uninstallArguments(revision, istiod.namespace),
        );
        const said = `${stdout}${stderr}`;
        await lesson.check(
          'it warns that two proxies will not function correctly, one of the backend and one of the auditor, and ends with 0',
          {
            exitCode,
            proxies: /There are still (\d+) proxies/.exec(said)?.[1],
            detached: said.includes('will become detached from any control plane and will not function correctly'),
            named: Array.from(said.matchAll(/^(\w+)-\S+\.(\S+)$/gm), ([, app, where]) => `${app}.${where}`).toSorted(),
          },
          (seen) =>
            seen.exitCode === 0 &&
            seen.proxies === '2' &&
            seen.detached &&
            seen.named.join() === `auditor.${namespace},backend.${namespace}`,
        );
        await cluster.eventually(
          'no object that has the label of the revision is left in the cluster, a Deployment among them',
          objectsOfRevision(revision),
          (list) => list.trim() === '',
          'kubectl',
          { tell: () => 'nothing is listed' },
        );
        await cluster.eventually(
          'no pod is left in its namespace',
          ['get', 'pods', '--namespace', istiod.namespace, '-o', 'name'],
          (list) => list.trim() === '',
          'kubectl',
          { tell: () => 'nothing is listed' },
        );
      },
    );

    await lesson.step(
      `After: ${calls} calls of each caller are answered through the proxies that are left`,
      async () => {
        for (const [app, caller] of [
          ['auditor', auditor],
          ['frontend', frontend],
        ] as const) {
          const replies = await caller.newConnections(calls, `${backend}?call=${app}-left`);
          await lesson.check(
            `all ${calls} calls of the ${app} are answered with HTTP 200`,
            replies.map(({ status }) => status),
            (statuses) => statuses.length === calls && statuses.every((status) => status === 200),
          );
          for (const proxy of app === 'auditor' ? ['auditor', 'backend'] : ['backend'])
            await cluster.eventually(
              `the proxy of the ${proxy} has a line with 200 for each of them`,
              log(proxy),
              (text) => {
                const lines = linesOfCall(text, `call=${app}-left`);
                return lines.length === calls && lines.every(({ status }) => status === 200);
              },
              'kubectl',
              { tell: (text) => linesOfCall(text, `call=${app}-left`).at(-1)?.text ?? '' },
            );
        }
        const secrets = await cluster.attempt(
          'istioctl',
          'proxy-config',
          'secret',
          `deployment/auditor.${namespace}`,
          '-o',
          'json',
        );
        const [certificate] = readSecrets(secrets.stdout).chain;
        await lesson.check(
          'the certificate with which the auditor is served ends a day after it was made, and nobody is there to renew it',
          { hours: Math.round(lifetimeHours(certificate)), ends: certificate.validTo },
          ({ hours }) => hours === 24,
        );
      },
    );

    await lesson.step('The label comes back, and new pods get no proxy: what gave it went too', async () => {
      await cluster.kubectl('label', 'namespace', namespace, `istio.io/rev=${revision}`);
      await cluster.eventually(
        'the label is there',
        ['get', 'namespace', namespace, '-o', String.raw`jsonpath={.metadata.labels.istio\.io/rev}`],
        (label) => label === revision,
      );
      await cluster.eventually(
        'a pod that is asked for now would get no proxy, with the label that gave one before',
        nextPod,
        (made) => made.trim() === 'candidate',
      );
      await restart('backend');
      await isWithout('backend');
      await work.settlesOn(metNoProxy);
    });

    await lesson.step(
      'The auditor, whose proxy is left, does not find the new pod until it has none either',
      async () => {
        await audit.settlesOn(staleAddress, { inARow: 1 });
        await restart('auditor');
        await isWithout('auditor');
        await audit.settlesOn(metNoProxy);
      },
    );

    await lesson.step('And what is left behind: compared with what there was before the installation', async () => {
      await lesson.check(
        'outside namespaces nothing: roles and webhooks are those of before',
        names((await cluster.kubectl(...clusterWide)).stdout),
        (now) => now.length > 0 && now.join() === rolesBefore.join(),
      );
      await lesson.check(
        "the definitions of Istio's kinds, as before; an uninstall by --purge would take them, and with them what all teams have written",
        names((await cluster.kubectl(...definitions)).stdout),
        (now) => now.some((name) => name.includes('istio.io')) && now.join() === definitionsBefore.join(),
      );
      const inControl = names(
        (await cluster.kubectl('get', kindsInNamespace, '--namespace', istiod.namespace, '-o', 'name')).stdout,
      ).filter((name) => !ofOthers.has(name));
      await lesson.check(
        'in its own namespace the root that it published, and the Secret with the key of its authority',
        inControl,
        (left) => left.join() === 'configmap/oldbridge-root,secret/istio-ca-secret',
      );
      const ofTheTeam = names(
        (await cluster.kubectl('get', 'configmaps,peerauthentications', '-o', 'name')).stdout,
      ).filter((name) => !ofOthers.has(name));
      await lesson.check(
        'in the namespace of the team the root again, and the rule that the team had written',
        ofTheTeam,
        (left) => left.join() === 'configmap/oldbridge-root,peerauthentication.security.istio.io/backend',
      );
    });
  },
);
