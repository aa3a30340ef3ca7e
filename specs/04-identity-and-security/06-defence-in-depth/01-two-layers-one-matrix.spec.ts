import {
  answered,
  blockedByNetwork,
  type Client,
  cutOffFrom,
  exercise,
  forbidden,
  linesOfCall,
  type Outcome,
  proxyLogCommand,
  rbacDenial,
  type Reply,
  resetByProxy,
} from '../../../helpers/index.ts';

const namespace = 'm4-e6-layers';
const columns = ['none', 'network', 'mesh', 'both'] as const;
type Column = (typeof columns)[number];

/** How a call ends, and by whose doing. */
const endings = {
  'the application answers': answered(200, 'backend-'),
  'the application refuses the method': answered(405, '405 Not Allowed'),
  'the network lets nothing through': blockedByNetwork,
  'the proxy cuts it off': resetByProxy,
  'the policy of the mesh refuses it': forbidden,
} as const satisfies Readonly<Record<string, Outcome>>;
type Ending = keyof typeof endings;

const open: Ending = 'the application answers';
const method: Ending = 'the application refuses the method';
const network: Ending = 'the network lets nothing through';
const cut: Ending = 'the proxy cuts it off';
const policy: Ending = 'the policy of the mesh refuses it';

/** One caller with one request, and how it ends in each column. */
interface Row {
  readonly id: string;
  readonly says: string;
  readonly caller: Client;
  readonly request: (query: string) => readonly string[];
  readonly ends: readonly [Ending, Ending, Ending, Ending];
}

const backend = (query: string) => `http://backend/${query}`;
const podAddress = (selector: string) => ['get', 'pod', '-l', selector, '-o', 'jsonpath={.items[0].status.podIP}'];
const reachesApplication = (ending: Ending | undefined) => ending === open || ending === method;

