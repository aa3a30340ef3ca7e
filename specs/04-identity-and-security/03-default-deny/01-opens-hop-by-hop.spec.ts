import {
  answered,
  callOfApiServer,
  cutOffFrom,
  cutOffTcp,
  exercise,
  forbidden,
  linesOfCall,
  notAuthorised,
  openTcp,
  pgCommand,
  proxyLogCommand,
  rbacCountersOf,
  rbacSince,
  readProxyLog,
  refusedTcp,
  resetByProxy,
} from '../../../helpers/index.ts';

const namespace = 'm4-e3-hops';
const callers = ['frontend', 'backend', 'attacker', 'legacy'] as const;
const servers = ['frontend', 'backend', 'database'] as const;
type Caller = (typeof callers)[number];
type Server = (typeof servers)[number];
/** May this caller reach this server? Not asked of the caller without a proxy, whom STRICT keeps out. */
type Rule = (caller: Caller, server: Server) => boolean;
const everything: Rule = () => true;
const nothing: Rule = () => false;
const twoHops: Rule = (caller, server) =>
  (caller === 'frontend' && server === 'backend') || (caller === 'backend' && server === 'database');
const noPolicyMatched = 'rbac_access_denied_matched_policy[none]';
const logOf = (server: Server) => proxyLogCommand(`deployment/${server}`);

