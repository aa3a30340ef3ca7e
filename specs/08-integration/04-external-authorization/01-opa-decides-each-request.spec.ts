import { createHash } from 'node:crypto';

import {
  answered,
  askedMeanwhile,
  decisionLogCommand,
  type Ending,
  exercise,
  proxyLogCommand,
  ProxyLines,
  readDecisions,
  readProxyLog,
  refusedByProvider,
  type Reply,
  tally,
} from '../../../helpers/index.ts';

const namespace = 'm8-e4-opa';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const orders = 'http://backend/orders';
const open = 'http://backend/public';
/** A line about the caller's certificate, as a proxy would write it, that names the clerk. */
const posing = ['-H', `x-forwarded-client-cert: URI=${identity('clerk')}`];
const fromBackend = answered(200, '"pod":"backend-');
const refusal: Ending = { status: 403, flags: ['UAEX'], details: 'ext_authz_denied' };
const decisionLog = decisionLogCommand('deployment/opa');
/** A decision is written down before its call is answered; one that is not there after this time was not made. */
const staysMs = 2_000;
/** Calls to each of two paths. */
const calls = 10;

/** What is applied in the namespace that could change what a proxy does, each object with its version. */
const meshObjects = [
  'get',
  'authorizationpolicies,peerauthentications,requestauthentications,virtualservices,destinationrules,sidecars,envoyfilters,telemetries,serviceentries,gateways.networking.istio.io,workloadentries,workloadgroups,proxyconfigs,wasmplugins',
  '-o',
  'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.resourceVersion}{"\\n"}{end}',
];
const listener = ['proxy-config', 'listeners', `deployment/backend.${namespace}`, '--port', '15006', '-o', 'json'];
/** The switch of those who run the policies: a fact that OPA knows, and that no manifest holds. */
const setFreeze = (frozen: boolean) =>
  `echo ${frozen} | kubectl replace --raw /api/v1/namespaces/${namespace}/services/opa:http/proxy/v1/data/freeze -f -`;