exercise(
  'NetworkPolicy and mesh refuse together what each lets pass alone',
  {
    persona: 'Sarah Martinez',
    question:
      'The CISO asks: we paid two years for network policies. Why should I pay for a second layer, and what would I lose if I kept only one of them?',
    proof:
      'Eight calls are made in four situations, each time by the same command: with nothing, with the network policy alone, with the mesh alone, with both. Each ending has a signature of its own: no answer at all from the network, a connection that is cut off before any HTTP by a proxy that wants a certificate, a 403 in the words of the proxy, and a 405 of the application itself. A second witness agrees on each cell: the log of the application has a line of every call that was answered and of no other, and the log of the proxy says why it refused. Attacker, thief and the process past the proxy reach the frontend in all four situations, so none of them is broken. Taken away at the end, both layers take their refusals with them.',
    takeaway:
      'Keep both: the network policy stops packets also on ports that the mesh does not see, the mesh stops whoever only wears the right label.',
    needs: ['k8s', 'sidecar', 'netpol'],
    proves: ['m4.e6.a1', 'm4.e6.a2', 'm4.e6.a3', 'm4.e6.a4', 'm4.e6.a5', 'm4.e6.a6', 'm4.e6.a7', 'm4.e6.a8'],
    errata: ['E109', 'E116', 'E117', 'E127'],
    readMore: 'https://istio.io/latest/docs/ops/best-practices/security/#defense-in-depth-with-networkpolicy',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attacker = cluster.client('pod/attacker');
    const thief = cluster.client('pod/thief');
    const pastProxy = cluster.client('deployment/other', namespace, 'past-proxy');
    const frontend = cluster.client('deployment/frontend');
    const get = (query: string) => [backend(query)];
    const rows: readonly Row[] = [
      {
        id: 'attacker',
        says: 'attacker: no proxy, no label',
        caller: attacker,
        request: get,
        ends: [open, network, cut, network],
      },
      {
        id: 'thief',
        says: 'thief: the label of the frontend, no proxy',
        caller: thief,
        request: get,
        ends: [open, open, cut, cut],
      },
      {
        id: 'other',
        says: 'other: the label of the frontend, an account of its own',
        caller: cluster.client('deployment/other'),
        request: get,
        ends: [open, open, policy, policy],
      },
      {
        id: 'past-proxy',
        says: 'past-proxy: in the same pod; if it has a proxy, goes around it',
        caller: pastProxy,
        request: get,
        ends: [open, open, cut, cut],
      },
      {
        id: 'frontend-post',
        says: 'frontend: POST, which is not its business',
        caller: frontend,
        request: (query) => ['-X', 'POST', backend(query)],
        ends: [method, method, policy, policy],
      },
      { id: 'frontend', says: 'frontend: GET', caller: frontend, request: get, ends: [open, open, open, open] },
      {
        id: 'attacker-9090',
        says: 'attacker: port 9090, which is kept out of the mesh',
        caller: attacker,
        request: (query) => [`http://backend:9090/${query}`],
        ends: [open, network, open, network],
      },
      {
        id: 'thief-9090',
        says: 'thief: the same port, which the network policy does not list',
        caller: thief,
        request: (query) => [`http://backend:9090/${query}`],
        ends: [open, network, open, network],
      },
    ];
    const cells = new Map<string, string>();
    const refused = (column: Column) =>
      rows
        .filter((_, index) => !/^HTTP (200|405)/.test(cells.get(`${column} ${rows[index]?.id}`) ?? ''))
        .map(({ id }) => id);

    /** Waits until each call ends as it should, then makes each once more, with a mark, and asks the second witnesses. */
    const fill = async (column: Column) => {
      const at = columns.indexOf(column);
      const mark = (id: string) => `call=${id}-${column}`;
      for (const { caller, request, ends } of rows)
        await caller.curl(...request('')).settlesOn(endings[ends[at] ?? open]);
      const replies = await Promise.all(
        rows.map(async ({ id, caller, request }) => {
          const [reply] = await caller.newConnections(1, '--max-time', '3', ...request(`?${mark(id)}`));
          return { id, ending: reply === undefined ? 'no reply' : endingOf(reply), cell: reply ? cellOf(reply) : '' };
        }),
      );
      for (const { id, cell } of replies) cells.set(`${column} ${id}`, cell);
      await lesson.check(
        'each of the eight calls ends so once more',
        replies.map(({ id, ending, cell }) => ({ id, ending, cell })),
        (seen) => seen.every(({ ending }, index) => ending === rows[index]?.ends[at]),
      );
      for (const container of ['hello', 'metrics']) {
        const mine = rows.filter(({ id }) => id.endsWith('-9090') === (container === 'metrics'));
        await cluster.eventually(
          `the log of ${container === 'hello' ? 'the application' : 'port 9090'} has a line of each call that was answered, and of no other`,
          ['logs', 'deployment/backend', '--container', container, '--tail=-1'],
          (log) => mine.every(({ id, ends }) => log.includes(mark(id)) === reachesApplication(ends[at])),
          'kubectl',
          {
            staysMs: 1_000,
            tell: (log) =>
              log
                .split('\n')
                .filter((line) => mine.some(({ id }) => line.includes(mark(id))))
                .join('\n'),
          },
        );
      }
      await cluster.eventually(
        'port 9090 answers the probes of the node',
        ['logs', 'deployment/backend', '--container', 'metrics', '--since=5s'],
        (log) => log.split('\n').some((line) => line.includes('"path":"/healthz"') && line.includes('"status":200')),
      );
      for (const caller of [attacker, thief, pastProxy])
        await caller.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    };

    /** The proxy of the backend has a line for each call that it refused, and it says why. */
    const askProxy = async (column: Column) => {
      const at = columns.indexOf(column);
      const byPolicy = rows.filter(({ ends }) => ends[at] === policy);
      await cluster.eventually(
        `the log of the proxy has ${byPolicy.length} calls that no policy matched`,
        proxyLogCommand('deployment/backend'),
        (log) =>
          byPolicy.every(({ id }) =>
            linesOfCall(log, `call=${id}-${column}`).some(
              ({ status, details }) => status === 403 && details === 'rbac_access_denied_matched_policy[none]',
            ),
          ),
      );
    };

    await lesson.step('Nothing: whoever asks is answered', async () => {
      await fill('none');
    });

    await lesson.step('NetworkPolicy alone: the label decides, and one port', async () => {
      await cluster.change('20-network-policy.yaml');
      await fill('network');
    });

    await lesson.step('The network policy goes, and the pods are restarted into the mesh', async () => {
      await cluster.revert('20-network-policy.yaml');
      await attacker.curl(backend('')).settlesOn(endings[open]);
      await cluster.change('30-injection.yaml');
      const deployments = ['backend', 'frontend', 'other'].map((name) => `deployment/${name}`);
      await cluster.kubectl('rollout', 'restart', ...deployments);
      for (const deployment of deployments) await cluster.kubectl('rollout', 'status', deployment, '--timeout=80s');
      await attacker.curl(backend('')).settlesOn(endings[open]);
    });

    await lesson.step('Mesh alone: the certificate decides, and the method', async () => {
      await cluster.change('40-mesh-policies.yaml');
      await fill('mesh');
      await askProxy('mesh');
      const addresses = new Map<string, string>();
      for (const [name, selector] of [
        ['attacker', 'run=attacker'],
        ['thief', 'app=frontend,!tier'],
        ['other', 'tier=other'],
      ] as const)
        addresses.set(name, (await cluster.kubectl(...podAddress(selector))).stdout);
      await cluster.eventually(
        'and connections of attacker, thief and other that showed no certificate: no filter chain is for them',
        proxyLogCommand('deployment/backend'),
        (log) => [...addresses.values()].every((address) => cutOffFrom(log, address).length > 0),
      );
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '-n', namespace, '--failure-threshold', 'Error');
      await lesson.check(
        'the analysis warns of the container that runs as the user of the proxy: IST0144',
        stdout,
        (report) => report.split('\n').some((line) => line.includes('IST0144') && /\bother\b/.test(line)),
      );
    });

    await lesson.step('Both: each goes on refusing what it refused alone', async () => {
      await cluster.change('20-network-policy.yaml');
      await fill('both');
      await askProxy('both');
    });

    await lesson.step('Seen as one table: both together refuse more than each of them', async () => {
      lesson.table(
        'Eight calls, four situations',
        ['call', 'nothing', 'NetworkPolicy', 'mesh', 'both'],
        rows.map(({ id, says }) => [says, ...columns.map((column) => cells.get(`${column} ${id}`) ?? '')]),
      );
      const [none, byNetwork, byMesh, byBoth] = [refused('none'), refused('network'), refused('mesh'), refused('both')];
      await lesson.check(
        'with nothing no call is refused, and with both every call that one of them refuses',
        { none, byNetwork, byMesh, byBoth },
        () => none.length === 0 && [...byNetwork, ...byMesh].every((id) => byBoth.includes(id)),
      );
      await lesson.check(
        'the mesh refuses what the network lets pass, and the network what the mesh lets pass',
        {
          onlyByMesh: byMesh.filter((id) => !byNetwork.includes(id)),
          onlyByNetwork: byNetwork.filter((id) => !byMesh.includes(id)),
        },
        ({ onlyByMesh, onlyByNetwork }) =>
          onlyByMesh.join() === 'thief,other,past-proxy,frontend-post' &&
          onlyByNetwork.join() === 'attacker-9090,thief-9090',
      );
    });

    await lesson.step('And without both layers everyone is answered again', async () => {
      await cluster.revert('20-network-policy.yaml');
      await cluster.revert('40-mesh-policies.yaml');
      for (const { caller, request, ends } of rows) await caller.curl(...request('')).settlesOn(endings[ends[0]]);
    });
  },
);

/** How one call ended, by its signature. */
function endingOf({ status, body, curlExit }: Reply): Ending | 'otherwise' {
  if (status === 200 && body.includes('backend-')) return open;
  if (status === 405 && body.includes('405 Not Allowed')) return method;
  if (status === 403 && body.trim() === rbacDenial) return policy;
  if (status === 0 && (curlExit === 28 || curlExit === 7)) return network;
  if (status === 0 && [35, 52, 56].includes(curlExit)) return cut;
  return 'otherwise';
}

/** The same for the table. */
function cellOf(reply: Reply): string {
  if (reply.status === 0) return `${endingOf(reply)} (curl ${reply.curlExit})`;
  return reply.status === 403 ? `HTTP 403, ${reply.body.trim()}` : `HTTP ${reply.status}`;
}
