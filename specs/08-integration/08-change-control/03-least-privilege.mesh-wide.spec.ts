import { answered, exercise, forbidden, linesOfCall, type Outcome } from '../../../helpers/index.ts';

const namespace = 'm8-e8-roles';
const elsewhere = 'm8-e8-elsewhere';
const files = 'fixtures/08-integration/08-change-control/03-least-privilege/files';
const account = (name: string) => `system:serviceaccount:${namespace}:${name}`;
const as = (name: string) => ['--as', account(name)];
const backend = `http://backend.${namespace}`;
const routes = ['proxy-config', 'routes', `deployment/backend.${namespace}`, '--name', '80', '-o', 'json'];
/** Annotation that takes the port of the application out of the mesh, and its removal. */
const leaveOut = (ports: string | null) =>
  JSON.stringify({
    spec: { template: { metadata: { annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': ports } } } },
  });
/** What admission says of such pods. */
const words = {
  port: 'this namespace does not take ports out of the mesh',
  pod: 'this namespace does not take pods out of the mesh',
} as const;

/** The answer comes from the application itself: no proxy has touched it. */
const answeredPastTheProxy: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200 by the application, and no header tells of a proxy',
  holds: ({ http }) =>
    http.status === 200 &&
    http.body.includes('backend-') &&
    !Object.keys(http.headers).some((name) => name.startsWith('x-envoy')),
};

/** The proxy of the backend has passed it on: the caller has none of its own. */
const answeredThroughItsProxy: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, and its headers tell of the proxy of the backend',
  holds: ({ http }) =>
    http.status === 200 && http.body.includes('backend-') && 'x-envoy-upstream-service-time' in http.headers,
};

/** What a role does not name: as it is tried, and as it is called in the refusal. */
const notNamed: readonly { what: string; try: readonly string[]; resource: string }[] = [
  ...(
    [
      ['PeerAuthentication', 'peer-authentication.yaml', 'peerauthentications'],
      ['AuthorizationPolicy', 'authorization-policy.yaml', 'authorizationpolicies'],
      ['EnvoyFilter', 'envoy-filter.yaml', 'envoyfilters'],
      ['TrafficExtension', 'traffic-extension.yaml', 'trafficextensions'],
      ['Telemetry', 'telemetry.yaml', 'telemetries'],
      ['VirtualService in another namespace', 'route-elsewhere.yaml', 'virtualservices'],
    ] as const
  ).map(([what, file, resource]) => ({
    what,
    try: ['create', '--dry-run=server', '-f', `${files}/${file}`],
    resource,
  })),
  {
    what: 'label on the namespace',
    try: ['label', 'namespace', namespace, 'istio-injection=disabled', '--overwrite', '--dry-run=server'],
    resource: 'namespaces',
  },
  {
    what: 'command in a pod',
    try: ['exec', 'deployment/backend', '--namespace', namespace, '--', 'node', '--version'],
    resource: 'pods/exec',
  },
  {
    what: 'forwarded port',
    try: ['port-forward', 'deployment/backend', '--namespace', namespace, ':15000'],
    resource: 'pods/portforward',
  },
];

/** Asks pages of istiod through a forwarded port; the first line of kubectl has the port that was free. */
const throughForwardedPort = (
  pages: readonly string[],
) => `coproc FORWARD { exec kubectl --namespace istio-system port-forward deployment/istiod :15014; }
read -r line <&"\${FORWARD[0]}"
port=$(sed -E 's/.*127\\.0\\.0\\.1:([0-9]+).*/\\1/' <<<"$line")
for page in ${pages.map((page) => `'${page}'`).join(' ')}; do
  curl --silent --noproxy '*' --max-time 20 --output /dev/null --write-out '%{http_code}\\n' "http://127.0.0.1:$port$page"
done
kill "$FORWARD_PID"`;

exercise(
  'Roles bound a developer, annotations go past them, and admission closes the gap',
  {
    persona: 'Ahmed Hassan',
    question: 'What may a developer do to the mesh, what can he do that no role forbids, and who can read everything?',
    proof:
      "The same commands are tried under the account of a developer before and after a role is bound to it, and under that of the platform team. The rule that the developer makes is then found in the routes of a proxy. What the role does not name is refused to him by name, and done by the platform team. Kubernetes' own role for editors may make a Deployment and no resource of Istio's. Then the developer sets an annotation on his own Deployment. A caller that the policy refused is answered past the proxy, while the proxy still has the policy. An admission policy refuses such pods in words of its own and admits one without the annotation; when the annotation is gone, the caller is refused again. Two commands of istioctl are tried without a right and with it. At last a pod asks istiod's debug pages: without a token, with the token of its account, and the same pages are asked through a forwarded port.",
    takeaway:
      'Give developers routes and not policies, forbid by admission what annotations can switch off, and treat port-forward to istiod as a right of administrators.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e8.a7', 'm8.e8.a8', 'm8.e8.a9', 'm8.e8.a10'],
    readMore: 'https://istio.io/latest/docs/ops/best-practices/security/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const probe = cluster.client('deployment/probe');
    const orders = probe.curl(`${backend}/orders`);
    const open = probe.curl(`${backend}/public`);
    const run = async (program: string, ...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await cluster.attempt(program, ...args);
      return { exitCode, said: `${stdout}${stderr}`.trim() };
    };
    const kubectl = async (...args: readonly string[]) => run('kubectl', ...args);
    const isForbidden = ({ exitCode, said }: { exitCode: number | undefined; said: string }, resource: string) =>
      exitCode === 1 &&
      new RegExp(`forbidden: User "${account('developer')}" cannot \\w+ resource "${resource}"`).test(said);
    const makeRoute = ['create', '-f', `${files}/route.yaml`, ...as('developer')];
    const readLog = ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail=-1', '--namespace', namespace];

    await lesson.step('Before: the developer may make no route and read no log', async () => {
      await open.settlesOn(answered(200, 'backend-'));
      await lesson.check('the route is refused', await kubectl(...makeRoute), (seen) =>
        isForbidden(seen, 'virtualservices'),
      );
      await lesson.check('so is the log', await kubectl(...readLog, ...as('developer')), (seen) =>
        isForbidden(seen, 'deployments'),
      );
      await cluster.eventually(
        "the proxy's routes do not have the developer's",
        routes,
        (json) => json.includes(`backend.${namespace}.svc.cluster.local:80`) && !json.includes('by-the-developer'),
        'istioctl',
        { tell: () => 'It has a route for the backend, and none by that name.' },
      );
    });

    await lesson.step('A role is bound to the account of the developer', async () => {
      await cluster.change('20-developer-role.yaml');
      let may = '';
      await cluster.eventually(
        'the developer may create VirtualServices',
        ['get', 'rolebindings', '-o', 'name'],
        () => may === 'yes',
        'kubectl',
        {
          beforeEachLook: async () => {
            const asked = ['auth', 'can-i', 'create', 'virtualservices.networking.istio.io', ...as('developer')];
            may = (await cluster.attempt('kubectl', ...asked, '--namespace', namespace)).stdout.trim();
          },
          tell: () => may,
        },
      );
    });

    await lesson.step('After: the route is made and reaches the proxy, and the log can be read', async () => {
      await lesson.check('the same route is created', await kubectl(...makeRoute), ({ exitCode, said }) => {
        return exitCode === 0 && said.includes('virtualservice.networking.istio.io/backend created');
      });
      await cluster.eventually(
        "the proxy's routes have the developer's",
        routes,
        (json) => json.includes('"by-the-developer"'),
        'istioctl',
        { tell: (json) => /^.*by-the-developer.*$/m.exec(json)?.[0]?.trim() ?? '' },
      );
      await probe.newConnections(1, `${backend}/public?call=for-the-log`);
      await cluster.eventually('the developer reads the line of a call', [...readLog, ...as('developer')], (log) =>
        log.includes('call=for-the-log'),
      );
    });

    await lesson.step('What the role does not name is refused to the developer, and not to the platform', async () => {
      const rows: string[][] = [];
      for (const { what, try: tried, resource } of notNamed) {
        const [verb = '', ...rest] = tried;
        const end = rest.indexOf('--');
        const withAccount = (name: string) =>
          end < 0 ? [verb, ...rest, ...as(name)] : [verb, ...rest.slice(0, end), ...as(name), ...rest.slice(end)];
        const developer = await kubectl(...withAccount('developer'));
        // A port that may be forwarded stays so until somebody ends it.
        const platform = await kubectl(
          ...(verb === 'port-forward'
            ? ['auth', 'can-i', 'create', resource, '--namespace', namespace, ...as('platform')]
            : withAccount('platform')),
        );
        await lesson.check(
          `${what}: refused to the developer by the name of ${resource}, and possible for the platform team`,
          { developer, platform },
          (seen) => isForbidden(seen.developer, resource) && seen.platform.exitCode === 0,
        );
        rows.push([what, 'refused', 'possible']);
      }
      lesson.table('What the role does not name', ['what', 'developer', 'platform team'], rows);
    });

    await lesson.step("Kubernetes' own role for editors has no right on Istio's kinds", async () => {
      const can = async (kind: string) =>
        (await kubectl('auth', 'can-i', 'create', kind, '--namespace', namespace, ...as('editor'))).said
          .split('\n')
          .at(-1) ?? '';
      const answers = {
        'deployments.apps': await can('deployments.apps'),
        'virtualservices.networking.istio.io': await can('virtualservices.networking.istio.io'),
        'authorizationpolicies.security.istio.io': await can('authorizationpolicies.security.istio.io'),
        'telemetries.telemetry.istio.io': await can('telemetries.telemetry.istio.io'),
        'trafficextensions.extensions.istio.io': await can('trafficextensions.extensions.istio.io'),
      };
      await lesson.check('it may create a Deployment, and none of four kinds of Istio', answers, (seen) => {
        const [ofKubernetes, ...ofIstio] = Object.values(seen);
        return ofKubernetes === 'yes' && ofIstio.every((each) => each.startsWith('no'));
      });
    });

    await lesson.step('Before: a policy refuses the orders to whoever calls', async () => {
      await orders.settlesOn(forbidden);
      await open.settlesOn(answeredThroughItsProxy);
    });

    const patch = (ports: string | null) => [
      'patch',
      'deployment',
      'backend',
      '--namespace',
      namespace,
      '--type=merge',
      `--patch=${leaveOut(ports)}`,
      ...as('developer'),
    ];
    const rolledOut = ['rollout', 'status', 'deployment/backend', '--timeout=80s'];

    await lesson.step('An annotation on his own Deployment takes the port out: the policy is not asked', async () => {
      await cluster.kubectl(...patch('80'));
      await cluster.kubectl(...rolledOut);
      await orders.settlesOn(answeredPastTheProxy);
      await cluster.eventually(
        'the proxy of the new pod has the policy all the same',
        ['x', 'authz', 'check', `deployment/backend.${namespace}`],
        (list) => list.includes(`only-public.${namespace}`),
        'istioctl',
      );
      await probe.newConnections(5, `${backend}/orders?call=past-the-proxy`);
      const { stdout: log } = await cluster.kubectl(...readLog);
      await lesson.check(
        'its log has no line of five such calls',
        { lines: linesOfCall(log, 'call=past-the-proxy').length, started: log.includes('Envoy proxy is ready') },
        ({ lines, started }) => lines === 0 && started,
      );
    });

    await lesson.step('Admission is told to refuse such pods in this namespace', async () => {
      await cluster.change('30-stays-in-the-mesh.yaml');
      const dryRun = async (file: string) => kubectl('create', '--dry-run=server', '-f', `${files}/${file}`);
      let refusal = '';
      await cluster.eventually(
        'a pod with the annotation is refused, in the words of the policy',
        ['get', 'validatingadmissionpolicybinding', 'm8-e8-stays-in-the-mesh', '-o', 'name'],
        () => refusal.includes(words.port),
        'kubectl',
        {
          beforeEachLook: async () => {
            refusal = (await dryRun('pod-with-a-port-left-out.yaml')).said;
          },
          tell: () => refusal,
        },
      );
      const without = await dryRun('pod-without-a-proxy.yaml');
      await lesson.check('so is a pod that wants no proxy', without, ({ exitCode, said }) => {
        return exitCode === 1 && said.includes(words.pod);
      });
      const inMesh = await dryRun('pod-in-the-mesh.yaml');
      await lesson.check('a pod that asks for neither is admitted', inMesh, ({ exitCode }) => exitCode === 0);
    });

    await lesson.step('After: a restart makes no such pod, and the reason can be read', async () => {
      await cluster.kubectl('rollout', 'restart', 'deployment/backend', '--namespace', namespace, ...as('developer'));
      await cluster.eventually(
        'the Deployment says why it has no new pod',
        [
          'get',
          'deployment',
          'backend',
          '--namespace',
          namespace,
          '-o',
          'jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}',
          ...as('developer'),
        ],
        (message) => message.includes(words.port),
      );
    });

    await lesson.step('And without the annotation a pod comes, and the policy refuses the orders again', async () => {
      await cluster.kubectl(...patch(null));
      await cluster.kubectl(...rolledOut);
      await orders.settlesOn(forbidden);
      await open.settlesOn(answeredThroughItsProxy);
    });

    await lesson.step('istioctl needs rights too: tried without each of them, and with it', async () => {
      const routesOf = ['proxy-config', 'routes', `deployment/backend.${namespace}`, '--name', '80'];
      // Without a revision it would look for webhooks in the whole cluster.
      const statusOf = ['proxy-status', '--namespace', namespace, '--revision', 'default'];
      const rows: string[][] = [];
      for (const { what, command, file, lacks, shows, right } of [
        {
          what: 'proxy-config',
          command: routesOf,
          file: '40-may-forward.yaml',
          lacks: 'pods/portforward',
          shows: `backend.${namespace}`,
          right: "pods/portforward in the pod's namespace",
        },
        {
          what: 'proxy-status',
          command: statusOf,
          file: '50-may-ask-istiod.yaml',
          lacks: 'forbidden',
          shows: `.${namespace}`,
          right: 'pods, pods/portforward and serviceaccounts/token in istio-system',
        },
      ]) {
        const before = await run('istioctl', ...command, ...as('developer'));
        await lesson.check(`${what}: without the right it is refused`, before, ({ exitCode, said }) => {
          return exitCode !== 0 && said.includes(lacks);
        });
        await cluster.change(file);
        const after = await run('istioctl', ...command, ...as('developer'));
        await lesson.check(`${what}: with the right it shows the proxy`, after, ({ exitCode, said }) => {
          return exitCode === 0 && said.includes(shows);
        });
        rows.push([`istioctl ${what}`, right, before.said.split('\n').at(-1)?.slice(0, 200) ?? '']);
      }
      lesson.table('What two commands of istioctl need', ['command', 'right', 'it says without'], rows);
    });

    await lesson.step("istiod's debug pages: what a pod gets, and what a forwarded port gets", async () => {
      const podOf = async (app: string, where: string) =>
        (
          await cluster.kubectl(
            'get',
            'pods',
            '-l',
            `app=${app}`,
            '--namespace',
            where,
            '-o',
            'jsonpath={.items[0].metadata.name}',
          )
        ).stdout;
      const own = `/debug/config_dump?proxyID=${await podOf('backend', namespace)}.${namespace}`;
      const foreign = `/debug/config_dump?proxyID=${await podOf('neighbour', elsewhere)}.${elsewhere}`;
      const pages = ['/debug/syncz', own, foreign];
      const token = '-H "Authorization: Bearer $(cat /var/run/secrets/tokens/istio-token)"';
      const statuses = async (header: string) => {
        const calls = pages.map(
          (page) =>
            `curl -s --max-time 20 -o /dev/null -w '%{http_code}\\n' ${header} 'http://istiod.istio-system:15014${page}'`,
        );
        return (await probe.run('sh', '-c', calls.join('; '))).stdout.trim().split('\n').join(' ');
      };
      const seen = {
        'without a token': await statuses(''),
        'with the token of its account': await statuses(token),
        'through a forwarded port': (await cluster.shell(throughForwardedPort(pages))).stdout
          .trim()
          .split('\n')
          .join(' '),
      };
      await lesson.check(
        'the status of all proxies, a proxy of its own namespace, one of another: 401 each without a token; 403, 200 and 404 with it; 200 each through a forwarded port',
        seen,
        (found) => Object.values(found).join('; ') === '401 401 401; 403 200 404; 200 200 200',
      );
      lesson.table(
        'Pages of istiod',
        ['who asks', 'status of all proxies', 'proxy of its own namespace', 'proxy of another namespace'],
        Object.entries(seen).map(([who, found]) => [who].concat(found.split(' '))),
      );
    });
  },
);