const statuses = (replies: readonly Reply[]) => Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`));
/** True if so many calls ended with this status, and none otherwise. */
const all = (seen: Record<string, number>, status: number, times: number) =>
  JSON.stringify(seen) === JSON.stringify({ [`HTTP ${status}`]: times });
/** Id of a call, as the called server saw it. */
const requestIdIn = ({ body }: Reply) => /"x-request-id":"([^"]+)"/.exec(body)?.[1] ?? '';

exercise(
  'AuthorizationPolicy asks OPA about each call that it matches',
  {
    persona: 'Ahmed Hassan',
    question:
      'We have OPA, and it guards what is deployed. Can it also decide who may call whom, from one call to the next?',
    proof: `Before the policy two callers read and write the orders, and OPA has decided nothing. With it the clerk may read and write, and may not delete; the reports, whose call is the same as the clerk's, are refused, and the log of the called proxy says that a decider denied it. A path that the policy does not match is answered to both. Of ${calls} calls to the orders and ${calls} to the other path OPA's log has exactly ${calls} decisions: each with the account of the caller and with the id of a call that reached the server, and the proxy has counted the other ${calls} as not asked about. A caller that names the clerk in a header is refused, through its own proxy and past it; in that header OPA was handed the caller's own account in the one case, and nothing in the other. Then one value is set in OPA, and the next five writes of the clerk are refused, while its reads are answered. The value is set back, and the next five are answered. The version of each object of the mesh in the namespace, and what the called proxy was told of calls that come in, are the same as before. Without the policy the reports are answered again.`,
    takeaway:
      'The mesh says when to ask and who is asking; OPA says yes or no for each call, and what it knows can change without a rollout.',
    needs: ['k8s', 'sidecar', 'providers'],
    proves: ['m8.e4.a1', 'm8.e4.a2', 'm8.e4.a3'],
    errata: ['E123'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authorization/authz-custom/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const clerk = cluster.client('deployment/clerk');
    const reports = cluster.client('deployment/reports');
    const log = new ProxyLines(cluster, 'deployment/backend', 'call');
    const readDecisionLog = async () => readDecisions((await cluster.kubectl(...decisionLog)).stdout);
    const whatIsApplied = async () => (await cluster.kubectl(...meshObjects)).stdout.trim();
    const listenerDigest = async () => {
      const { stdout } = await cluster.attempt('istioctl', ...listener);
      if (!stdout.includes('ask-opa')) throw new Error('The listener of incoming calls does not have the policy');
      return createHash('sha256').update(stdout).digest('hex');
    };

    await lesson.step('Before: both callers are answered whatever they do, and OPA decides nothing', async () => {
      for (const client of [clerk, reports])
        for (const method of ['GET', 'POST', 'DELETE']) await client.curl('-X', method, orders).settlesOn(fromBackend);
      await reports.curl(...posing, 'http://backend:8080/orders').settlesOn(fromBackend);
      await lesson.check(
        "OPA's log has its start, and no decision about a call",
        (await cluster.kubectl(...decisionLog)).stdout,
        (text) => text.includes('Initializing server.') && readDecisions(text).length === 0,
      );
    });

    await lesson.step('A policy says for which paths to ask OPA', async () => {
      await cluster.change('20-ask-opa.yaml');
    });

    await lesson.step('After: the same call is refused to the reports, and answered to the clerk', async () => {
      await reports.curl(orders).settlesOn(refusedByProvider);
      await clerk.curl(orders).settlesOn(fromBackend);
      await clerk.curl('-X', 'POST', orders).settlesOn(fromBackend);
      await clerk.curl('-X', 'DELETE', orders).settlesOn(refusedByProvider);
      for (const client of [clerk, reports]) await client.curl(open).settlesOn(fromBackend);
      await reports.curl(`${orders}?call=refused`).settlesOn(refusedByProvider, { inARow: 1 });
      await log.tellsOf('refused', refusal);
    });

    await lesson.step('OPA is asked where the policy matches, and nowhere else', async () => {
      const decided = (await readDecisionLog()).length;
      const matched: Reply[] = [];
      const others: Reply[] = [];
      const counted = await askedMeanwhile(cluster, 'deployment/backend', async () => {
        matched.push(...(await clerk.newConnections(calls, `${orders}?call=matched`)));
        others.push(...(await clerk.newConnections(calls, `${open}?call=other`)));
      });
      await lesson.check(
        `all ${2 * calls} are answered; the proxy has counted ${calls} as allowed by the decider, and ${calls} as not asked about`,
        { orders: statuses(matched), public: statuses(others), counted },
        (seen) =>
          all(seen.orders, 200, calls) &&
          all(seen.public, 200, calls) &&
          seen.counted.ok === calls &&
          seen.counted.notAsked === calls &&
          seen.counted.denied + seen.counted.failed === 0,
      );
      const ids = matched.map(requestIdIn).toSorted();
      await cluster.eventually(
        `OPA's log has ${calls} decisions more: for the clerk, each about a call that the server has seen under the same id`,
        decisionLog,
        (text) => {
          const since = readDecisions(text).slice(decided);
          const seen = since.map(({ requestId }) => requestId).toSorted();
          return (
            since.length === calls &&
            since.every(
              ({ principal, method, path, allowed }) =>
                principal === identity('clerk') && method === 'GET' && path === '/orders?call=matched' && allowed,
            ) &&
            new Set(ids).size === calls &&
            seen.join() === ids.join()
          );
        },
        'kubectl',
        {
          staysMs,
          tell: (text) =>
            readDecisions(text)
              .slice(decided)
              .map(({ principal, method, path, requestId }) => `${principal}: ${method} ${path}, ${requestId}`)
              .join('\n'),
        },
      );
    });

    await lesson.step('Who writes the account of another into a header is not taken for it', async () => {
      const decided = (await readDecisionLog()).length;
      await reports.curl(...posing, `${orders}?call=posing`).settlesOn(refusedByProvider, { inARow: 1 });
      await reports.curl(...posing, 'http://backend:8080/orders?call=past').settlesOn(refusedByProvider, { inARow: 1 });
      await log.tellsOf('posing', refusal);
      await log.tellsOf('past', refusal);
      await cluster.eventually(
        'OPA was asked about the account of the reports, and past their proxy, where no certificate is shown, about none; no header that it was handed names the clerk',
        decisionLog,
        (text) => {
          const [posed, past, ...more] = readDecisions(text).slice(decided);
          return (
            more.length === 0 &&
            posed?.path === '/orders?call=posing' &&
            posed.principal === identity('reports') &&
            posed.forwardedCertificate.includes(identity('reports')) &&
            !posed.forwardedCertificate.includes(identity('clerk')) &&
            !posed.allowed &&
            past?.path === '/orders?call=past' &&
            past.principal === '' &&
            past.forwardedCertificate === '' &&
            !past.allowed
          );
        },
        'kubectl',
        {
          tell: (text) =>
            readDecisions(text)
              .slice(decided)
              .map(
                ({ path, principal, forwardedCertificate, allowed }) =>
                  `${path}: caller "${principal}", header "${forwardedCertificate}", allowed: ${allowed}`,
              )
              .join('\n'),
        },
      );
    });

    await lesson.step('A freeze is declared: one value in OPA, and the next writes are refused', async () => {
      await clerk.curl('-X', 'POST', orders).settlesOn(fromBackend);
      const [objects, digest] = [await whatIsApplied(), await listenerDigest()];
      const set = async (frozen: boolean) => {
        const { exitCode, stderr } = await cluster.shell(setFreeze(frozen));
        await lesson.check(
          `OPA takes the value ${frozen}`,
          `exit code ${exitCode} ${stderr}`.trim(),
          () => exitCode === 0,
        );
      };
      const write = async (mark: string) => clerk.newConnections(5, '-X', 'POST', `${orders}?call=${mark}`);
      const read = async (mark: string) => clerk.newConnections(5, `${orders}?call=${mark}`);

      await set(true);
      const frozen = { writes: await write('frozen'), reads: await read('read') };
      await lesson.check(
        'the five writes that come next are refused without a body, and five reads of the same caller are answered',
        { writes: statuses(frozen.writes), reads: statuses(frozen.reads) },
        ({ writes, reads }) =>
          all(writes, 403, 5) && all(reads, 200, 5) && frozen.writes.every(({ body }) => body.trim() === ''),
      );
      await log.countsOf('frozen', [[5, refusal]]);

      await set(false);
      const thawed = statuses(await write('thawed'));
      await lesson.check('the value is set back, and the five writes that come next are answered', thawed, (seen) =>
        all(seen, 200, 5),
      );
      await lesson.check(
        'no object of the mesh in this namespace has another version, none came or went, and the proxy was told nothing else of calls that come in',
        { before: objects, after: await whatIsApplied(), told: [digest, await listenerDigest()] },
        ({ before, after, told: [then, now] }) =>
          before.includes('AuthorizationPolicy ask-opa ') && after === before && now === then,
      );
    });

    await lesson.step('And without the policy the reports are answered, and OPA is not asked', async () => {
      await cluster.revert('20-ask-opa.yaml');
      await reports.curl(orders).settlesOn(fromBackend);
      const decided = (await readDecisionLog()).length;
      await reports.curl(`${orders}?call=afterwards`).settlesOn(fromBackend);
      await cluster.eventually(
        "the log of the backend's proxy has these calls",
        proxyLogCommand('deployment/backend'),
        (text) => readProxyLog(text).filter(({ path }) => path === '/orders?call=afterwards').length >= 5,
      );
      await lesson.check("OPA's log has no decision more", await readDecisionLog(), (now) => now.length === decided);
    });
  },
);
