import {
  answered,
  between,
  exercise,
  forbidden,
  type Load,
  moments,
  proxyAdminCommand,
  readAccessLog,
  type Reply,
  tally,
  timeline,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm4-e7-proxy';
const account = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
const backend = (from: string) => `http://backend.${namespace}/?from=${from}`;
const quit = (workload: string) => [
  '--namespace',
  namespace,
  'exec',
  workload,
  ...proxyAdminCommand('quitquitquit', 'POST'),
];
/** Pod, and how often its proxy was restarted: an init container that keeps running, or one beside the others. */
const proxyOf = (app: string) => [
  'get',
  'pods',
  '-l',
  `app=${app}`,
  '-o',
  'jsonpath={range .items[*]}{.metadata.uid} {.status.initContainerStatuses[?(@.name=="istio-proxy")].restartCount}{.status.containerStatuses[?(@.name=="istio-proxy")].restartCount}{end}',
];
const serverLog = ['logs', 'deployment/backend', '--container', 'server', '--tail=-1'];
const linesFrom = (log: string, from: string) =>
  readAccessLog(log).filter(({ path }) => path === `/?from=${from}`).length;
const isDead = 'the proxy has ended';
const isBack = 'the proxy is back';

exercise(
  'A dead proxy answers nobody, in either direction',
  {
    persona: 'Sarah Martinez',
    question:
      'The CISO asks: the proxies enforce everything. What if one of them crashes? Does the door behind it stand open until somebody notices?',
    proof:
      'Three callers make about twenty calls a second while the proxy of the backend is ended by a command: the frontend, which the policy allows, an attacker with an account of its own, and a caller without a proxy. The calls of the frontend fail for a while, so the outage is real, and the restart is counted. The other two meet the dead proxy as well: the attacker gets something else than its 403, and connections of the caller without a proxy break. Neither of them ever gets an answer of the application, and its own log has no line of theirs. Every answer that the frontend gets carries the account in its certificate, which only the proxy of the backend writes there. Then the policy is taken away, so that everyone is answered, and the proxy of the frontend ends: its application can call nobody and nobody can call it, while others are answered by the backend. The backend has no more calls of the frontend than were answered or cut off under way, so nothing left in clear.',
    takeaway:
      'Traffic is led into the proxy by rules that outlive it: while the proxy is dead, nobody gets in and nothing gets out.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e7.a3', 'm4.e7.a8'],
    errata: ['E145'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/application-requirements/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('pod/attacker');
    const legacy = cluster.client('pod/legacy', `${namespace}-legacy`);
    const work = frontend.curl(backend('frontend'));
    const attack = attacker.curl(backend('attacker'));
    const plaintext = legacy.curl(backend('legacy'));
    const visit = legacy.curl(`http://frontend.${namespace}/`);

    /** Ends a proxy, waits until the kubelet has restarted it and the pod is Ready, and proves that it is the same pod. */
    const endProxy = async (app: string, meanwhile: () => Promise<void>) => {
      const [uid = '', restarts = ''] = (await cluster.kubectl(...proxyOf(app))).stdout.split(' ');
      await cluster.attempt('kubectl', ...quit(`deployment/${app}`));
      await meanwhile();
      await cluster.eventually(
        `the proxy of the ${app} was restarted once, in the same pod`,
        proxyOf(app),
        (now) => now === `${uid} ${Number(restarts) + 1}`,
      );
      await cluster.kubectl('wait', 'pod', '-l', `app=${app}`, '--for=condition=Ready', '--timeout=60s');
    };

    await lesson.step('Before: whoever asks is answered', async () => {
      await work.settlesOn(answered(200, account));
      await attack.settlesOn(answered(200, 'backend-'));
      await plaintext.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('A policy allows the account of the frontend', async () => {
      await cluster.change('20-only-frontend.yaml');
      await attack.settlesOn(forbidden);
      await plaintext.settlesOn(forbidden);
      await work.settlesOn(answered(200, account));
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('The proxy of the backend ends while all three call', async () => {
      const loads: { attacker?: Load; legacy?: Load } = {};
      const frontends = await frontend.whileCalling([backend('frontend-load')], async (load) => {
        loads.attacker = await attacker.whileCalling([backend('attacker-load')], async () => {
          loads.legacy = await legacy.whileCalling([backend('legacy-load')], async () => {
            await load.calls(20);
            await load.mark(isDead);
            await endProxy('backend', async () => load.until('fails', ({ status }) => status !== 200));
            await load.mark(isBack);
            await load.until('is answered', ({ status }) => status === 200);
            await load.calls(20);
          });
        });
      });
      await lesson.show(
        'How the calls of the frontend ended',
        timeline(moments(frontends.replies, ending), frontends.milestones),
      );
      const dead = between(frontends, isDead);
      await lesson.check(
        'the calls of the frontend are answered before, and fail while the proxy is gone: 503 or no connection',
        { before: kinds(between(frontends, '', isDead)), afterwards: kinds(dead) },
        ({ before, afterwards }) =>
          Object.keys(before).join() === 'HTTP 200' &&
          Object.keys(afterwards).some((kind) => kind !== 'HTTP 200') &&
          Object.keys(afterwards).every((kind) => /^HTTP (200|503)$|^curl (7|52|56)$/.test(kind)),
      );
      await lesson.check(
        'every answer that it gets carries its account, which the proxy of the backend took from its certificate',
        frontends.replies.filter(({ status }) => status === 200).map((reply) => accountIn(reply)),
        (accounts) => accounts.length > 0 && accounts.every((found) => found === account),
      );
      for (const [name, load] of Object.entries(loads)) {
        await lesson.check(
          `no call of ${name} is answered by the application at any moment`,
          kinds(load.replies),
          (seen) => (seen['HTTP 403'] ?? 0) > 0 && seen['HTTP 200'] === undefined,
        );
        await lesson.check(
          `calls of ${name} met the dead proxy: ${name === 'legacy' ? 'no connection' : '503 or no connection'}`,
          Object.keys(kinds(load.replies)),
          (seen) =>
            seen.some((kind) => isOutage(name, kind)) &&
            seen.every((kind) => kind === 'HTTP 403' || isOutage(name, kind)),
        );
      }
      await cluster.eventually(
        'the log of the application has calls of the frontend, and none of the other two',
        serverLog,
        (log) =>
          linesFrom(log, 'frontend-load') > 0 &&
          linesFrom(log, 'attacker-load') === 0 &&
          linesFrom(log, 'legacy-load') === 0,
        'kubectl',
        { staysMs: 1_000, tell: (log) => `${linesFrom(log, 'frontend-load')} of the frontend, 0 of the others` },
      );
      const failed = dead.filter(({ status }) => status !== 200);
      const outage = (failed.at(-1)?.at ?? 0) - (failed[0]?.at ?? 0);
      await lesson.measure('m4.e7.a3', 'from the first failed call of the frontend to the last', outage, 'seconds');
    });

    await lesson.step('After: it is as before', async () => {
      await work.settlesOn(answered(200, account));
      await attack.settlesOn(forbidden);
      await plaintext.settlesOn(forbidden);
    });

    await lesson.step('Without the policy all are answered again', async () => {
      await cluster.revert('20-only-frontend.yaml');
      await attack.settlesOn(answered(200, 'backend-'));
      await plaintext.settlesOn(answered(200, 'backend-'));
      await visit.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('The proxy of the frontend ends: it calls nobody, and nobody calls it', async () => {
      let legacys: Load | undefined;
      let visits: readonly Reply[] = [];
      const frontends = await frontend.whileCalling([backend('frontend-alone')], async (load) => {
        legacys = await legacy.whileCalling([backend('legacy-meanwhile')], async () => {
          await load.mark(isDead);
          await endProxy('frontend', async () => {
            await load.until('is refused at once', ({ curlExit }) => curlExit === 7);
            visits = await legacy.newConnections(1, `http://frontend.${namespace}/`);
          });
          await load.mark(isBack);
          await load.until('is answered', ({ status }) => status === 200);
        });
      });
      await lesson.show(
        'How the calls of the frontend ended',
        timeline(moments(frontends.replies, ending), frontends.milestones),
      );
      const refused = frontends.replies.filter(({ curlExit }) => curlExit === 7);
      await lesson.check(
        'its calls end at once, without a connection: curl 7',
        { refused: refused.length, slowest: Math.max(...refused.map(({ seconds }) => seconds)) },
        ({ refused: count, slowest }) => count > 0 && slowest < 1,
      );
      await lesson.check(
        'and who calls it finds nobody either',
        visits.map(({ curlExit, status }) => ({ curlExit, status })),
        (seen) => seen.length === 1 && seen.every(({ status }) => status === 0),
      );
      await lesson.check(
        'meanwhile the backend answers others, so it is not the one that is missing',
        kinds(legacys?.replies ?? []),
        (seen) => Object.keys(seen).join() === 'HTTP 200',
      );
      const answers = frontends.replies.filter(({ status }) => status === 200);
      await lesson.check(
        'every answer that the frontend gets carries its account, so no call went out in clear and came back',
        answers.map((reply) => accountIn(reply)),
        (accounts) => accounts.length > 0 && accounts.every((found) => found === account),
      );
      const cutOff = frontends.replies.length - answers.length - refused.length;
      await cluster.eventually(
        'the log of the backend has the answered calls of the frontend and at most those that were cut off under way, so none that was refused at once',
        serverLog,
        (log) => {
          const lines = linesFrom(log, 'frontend-alone');
          return lines >= answers.length && lines <= answers.length + cutOff;
        },
        'kubectl',
        {
          staysMs: 1_000,
          tell: (log) =>
            `${linesFrom(log, 'frontend-alone')} lines; ${answers.length} calls answered, ${cutOff} cut off, ${refused.length} refused at once`,
        },
      );
    });

    await lesson.step('And when it is back, so are its calls', async () => {
      await work.settlesOn(answered(200, account));
      await visit.settlesOn(answered(200, 'Welcome to nginx!'));
    });
  },
);

/** True of an ending that the called side's missing proxy causes: where the caller has a proxy, that answers with 503. */
function isOutage(caller: string, kind: string): boolean {
  return /^curl (7|52|56)$/.test(kind) || (caller !== 'legacy' && kind === 'HTTP 503');
}

/** How one call ended, in a few words. */
function ending({ status, curlExit }: Reply): string {
  return status === 0 ? `curl ${curlExit}` : `HTTP ${status}`;
}

function kinds(replies: readonly Reply[]): Record<string, number> {
  return Object.fromEntries(tally(replies, ending));
}

/** The account that the called proxy found in the caller's certificate, out of what the application saw. */
function accountIn({ body }: Reply): string {
  return toldCertificates(body).at(-1)?.caller ?? 'none';
}
