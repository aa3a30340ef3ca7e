import {
  answered,
  blackHoled,
  blockedByNetwork,
  type Client,
  closedByOwnProxy,
  exercise,
  forbidden,
  linesOfCall,
  newGuardedPod,
  notResolved,
  type Outcome,
  proxyLogCommand,
  readAccessLog,
  readProxyLog,
  type Reply,
  timeouts,
} from '../../../helpers/index.ts';

const namespace = 'm4-e9-gate';
const partners = 'm4-e9-partner';
const service = `partner.${partners}`;
/** A call of the partner by the name it has on the Internet; where it leads, curl is told. */
const partner = (query = '', host = 'api.partner.example') => [
  '--connect-to',
  `${host}:80:${service}:80`,
  `http://${host}/${query}`,
];
const partnerByTls = ['-k', '--connect-to', `api.partner.example:443:${service}:443`, 'https://api.partner.example/'];
const partnerLog = ['-n', partners, 'logs', 'deployment/partner', '--container', 'partner', '--tail=-1'];
const proxyLog = (app: string) => proxyLogCommand(`deployment/${app}`);
const reportsPods = ['get', 'pods', '-l', 'app=reports', '-o', 'jsonpath={.items[*].metadata.name}'];
const names = (output: string) => output.split(' ').filter((name) => name !== '');
const linesAbout = (pattern: RegExp, log: string) =>
  log
    .split('\n')
    .filter((line) => pattern.test(line))
    .join('\n');
const inVain = /ca request failed/;
/** With the address that the name led to, so the name service was reached. */
const noWayThere = /dial tcp \S+:15012: /;

const reached = answered(200, 'partner-');

const actors = ['payments', 'reports', 'past-proxy'] as const;
const states = ['open', 'registry', 'list', 'gate', 'wall'] as const;
type State = (typeof states)[number];
/** By whom the partner sees itself called: where each call ends in each state. */
const roads: Readonly<Record<State, readonly [string, string, string]>> = {
  open: ['payments', 'reports', 'reports'],
  registry: ['', '', 'reports'],
  list: ['payments', 'reports', 'reports'],
  gate: ['gate', '', 'reports'],
  wall: ['gate', '', ''],
};