exercise(
  'AuthorizationPolicy shuts every hop and opens two',
  {
    persona: 'Sarah Martinez',
    question: 'A pod of ours is stolen, with its account. What does it reach, and how do I bring that down to one hop?',
    proof:
      'Four callers go to three servers, the same twelve calls each time. Before, every meshed caller is answered, by the application itself. Under a policy that lists nothing each of those calls is refused in the words of the proxy, the log names no policy that matched, and the counters of the three proxies grow by exactly the calls of the table. With two rules exactly two cells open again: the frontend reads from the backend and gets an answer that the database had a part in, and yet it cannot reach the database itself. The caller without a proxy is kept out by STRICT from the beginning. All four reach the API server meanwhile, so none of them is broken. Without the policies the attacker is answered again.',
    takeaway:
      'Shut the namespace with one empty policy, then open each hop by the account that needs it: a stolen pod reaches what it was allowed to, and nothing else.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e3.a1', 'm4.e3.a2'],
    readMore: 'https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const clients = {
      frontend: cluster.client('deployment/frontend'),
      backend: cluster.client('deployment/backend'),
      attacker: cluster.client('pod/attacker'),
      legacy: cluster.client('pod/legacy', `${namespace}-legacy`),
    };
    const urlOf = (server: Server) => `http://${server}.${namespace}/`;
    const database = `database.${namespace}`;

    /** Makes the twelve calls until each ends as the rule has it, and draws the table. */
    const matrixIs = async (title: string, open: Rule) => {
      const rows: string[][] = [];
      for (const caller of callers) {
        const row: string[] = [];
        for (const server of servers) {
          const may = open(caller, server);
          if (server === 'database') {
            const refused = caller === 'legacy' ? cutOffTcp : refusedTcp;
            await clients[caller].pg(database).settlesOn(may && caller !== 'legacy' ? openTcp : refused);
          } else {
            const expected = may ? answered(200, `"pod":"${server}-`) : forbidden;
            await clients[caller]
              .curl(urlOf(server))
              .settlesOn(caller === 'legacy' ? resetByProxy : expected, { inARow: 2 });
          }
          row.push(caller === 'legacy' ? '✕ no certificate' : may ? '✓ answered' : '✕ refused');
        }
        rows.push([caller, ...row]);
      }
      lesson.table(title, ['caller', ...servers], rows);
    };
    const counters = async (server: Server) => rbacCountersOf(cluster, `deployment/${server}`);
    /** Makes each of the twelve calls once, and tells what the three proxies decided meanwhile. */
    const decidedOnce = async () => {
      const before = await Promise.all(servers.map(counters));
      for (const caller of callers) {
        await clients[caller].newConnections(1, urlOf('frontend'));
        await clients[caller].newConnections(1, urlOf('backend'));
        await clients[caller].run(...pgCommand(database));
      }
      const after = await Promise.all(servers.map(counters));
      const decided = servers.map((server, index): [Server, string] => {
        const [then, now] = [before[index], after[index]];
        if (then === undefined || now === undefined) throw new Error('There is a reading for each server');
        const { allowed, denied, tcpAllowed, tcpDenied } = rbacSince(then, now);
        return [server, `${allowed + tcpAllowed} allowed, ${denied + tcpDenied} denied`];
      });
      return Object.fromEntries(decided);
    };

    await lesson.step('Before: every meshed caller is answered everywhere, the database among it', async () => {
      await matrixIs('Before the policies', everything);
      await clients.frontend.curl(urlOf('backend')).settlesOn(answered(200, '"database":{"one":1'), { inARow: 1 });
      const ofLegacy = ['legacy', '--namespace', `${namespace}-legacy`, '-o', 'jsonpath={.status.podIP}'];
      const { stdout: address } = await cluster.kubectl('get', 'pod', ...ofLegacy);
      await cluster.eventually(
        "the database's proxy has a line of a connection from legacy, which showed no certificate and was not taken",
        logOf('database'),
        (log) => cutOffFrom(log, address).length > 0,
      );
    });

    await lesson.step('One policy without a single rule lies in the namespace', async () => {
      await cluster.change('20-allow-nothing.yaml');
    });

    await lesson.step('After: every hop is shut, for HTTP and for the database alike', async () => {
      await matrixIs('Under the policy that lists nothing', nothing);
      await lesson.check(
        'of twelve calls the proxies deny nine and allow none; three came without a certificate',
        await decidedOnce(),
        ({ frontend, backend, database: pg }) =>
          [frontend, backend, pg].every((decided) => decided === '0 allowed, 3 denied'),
      );
    });

    await lesson.step('And the proxy says why: no policy allowed it', async () => {
      await clients.attacker.curl(`${urlOf('backend')}?call=stolen`).settlesOn(forbidden, { inARow: 1 });
      await cluster.eventually(
        "the backend's log has the attacker's call, and that no policy matched",
        logOf('backend'),
        (log) => linesOfCall(log, 'call=stolen').some(({ details }) => details === noPolicyMatched),
      );
      await cluster.eventually(
        "the database's log has connections that were ended for the same reason",
        logOf('database'),
        (log) => readProxyLog(log).some(({ method, termination }) => method === '-' && termination === noPolicyMatched),
      );
      await cluster.eventually(
        'the proxy is asked, and lists that policy as one that allows, with one rule that never matches',
        ['x', 'authz', 'check', 'deployment/backend', '--namespace', namespace],
        (listed) => /^ALLOW\s+allow-nothing\.m4-e3-hops\s+1$/m.test(listed),
        'istioctl',
      );
    });

    await lesson.step('And all four callers reach the API server, so none of them is broken', async () => {
      for (const caller of callers)
        await clients[caller].curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
    });

    await lesson.step('Two rules open two hops, each by the account of its caller', async () => {
      await cluster.change('30-two-hops.yaml');
    });

    await lesson.step('After: two cells of the table are open, and no third', async () => {
      await matrixIs('With two rules', twoHops);
      await lesson.check(
        'the proxies allow those two, and the connection that the backend makes to answer the frontend; they deny seven',
        await decidedOnce(),
        ({ frontend, backend, database: pg }) =>
          frontend === '0 allowed, 3 denied' && backend === '1 allowed, 2 denied' && pg === '2 allowed, 2 denied',
      );
    });

    await lesson.step('And the application works end to end: frontend, backend, database', async () => {
      await clients.frontend.curl(urlOf('backend')).settlesOn(answered(200, '"database":{"one":1'));
    });

    await lesson.step('And without the policies the attacker is answered again', async () => {
      await cluster.revert('30-two-hops.yaml');
      await cluster.revert('20-allow-nothing.yaml');
      await clients.attacker.curl(urlOf('backend')).settlesOn(answered(200, '"pod":"backend-'), { inARow: 2 });
      await clients.attacker.pg(database).settlesOn(openTcp);
    });
  },
);
