import {
  answered,
  answeringPod,
  chanceOutside,
  exercise,
  linesOfCall,
  onceIn,
  proxyLogCommand,
  readAccessLog,
  type Reply,
  tally,
  toldCertificates,
  tooMany,
} from '../../../helpers/index.ts';

const namespace = 'm8-e6-limits';
const folder = 'fixtures/08-integration/06-extension-and-limits/01-limits-each-proxy';
const claims = 'http://claims/';
/** Calls that a proxy lets through, and how many are made. */
const [limit, made, shared] = [5, 20, 60];
/** With less than its five calls a pod would leave some of its room unused. */
const unshared = onceIn(chanceOutside(shared, 0.5, limit, shared - limit));
const served = 'HTTP 200';
const refused = 'HTTP 429, local_rate_limited';
/** How calls ended, e.g. `{ 'HTTP 200': 5, 'HTTP 429, local_rate_limited': 15 }`. */
const ends = (replies: readonly Reply[]) =>
  Object.fromEntries(
    tally(replies, ({ status, body }) => (status === 200 ? served : `HTTP ${status}, ${body.trim()}`)),
  );
/** True if so many calls were served and so many refused, and none ended otherwise. */
const are = (seen: Readonly<Record<string, number>>, calls: { readonly served: number; readonly refused: number }) =>
  (seen[served] ?? 0) === calls.served &&
  (seen[refused] ?? 0) === calls.refused &&
  Object.keys(seen).every((end) => [served, refused].includes(end));
/** The interval after which a bucket of calls is filled again, as istioctl prints it. */
const perTenMinutes = /"fillInterval":\s*"600s"/;
/** Answers of the server, and how many of them name a certificate that its proxy was shown. */
const shownCertificates = (replies: readonly Reply[]) => {
  const answers = replies.filter(({ status }) => status === 200);
  return {
    answers: answers.length,
    withCertificate: answers.filter(({ body }) => toldCertificates(body).length > 0).length,
  };
};
const podNames = ['get', 'pods', '-l', 'app=claims', '-o', 'jsonpath={.items[*].metadata.name}'];
const proxyLog = proxyLogCommand('deployment/claims');