exercise(
  'NetworkPolicy makes an egress gateway the only way out',
  {
    persona: 'Sarah Martinez',
    question:
      'A service that was taken over wants to send our data out. Our firewall knows addresses only. Who stops it, and can we allow one service one partner?',
    proof:
      'Three callers ask the same partner by the same command in five states: a payment service that may, a report service that may not, and a process in the pod of the report service that runs as the user of the proxy and so goes around it. The log of the partner is the second witness: it has a line of each call that got out, with the address that it came from, and none of any other. So it is seen that the process is stopped by no setting of the mesh, that the gate tells the two accounts apart, and for payments two hosts, and that only the network policy leaves no way but the gate. Each refusal has its own words: an empty 502 of the own proxy, a 403 of the gate, silence of the network, and, where the name service was forgotten, a lookup that ends before any call. In the end the network policies go, and the process gets out again.',
    takeaway:
      'Settings of the mesh guide honest programs, a gate asks for the account, and only a network policy makes it the one way out; it must leave names and the control plane open.',
    needs: ['k8s', 'sidecar', 'netpol'],
    proves: [
      'm4.e9.a1',
      'm4.e9.a2',
      'm4.e9.a3',
      'm4.e9.a4',
      'm4.e9.a5',
      'm4.e9.a6',
      'm4.e9.a7',
      'm4.e9.a8',
      'm4.e9.a9',
    ],
    errata: ['E412'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const clients: Readonly<Record<(typeof actors)[number], Client>> = {
      payments: cluster.client('deployment/payments'),
      reports: cluster.client('deployment/reports'),
      'past-proxy': cluster.client('deployment/reports', namespace, 'past-proxy'),
    };
    const { payments, reports } = clients;
    const visit = payments.curl('http://reports/');
    const addresses = new Map<string, string>();
    for (const app of ['payments', 'reports', 'gate']) {
      const { stdout } = await cluster.kubectl(
        'get',
        'pod',
        '-l',
        `app=${app}`,
        '-o',
        'jsonpath={.items[0].status.podIP}',
      );
      addresses.set(app, stdout);
    }
    const cells = new Map<string, string>();

    /** Waits until each of the three calls ends as it should; then the partner says which of them came, and from where. */
    const fill = async (state: State, [ofPayments, ofReports, ofProcess]: readonly [Outcome, Outcome, Outcome]) => {
      await payments.curl(...partner()).settlesOn(ofPayments);
      await reports.curl(...partner()).settlesOn(ofReports);
      await clients['past-proxy'].curl(...partner()).settlesOn(ofProcess);
      const mark = (actor: string) => `call=${actor}-${state}`;
      for (const actor of actors) {
        const [reply] = await clients[actor].newConnections(1, '--max-time', '3', ...partner(`?${mark(actor)}`));
        cells.set(`${actor} ${state}`, reply === undefined ? '' : cellOf(reply));
      }
      await cluster.eventually(
        `the log of the partner has exactly the calls that got out, from ${roads[state].filter((road) => road !== '').join(', ') || 'nobody'}`,
        partnerLog,
        (log) =>
          actors.every((actor, index) => {
            const road = roads[state][index] ?? '';
            return callersOf(log, mark(actor)).join() === (road === '' ? '' : addresses.get(road));
          }),
        'kubectl',
        { staysMs: 1_000, tell: (log) => linesAbout(new RegExp(`-${state}"`), log) },
      );
    };

    await lesson.step('By default every pod calls whom it likes', async () => {
      await fill('open', [reached, reached, reached]);
      await payments.curl(...partnerByTls).settlesOn(reached);
      await reports.curl(...partnerByTls).settlesOn(reached);
      await clients['past-proxy'].curl(...partnerByTls).settlesOn(reached);
    });

    await lesson.step(
      'REGISTRY_ONLY: the proxy passes on what it knows, and a process that goes around it is not asked',
      async () => {
        await cluster.change('20-only-what-is-known.yaml');
        await fill('registry', [blackHoled, blackHoled, reached]);
        await reports.curl(...partnerByTls).settlesOn(closedByOwnProxy);
        await visit.settlesOn(answered(200, 'Welcome to nginx!'));
        await cluster.eventually(
          'the proxy of the reports has answered by its route block_all, and has closed what was not HTTP',
          proxyLog('reports'),
          (log) =>
            linesOfCall(log, 'call=reports-registry').some(
              ({ status, route }) => status === 502 && route === 'block_all',
            ) && readProxyLog(log).some(({ method, text }) => method === '-' && text.includes('BlackHoleCluster')),
        );
        await cluster.eventually(
          'it has no line of the process that goes around it',
          proxyLog('reports'),
          (log) => log.includes('call=reports-registry') && !log.includes('call=past-proxy'),
          'kubectl',
          { staysMs: 2_000, tell: () => 'There is no line with call=past-proxy.' },
        );
      },
    );

    await lesson.step('A list names the partner: known, it may be called, others may not', async () => {
      await cluster.change('30-partner-is-known.yaml');
      await fill('list', [reached, reached, reached]);
      await payments.curl(...partnerByTls).settlesOn(reached);
      await payments.curl(...partner('', 'other.example')).settlesOn(blackHoled);
    });

    await lesson.step('A gate asks for account and host: payments may call the partner, reports may not', async () => {
      await cluster.change('40-through-the-gate.yaml');
      await cluster.eventually(
        'the partner is called from the address of the gate',
        partnerLog,
        (log) => callersOf(log, 'call=road').at(-1) === addresses.get('gate'),
        'kubectl',
        {
          tell: (log) =>
            linesAbout(/call=road"/, log)
              .split('\n')
              .at(-1) ?? '',
          beforeEachLook: () => payments.newConnections(1, ...partner('?call=road')),
        },
      );
      await fill('gate', [reached, forbidden, reached]);
      await cluster.eventually(
        'the log of the gate has the refused call: no policy matched it',
        proxyLog('gate'),
        (log) =>
          linesOfCall(log, 'call=reports-gate').some(
            ({ status, details }) => status === 403 && details === 'rbac_access_denied_matched_policy[none]',
          ),
      );
      // The gate has no way to this host either; that would be its 404, had the policy not come first.
      await payments.curl(...partner('?call=other-host', 'other.example')).settlesOn(forbidden);
      await cluster.eventually(
        'the log of the gate has the call of payments to the other host, which no policy matched either',
        proxyLog('gate'),
        (log) =>
          linesOfCall(log, 'call=other-host').some(
            ({ status, details, authority }) =>
              status === 403 && authority === 'other.example' && details === 'rbac_access_denied_matched_policy[none]',
          ),
      );
      await visit.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('Nothing may leave: every call ends while its name is looked up', async () => {
      await cluster.change('50-nothing-leaves.yaml');
      for (const actor of actors) await clients[actor].curl(...partner()).settlesOn(notResolved);
      await cluster
        .client('deployment/partner', partners)
        .eventually(
          'a pod of another namespace still finds the name',
          ['getent', 'hosts', `${service}.svc.cluster.local`],
          ({ exitCode, stdout }) => exitCode === 0 && /^\d/.test(stdout),
        );
    });

    await lesson.step('Names, the control plane and the gate are left open: it is the only way out', async () => {
      await cluster.change('60-names-and-the-gate.yaml');
      await cluster.change('70-to-the-control-plane.yaml');
      await fill('wall', [reached, forbidden, blockedByNetwork]);
      lesson.table(
        'Three callers, five states: who reaches the partner',
        ['caller', 'default', 'REGISTRY_ONLY', 'partner on the list', 'gate', 'gate and wall'],
        actors.map((actor) => [actor, ...states.map((state) => cells.get(`${actor} ${state}`) ?? '')]),
      );
      await lesson.check(
        'the process that goes around its proxy gets out in every state but the last, and payments get out in that too',
        Object.fromEntries(states.map((state) => [state, actors.map((actor) => cells.get(`${actor} ${state}`))])),
        (seen) =>
          states.every((state) => (seen[state]?.[2] === 'HTTP 200') === (state !== 'wall')) &&
          seen['wall']?.[0] === 'HTTP 200',
      );
    });

    await lesson.step('Without a way to the control plane a new pod of the reports does not become Ready', async () => {
      await cluster.revert('70-to-the-control-plane.yaml');
      const known = names((await cluster.kubectl(...reportsPods)).stdout);
      let cutOff = '';
      await newGuardedPod({ lesson, cluster }, 'deployment/reports', 'm4.e9.a9', async () => {
        const now = await cluster.eventually('there is a new pod', reportsPods, (output) =>
          names(output).some((name) => !known.includes(name)),
        );
        cutOff = names(now).find((name) => !known.includes(name)) ?? '';
        known.push(cutOff);
        const log = await cluster.eventually(
          'its proxy has asked for a certificate',
          ['logs', cutOff, '--container', 'istio-proxy'],
          (text) => inVain.test(text) || /generated new workload certificate/.test(text),
          'kubectl',
          {
            settleMs: timeouts.connectionGivenUpMs,
            tell: (text) => linesAbout(/ca request|new workload certificate/, text).split('\n')[0] ?? '',
          },
        );
        return !inVain.test(log);
      });
      await cluster.eventually(
        'it asks in vain: port 15012 of the control plane is closed to it',
        ['logs', cutOff, '--container', 'istio-proxy'],
        (log) => inVain.test(log) && noWayThere.test(log),
        'kubectl',
        { tell: (text) => linesAbout(noWayThere, text).split('\n')[0] ?? '' },
      );
      const isReady = ['get', 'pod', cutOff, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'];
      await cluster.eventually('the pod is not Ready', isReady, (status) => status === 'False', 'kubectl', {
        staysMs: 3_000,
      });
      await cluster.change('70-to-the-control-plane.yaml');
      await cluster.eventually(
        'with the way open again the pod becomes Ready',
        isReady,
        (status) => status === 'True',
        'kubectl',
        { settleMs: 80_000 },
      );
    });

    await lesson.step('And without the network policies the process gets out again', async () => {
      await cluster.revert('70-to-the-control-plane.yaml');
      await cluster.revert('60-names-and-the-gate.yaml');
      await cluster.revert('50-nothing-leaves.yaml');
      await clients['past-proxy'].curl(...partner()).settlesOn(reached);
      await reports.curl(...partner()).settlesOn(forbidden);
    });
  },
);

/** Addresses from which calls with this mark came to the test server, by its log. */
function callersOf(log: string, mark: string): string[] {
  return readAccessLog(log)
    .filter(({ path }) => path === `/?${mark}`)
    .map(({ client }) => client);
}

/** How one call ended, in a few words. */
function cellOf({ status, body, curlExit }: Reply): string {
  if (status === 0) return `no answer (curl ${curlExit})`;
  return status === 403 ? `HTTP 403, ${body.trim()}` : `HTTP ${status}`;
}
