import { answered, exercise, forbidden, linesOfCall, type Outcome } from '../../../helpers/index.ts';

const namespace = 'm8-e8-roles';
const elsewhere = 'm8-e8-elsewhere';
const files = 'fixtures/08-integration/08-change-control/03-least-privilege/files';
/** Whoever makes pods in a namespace may let them run under any account of it, so the platform's lies in another. */
const account = (name: string) => `system:serviceaccount:${name === 'platform' ? elsewhere : namespace}:${name}`;
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
const notNamed: readonly { what: string; try: readonly string[]; verb: string; resource: string }[] = [
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
    verb: 'create',
    resource,
  })),
  {
    what: 'label on the namespace',
    try: ['label', 'namespace', namespace, 'istio-injection=disabled', '--overwrite', '--dry-run=server'],
    verb: 'patch',
    resource: 'namespaces',
  },
  {
    what: 'command in a pod',
    try: ['exec', 'deployment/backend', '--namespace', namespace, '--', 'node', '--version'],
    verb: 'create',
    resource: 'pods/exec',
  },
  {
    what: 'forwarded port',
    try: ['port-forward', 'deployment/backend', '--namespace', namespace, ':15000'],
    verb: 'create',
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
  'Roles bound a developer, annotations go past them, and admission refuses those that it names',
  {
    persona: 'Ahmed Hassan',
    question: 'What may a developer do to the mesh, what can he do that no role forbids, and who can read everything?',
    proof:
      "The same commands are tried under the account of a developer before and after a role is bound to it, and under that of the platform team. The rule that the developer makes is then found in the routes of a proxy. What the role does not name is refused to him by name, and possible for the platform team, as a dry run and the API server's own answer tell. His Deployment may name any account of his namespace, also one with more rights. Kubernetes' own role for editors may make a Deployment and none of four kinds of Istio's, which the platform team may make. Then the developer sets an annotation on his own Deployment. A caller that the policy refused is answered past the proxy, while the proxy still has the policy. An admission policy refuses such pods in words of its own, and those that have no proxy by a label or by an annotation; it admits one that asks for none of this. The pod that runs goes on past its proxy until it is replaced; when the annotation is gone, the caller is refused again. Two commands of istioctl are tried without rights and with a set of them that is enough. At last a pod asks istiod's debug pages: without a token, with the token of its account, and the same pages are asked through a forwarded port.",
    takeaway:
      'Give developers routes and not policies, forbid by admission what annotations can switch off, and treat port-forward to istiod as a right of administrators. A route of his namespace may name hosts of others, which this role does not bound.',
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
    const isForbidden = (
      { exitCode, said }: { exitCode: number | undefined; said: string },
      verb: string,
      resource: string,
    ) =>
      exitCode === 1 &&
      said.includes(`forbidden: User "${account('developer')}" cannot ${verb} resource "${resource}"`);
    const makeRoute = ['create', '-f', `${files}/route.yaml`, ...as('developer')];
    const readLog = ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail=-1', '--namespace', namespace];

    await lesson.step('Before: the developer may make no route and read no log', async () => {
      await open.settlesOn(answered(200, 'backend-'));
      await lesson.check('the route is refused', await kubectl(...makeRoute), (seen) =>
        isForbidden(seen, 'create', 'virtualservices'),
      );
      await lesson.check('so is the log', await kubectl(...readLog, ...as('developer')), (seen) =>
        isForbidden(seen, 'get', 'deployments'),
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
      // With --list it ends with 0 also where something is not allowed.
      await cluster.eventually(
        'the developer may create VirtualServices',
        ['auth', 'can-i', '--list', '--namespace', namespace, ...as('developer')],
        (rights) => /^virtualservices\.networking\.istio\.io\s.*\bcreate\b/m.test(rights),
        'kubectl',
        { tell: (rights) => /^virtualservices\..*$/m.exec(rights)?.[0] ?? '' },
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
      for (const { what, try: tried, verb, resource } of notNamed) {
        const [word = '', ...rest] = tried;
        const end = rest.indexOf('--');
        const withAccount = (name: string) =>
          end < 0 ? [word, ...rest, ...as(name)] : [word, ...rest.slice(0, end), ...as(name), ...rest.slice(end)];
        const developer = await kubectl(...withAccount('developer'));
        // A port that may be forwarded stays so until somebody ends it.
        const platform = await kubectl(
          ...(word === 'port-forward'
            ? ['auth', 'can-i', 'create', resource, '--namespace', namespace, ...as('platform')]
            : withAccount('platform')),
        );
        await lesson.check(
          `${what}: refused to the developer, who cannot ${verb} ${resource}, and possible for the platform team`,
          { developer, platform },
          (seen) => isForbidden(seen.developer, verb, resource) && seen.platform.exitCode === 0,
        );
        rows.push([what, 'refused', 'possible']);
      }
      lesson.table('What the role does not name', ['what', 'developer', 'platform team'], rows);
    });

    await lesson.step('And what no rule of the role is about: under which account his pods run', async () => {
      const asEditor = JSON.stringify({ spec: { template: { spec: { serviceAccountName: 'editor' } } } });
      const patched = ['deployment/backend', '--namespace', namespace, '--type=merge', `--patch=${asEditor}`];
      await lesson.check(
        'the API server takes his Deployment with the account of the editor, who may do more (a dry run)',
        await kubectl('patch', ...patched, '--dry-run=server', ...as('developer')),
        ({ exitCode, said }) => exitCode === 0 && said.includes('deployment.apps/backend patched'),
      );
    });

    await lesson.step("Kubernetes' own role for editors may create none of four kinds of Istio's", async () => {
      const kinds = [
        'deployments.apps',
        'virtualservices.networking.istio.io',
        'authorizationpolicies.security.istio.io',
        'telemetries.telemetry.istio.io',
        'trafficextensions.extensions.istio.io',
      ];
      const can = async (kind: string, who: string) =>
        (await kubectl('auth', 'can-i', 'create', kind, '--namespace', namespace, ...as(who))).said
          .split('\n')
          .at(-1) ?? '';
      const answers: Record<string, { editor: string; platform: string }> = {};
      for (const kind of kinds)
        answers[kind] = { editor: await can(kind, 'editor'), platform: await can(kind, 'platform') };
      await lesson.check(
        'an editor may create a Deployment and none of the four; the platform team may create each of them',
        answers,
        (seen) => {
          const [ofKubernetes, ...ofIstio] = Object.values(seen);
          return (
            ofKubernetes?.editor === 'yes' &&
            ofIstio.length === 4 &&
            ofIstio.every(({ editor, platform }) => editor.startsWith('no') && platform === 'yes')
          );
        },
      );
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
      // The node goes on to lead some calls to the pod from before until it has heard that this is gone.
      await probe.burstShows('all calls reach the new pod, past the proxy', [`${backend}/orders`], (replies) =>
        replies.every(({ status }) => status === 200),
      );
      await orders.settlesOn(answeredPastTheProxy);
      await cluster.eventually(
        'the proxy of the new pod has the policy all the same',
        ['x', 'authz', 'check', `deployment/backend.${namespace}`],
        (list) => list.includes(`only-public.${namespace}`),
        'istioctl',
      );
      const calls = await probe.newConnections(5, `${backend}/orders?call=past-the-proxy`);
      await lesson.check(
        'five such calls are answered',
        calls.map(({ status }) => status),
        (seen) => seen.join() === '200,200,200,200,200',
      );
      const linesIn = (log: string) => linesOfCall(log, 'call=past-the-proxy').length;
      await cluster.eventually(
        'its log has no line of these five calls',
        readLog,
        (log) => log.includes('Envoy proxy is ready') && linesIn(log) === 0,
        'kubectl',
        { staysMs: 3_000, tell: (log) => `${linesIn(log)} lines of them` },
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
      for (const [what, file, said] of [
        ['a pod whose label wants no proxy', 'pod-without-a-proxy.yaml', words.pod],
        ['a pod whose annotation wants no proxy', 'pod-without-a-proxy-by-annotation.yaml', words.pod],
        ['a pod whose calls are not to be caught', 'pod-that-is-not-captured.yaml', words.port],
      ] as const)
        await lesson.check(`so is ${what}`, await dryRun(file), (seen) => {
          return seen.exitCode === 1 && seen.said.includes(said);
        });
      const inMesh = await dryRun('pod-in-the-mesh.yaml');
      await lesson.check('a pod that asks for none of this is admitted', inMesh, ({ exitCode }) => exitCode === 0);
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
      // The pod from before runs on.
      await orders.settlesOn(answeredPastTheProxy);
    });

    await lesson.step('And without the annotation a pod comes, and the policy refuses the orders again', async () => {
      await cluster.kubectl(...patch(null));
      await cluster.kubectl(...rolledOut);
      await orders.settlesOn(forbidden);
      await open.settlesOn(answeredThroughItsProxy);
    });

    await lesson.step('istioctl needs rights too: tried without them, and with them', async () => {
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
          right: 'pods, services, pods/portforward and serviceaccounts/token in istio-system, given together',
        },
      ]) {
        const before = await run('istioctl', ...command, ...as('developer'));
        await lesson.check(`${what}: without these rights it is refused`, before, ({ exitCode, said }) => {
          return exitCode !== 0 && said.includes(lacks);
        });
        await cluster.change(file);
        await cluster.eventually(
          `${what}: with these rights it shows the proxy`,
          [...command, ...as('developer')],
          (said) => said.includes(shows),
          'istioctl',
        );
        rows.push([`istioctl ${what}`, right, before.said.split('\n').at(-1)?.slice(0, 200) ?? '']);
      }
      lesson.table(
        'What two commands of istioctl need',
        ['command', 'rights that were enough', 'it says without'],
        rows,
      );
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
