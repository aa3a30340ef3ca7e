import {
  answered,
  type Client,
  exercise,
  forbidden,
  rbacCountersCommand,
  rbacDenial,
  rbacSince,
  readRbacCounters,
} from '../../../helpers/index.ts';

const backend = 'http://backend.m1-e7-matrix/';
const requests = [
  { request: 'GET /', args: [backend], application: 200 },
  { request: 'GET /data', args: [`${backend}data`], application: 200 },
  { request: 'HEAD /', args: ['--head', backend], application: 200 },
  { request: 'POST /', args: ['-X', 'POST', backend], application: 405 },
  { request: 'POST /data', args: ['-X', 'POST', `${backend}data`], application: 405 },
] as const;

exercise(
  'AuthorizationPolicy decides by caller, method and path, and by nothing else',
  {
    persona: 'Sarah Martinez',
    question: 'Least privilege between services: who may do what, seen as one table?',
    proof:
      'Every cell is one call, made with the same command before and after. Before the policy all twenty are answered by the application itself. After it one cell of the table is left. The pod that wears the label of the frontend is refused, so labels do not count; the frontend is replaced by a pod with another address and still reads, so addresses do not count either. The proxy counts neither more nor fewer refusals than the table has.',
    takeaway: 'Label and address can be had by anyone; the account in the certificate cannot.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e7.a1', 'm1.e7.a3', 'm1.e7.a5', 'm1.e7.a6', 'm1.e7.a7', 'm1.e7.a9'],
    errata: ['E138', 'E148'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authorization/authz-http/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const callers: readonly (readonly [string, Client])[] = [
      ['frontend', frontend],
      ['attacker', cluster.client('pod/attacker')],
      ['impostor: label of the frontend', cluster.client('pod/impostor')],
      ['legacy: no sidecar', cluster.client('pod/legacy', 'm1-e7-matrix-legacy')],
    ];
    const matrix = async () =>
      Promise.all(
        callers.map(async ([name, caller]) => {
          const statuses: number[] = [];
          let refusedByProxy = 0;
          for (const { args, request } of requests) {
            const [reply] = await caller.newConnections(1, ...args);
            statuses.push(reply?.status ?? 0);
            // The answer to HEAD has no body by which the proxy could be told from the application.
            if (reply?.body.trim() === rbacDenial || (request.startsWith('HEAD') && reply?.status === 403))
              refusedByProxy += 1;
          }
          return { name, statuses, refusedByProxy };
        }),
      );
    const show = (title: string, rows: Awaited<ReturnType<typeof matrix>>) =>
      lesson.table(
        title,
        ['caller', ...requests.map(({ request }) => request)],
        rows.map(({ name, statuses }) => [
          name,
          ...statuses.map((status) => (status === 403 ? '✕ 403' : `✓ ${status}`)),
        ]),
      );
    const counters = async () =>
      readRbacCounters((await cluster.kubectl('exec', 'deployment/backend', ...rbacCountersCommand)).stdout);

    await lesson.step('Before: the application answers everyone, whatever they ask', async () => {
      for (const [, caller] of callers) await caller.curl(backend).settlesOn(answered(200, 'backend-'));
      const before = await matrix();
      show('Before the policy: status of every call', before);
      await lesson.check('every call is answered by the application', before, (rows) =>
        rows.every(({ statuses }) => statuses.every((status, column) => status === requests[column]?.application)),
      );
    });

    await lesson.step('The policy lists one caller, one method, one path', async () => {
      await cluster.change('20-backend-authz.yaml');
      // On a connection that is open already the proxy answers once more by the old rules, and then closes it.
      await frontend.curl('-X', 'POST', backend).settlesOn(forbidden);
      for (const [, caller] of callers.slice(1)) await caller.curl(backend).settlesOn(forbidden);
    });

    await lesson.step('After: one cell of the table is left', async () => {
      const start = await counters();
      const after = await matrix();
      const end = await counters();
      show('Under the policy: status of every call', after);
      await lesson.check('GET / of the frontend has 200, and every other cell 403', after, (rows) =>
        rows.every(({ name, statuses }) =>
          statuses.every((status, column) => status === (name === 'frontend' && column === 0 ? 200 : 403)),
        ),
      );
      await lesson.check('every 403 is in the words of the proxy, not of the application', after, (rows) =>
        rows.every(
          ({ statuses, refusedByProxy }) => statuses.filter((status) => status === 403).length === refusedByProxy,
        ),
      );
      await lesson.check(
        'the proxy has counted one call as allowed and nineteen as denied',
        rbacSince(start, end),
        ({ allowed, denied }) => allowed === 1 && denied === 19,
      );
      await cluster.eventually(
        'the policy has reached the proxy of the backend',
        ['x', 'authz', 'check', 'deployment/backend', '--namespace', 'm1-e7-matrix'],
        (listed) => listed.includes('backend-authz'),
        'istioctl',
      );
    });

    await lesson.step('And a new pod of the frontend, with a new address, is the frontend still', async () => {
      const address = ['get', 'pod', '-l', 'tier=web', '-o', 'jsonpath={.items[*].status.podIP}'];
      const old = (await cluster.kubectl(...address)).stdout;
      await cluster.kubectl('rollout', 'restart', 'deployment/frontend');
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=60s');
      await cluster.eventually(
        'the frontend has another address',
        address,
        (now) => now !== '' && !now.split(' ').includes(old),
      );
      await frontend.curl(backend).settlesOn(answered(200, 'backend-'));
      await frontend.curl('-X', 'POST', backend).settlesOn(forbidden);
    });

    await lesson.step('And it guards the backend alone: the attacker reaches the frontend', async () => {
      await cluster.client('pod/attacker').curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });
  },
);