exercise(
  'EnvoyFilter limits each proxy, so that every replica brings a limit of its own',
  {
    persona: 'Ahmed Hassan',
    question:
      'Our claims system bears five calls in ten minutes. Can the mesh hold back the rest, for the service as a whole?',
    proof: `A customer makes ${made} calls of the claims system one after another, and all are served. Then a filter comes that lets ${limit} calls through in ten minutes. Of ${made} calls the first ${limit} are served and the others are refused with HTTP 429; the log of the server has ${limit} of them, and the log of its proxy has the other ${made - limit} with the flag RL. Another workload in the same namespace serves ${made} of ${made} at that moment. A caller with a proxy of its own comes by mutual TLS, and of its ${made} calls ${limit} are served too: the proxy counts that kind of connection for itself. Without the filter all are served again. Then there are two replicas, and the same filter comes once more: of ${shared} calls ${2 * limit} are served, ${limit} by each pod, as answers and both servers' logs agree.`,
    takeaway:
      'A limit in the proxy is a limit per proxy, and there one for plaintext and one for mutual TLS: two replicas let twice as many calls through. What a whole service may bear has to be counted in one place, which this is not.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e6.a1', 'm8.e6.a3'],
    errata: ['E815'],
    readMore: 'https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/#local-rate-limit',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const clerk = cluster.client('deployment/office', namespace, 'clerk');
    const pods = async () => (await cluster.kubectl(...podNames)).stdout.split(' ').filter((name) => name !== '');
    /** Asks for the settings of the proxies and makes no call, since each call would count. */
    const filterIs = async (isThere: boolean) => {
      for (const pod of await pods())
        await cluster.eventually(
          `the proxy of ${pod} ${isThere ? 'has' : 'does not have'} the filter`,
          ['proxy-config', 'listeners', `${pod}.${namespace}`, '--port', '15006', '-o', 'json'],
          (json) =>
            json.includes('virtualInbound') &&
            /"statPrefix":\s*"five_calls"/.test(json) === isThere &&
            (!isThere || perTenMinutes.test(json)),
          'istioctl',
          {
            tell: (json) =>
              [/"statPrefix":\s*"five_calls"/, perTenMinutes]
                .flatMap((each) => each.exec(json)?.[0] ?? [])
                .join('\n') || 'There is no five_calls among its filters.',
          },
        );
    };
    /** Waits until the server of a pod has logged so many calls with this mark; later ones would count too. */
    const reached = async (pod: string, mark: string, calls: number) =>
      cluster.eventually(
        `the log of the server in ${pod} has ${calls} of these calls`,
        ['logs', `pod/${pod}`, '--container', 'server', '--tail=-1'],
        (log) => readAccessLog(log).filter(({ path }) => path === `/?call=${mark}`).length === calls,
        'kubectl',
        {
          staysMs: 1_000,
          tell: (log) =>
            log
              .split('\n')
              .filter((line) => line.includes(`call=${mark}"`))
              .slice(0, 2)
              .join('\n'),
        },
      );
    const allServed = async (says: string, args: readonly string[]) =>
      lesson.check(
        `${says}: of ${made} calls all are served`,
        ends(await customer.newConnections(made, ...args)),
        (seen) => are(seen, { served: made, refused: 0 }),
      );

    const [first = ''] = await pods();

    await lesson.step(`Before: of ${made} calls all are served, and the proxy has no such filter`, async () => {
      await customer.curl(claims).settlesOn(answered(200));
      await allServed('the claims system', [claims]);
      await filterIs(false);
    });

    await lesson.step('kubectl warns of this kind of resource, and takes it', async () => {
      const trial = await cluster.attempt('kubectl', 'apply', '--dry-run=server', '-f', `${folder}/20-five-calls.yaml`);
      await lesson.check(
        'it says that such a filter shows what is inside of the proxy, and may change at any time',
        `${trial.stderr.trim()}\nexit code ${trial.exitCode}`,
        (said) =>
          trial.exitCode === 0 &&
          said.includes('Warning: EnvoyFilter exposes internal implementation details that may change at any time'),
      );
    });

    await lesson.step(`The filter: ${limit} calls in ten minutes, for the claims system alone`, async () => {
      await cluster.change('20-five-calls.yaml');
      await filterIs(true);
    });

    await lesson.step(`After: of ${made} calls the first ${limit} are served, and no other`, async () => {
      const replies = await customer.newConnections(made, `${claims}?call=first`);
      await lesson.check(
        `${limit} are served and ${made - limit} refused, and those that are served are the first`,
        { all: ends(replies), first: ends(replies.slice(0, limit)) },
        (seen) =>
          are(seen.all, { served: limit, refused: made - limit }) && are(seen.first, { served: limit, refused: 0 }),
      );
      await lesson.check(
        'the proxy has told the server of no certificate: the customer comes in plaintext',
        shownCertificates(replies),
        ({ answers, withCertificate }) => answers === limit && withCertificate === 0,
      );
      await reached(first, 'first', limit);
      await cluster.eventually(
        `the log of its proxy has ${made - limit} of them with HTTP 429 and the flag RL, and ${limit} with 200`,
        proxyLog,
        (log) => {
          const lines = linesOfCall(log, 'call=first');
          const count = (status: number, flags: string) =>
            lines.filter((line) => line.status === status && line.flags === flags).length;
          return lines.length === made && count(429, 'RL') === made - limit && count(200, '-') === limit;
        },
        'kubectl',
        {
          tell: (log) =>
            linesOfCall(log, 'call=first')
              .slice(limit - 1, limit + 1)
              .map(({ text }) => text)
              .join('\n'),
        },
      );
    });

    await lesson.step('And the other workload is not limited, while the claims system refuses', async () => {
      await customer.curl(claims).settlesOn(tooMany);
      await allServed('the office', ['http://office/']);
      await customer.curl(claims).settlesOn(tooMany);
    });

    await lesson.step('A caller with a proxy comes by mutual TLS, and the proxy counts that for itself', async () => {
      const replies = await clerk.newConnections(made, `${claims}?call=by-mutual-tls`);
      await lesson.check(`of ${made} calls by mutual TLS ${limit} are served`, ends(replies), (seen) =>
        are(seen, { served: limit, refused: made - limit }),
      );
      await lesson.check(
        `with each of the ${limit} the proxy has told the server of the caller's certificate`,
        shownCertificates(replies),
        ({ answers, withCertificate }) => answers === limit && withCertificate === limit,
      );
      await reached(first, 'by-mutual-tls', limit);
      await customer.curl(claims).settlesOn(tooMany);
    });

    await lesson.step('Without the filter all are served again, and then there are two replicas', async () => {
      await cluster.revert('20-five-calls.yaml');
      await filterIs(false);
      await allServed('the claims system', [claims]);
      await cluster.kubectl('scale', 'deployment/claims', '--replicas=2');
      await cluster.kubectl('rollout', 'status', 'deployment/claims', '--timeout=90s');
      await customer.burstShows(
        'both pods serve calls, and none is refused',
        [claims],
        (replies) =>
          replies.every(({ status }) => status === 200) &&
          new Set(replies.map(({ body }) => answeringPod(body))).size === 2,
      );
    });

    await lesson.step('The same filter again: each of the two proxies has it', async () => {
      await cluster.change('20-five-calls.yaml');
      await filterIs(true);
    });

    await lesson.step(
      `After: of ${shared} calls ${2 * limit} are served, ${limit} by each pod (a pod is short of calls by chance ${unshared})`,
      async () => {
        const replies = await customer.newConnections(shared, `${claims}?call=shared`);
        await lesson.check(`${2 * limit} are served and ${shared - 2 * limit} refused`, ends(replies), (seen) =>
          are(seen, { served: 2 * limit, refused: shared - 2 * limit }),
        );
        const both = await pods();
        await lesson.check(
          `each of the two pods has served ${limit}`,
          Object.fromEntries(
            tally(
              replies.filter(({ status }) => status === 200),
              ({ body }) => answeringPod(body) ?? 'nobody',
            ),
          ),
          (seen) => both.length === 2 && Object.keys(seen).length === 2 && both.every((pod) => seen[pod] === limit),
        );
        for (const pod of both) await reached(pod, 'shared', limit);
      },
    );
  },
);
