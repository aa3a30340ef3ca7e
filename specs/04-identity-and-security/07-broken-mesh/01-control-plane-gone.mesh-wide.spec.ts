import {
  answered,
  connectionRefused,
  exercise,
  forbidden,
  linesOfCall,
  proxyAdminCommand,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm4-e7-control';
const outside = `${namespace}-legacy`;
const account = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
const backend = `http://backend.${namespace}/`;
const notBelieved = (workload: string) => [
  'exec',
  workload,
  ...proxyAdminCommand('stats?filter=ssl.fail_verify_error'),
];
const restarts = [
  'get',
  'pods',
  '-l',
  'app in (frontend, backend)',
  '-o',
  'jsonpath={.items[*].status.initContainerStatuses[?(@.name=="istio-proxy")].restartCount}{.items[*].status.containerStatuses[*].restartCount}',
];
/** Certificates of 90 seconds, with room for the clock and for the machine. */
const certificatesEndMs = 120_000;
/** Proxies ask again for a certificate at intervals that grow up to thirty seconds. */
const askedAgainMs = 60_000;

exercise(
  'Proxies enforce policies without istiod, and take no certificate after its end',
  {
    persona: 'Sarah Martinez',
    question:
      'The CISO asks: the control plane is one deployment. If it goes down, do all doors open, and what can we still do about an attacker?',
    proof:
      'The control plane is really gone: its pods are deleted, and what needs it fails in words that say so. Meanwhile the same three calls end as before: one is answered and two are refused with 403. A policy cannot be added, and a deleted one goes on to act, while a network policy works at once, because nothing of it needs the control plane. A new pod is not admitted into the mesh, and one that never was in it starts. A proxy that restarts has no configuration, and whoever calls its pod finds nobody. The certificates of this lesson last 90 seconds instead of a day, and each call is a connection of its own, so after that time the frontend is refused too, and counters of the proxies say that certificates are no longer believed. A caller without a certificate gets 403 from the policy as before, so the proxies still judge. None of the refused callers is let in meanwhile. When the control plane is back, all of it heals without a restart.',
    takeaway:
      'Without the control plane nothing opens: policies stay, changes and new pods wait, and whoever shows a certificate that has ended is refused.',
    needs: ['k8s', 'sidecar', 'netpol'],
    proves: ['m4.e7.a1', 'm4.e7.a2', 'm4.e7.a5', 'm4.e7.a6', 'm4.e7.a7'],
    errata: ['E145'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/deployment-models/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const legacy = cluster.client('pod/legacy', outside);
    const work = frontend.curl(backend);
    // Three attempts to connect, a second each, take longer than a probe waits otherwise.
    const patientWork = frontend.curl('--max-time', '20', backend);
    const elsewhere = frontend.curl('http://attacker/');
    const attack = cluster.client('pod/attacker').curl(backend);
    const plaintext = legacy.curl(backend);
    const address = await cluster.kubectl('get', 'pod', 'attacker', '-o', 'jsonpath={.status.podIP}');
    const visit = legacy.curl(`http://${address.stdout}/`);

    await lesson.step('Before: whoever asks is answered', async () => {
      await work.settlesOn(answered(200, account));
      await attack.settlesOn(answered(200, 'backend-'));
      await plaintext.settlesOn(answered(200, 'backend-'));
      await visit.settlesOn(answered(200, 'attacker'));
    });

    await lesson.step('A policy allows the account of the frontend', async () => {
      await cluster.change('20-only-frontend.yaml');
      await attack.settlesOn(forbidden);
      await plaintext.settlesOn(forbidden);
      await work.settlesOn(answered(200, account));
      await visit.settlesOn(answered(200, 'attacker'));
    });

    await cluster.withoutControlPlane(async () => {
      await lesson.step('The control plane is gone, and each call ends as before', async () => {
        await work.settlesOn(answered(200, account));
        await attack.settlesOn(forbidden);
        await plaintext.settlesOn(forbidden);
      });

      await lesson.step('A policy cannot be added, a network policy can, and it holds at once', async () => {
        await cluster.refusedWithoutControlPlane(
          'the policy that is to lock out the frontend is not taken: nobody is there to examine it',
          '30-lock-out.yaml',
          'validation.istio.io',
        );
        await cluster.change('40-network-lock-out.yaml');
        await patientWork.settlesOn(upstreamConnectError, { inARow: 2 });
        await elsewhere.settlesOn(answered(200, 'attacker'));
        await attack.settlesOn(forbidden);
        await plaintext.settlesOn(forbidden);
        await cluster.revert('40-network-lock-out.yaml');
        await work.settlesOn(answered(200, account));
      });

      await lesson.step('A policy can be deleted, and goes on to act', async () => {
        await cluster.revert('20-only-frontend.yaml');
        await cluster.eventually(
          'no policy is left',
          ['get', 'authorizationpolicies', '-o', 'name'],
          (list) => list === '',
        );
        await cluster.eventually(
          'the attacker and the caller without a proxy are refused as before',
          ['exec', 'pod/attacker', '--', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', backend],
          (status) => status === '403',
          'kubectl',
          { staysMs: 3_000 },
        );
        await plaintext.settlesOn(forbidden);
      });

      await lesson.step('A new pod is not admitted into the mesh; outside of it, one starts', async () => {
        await cluster.refusedWithoutControlPlane(
          'the pod is refused: nobody is there to give it a proxy',
          '50-newcomer.yaml',
          'sidecar-injector.istio.io',
        );
        await cluster.change('60-newcomer-outside.yaml');
        await cluster.kubectl('-n', outside, 'wait', 'pod/newcomer', '--for=condition=Ready', '--timeout=60s');
      });

      await lesson.step('A proxy that restarts now knows nothing, and lets nobody in', async () => {
        await visit.settlesOn(answered(200, 'attacker'));
        await cluster.attempt(
          'kubectl',
          '-n',
          namespace,
          'exec',
          'pod/attacker',
          ...proxyAdminCommand('quitquitquit', 'POST'),
        );
        await visit.settlesOn(connectionRefused);
        await cluster.eventually(
          'the proxy runs again, and listens for no calls: it has only the listeners of its own health and statistics',
          ['exec', 'pod/attacker', ...proxyAdminCommand('listeners')],
          (list) => /:15021\b/.test(list) && !/virtual(Inbound|Outbound)/.test(list),
        );
        await cluster.eventually(
          'its pod is not Ready',
          ['get', 'pod', 'attacker', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'],
          (status) => status === 'False',
          'kubectl',
          { staysMs: 3_000 },
        );
        await visit.settlesOn(connectionRefused);
      });

      await lesson.step('The certificates end: now the frontend is refused as well', async () => {
        await patientWork.settlesOn(upstreamConnectError, { settleMs: certificatesEndMs });
        await cluster.eventually(
          'the proxy of the frontend says that it gets no connection: UF',
          ['logs', 'deployment/frontend', '--container', 'istio-proxy', '--tail=20'],
          (log) => linesOfCall(log, 'call=ended').at(-1)?.flags.split(',').includes('UF') === true,
          'kubectl',
          {
            settleMs: certificatesEndMs,
            tell: (log) => linesOfCall(log, 'call=ended').at(-1)?.text ?? '',
            beforeEachLook: () => frontend.newConnections(1, '--max-time', '20', `${backend}?call=ended`),
          },
        );
        const before = await countBoth();
        await frontend.newConnections(3, '--max-time', '20', `${backend}?call=counted`);
        await lesson.check(
          'and for each of three calls the proxies count at least one certificate that they do not believe',
          { before, after: await countBoth() },
          ({ before: earlier, after }) => after - earlier >= 3,
        );
        await plaintext.settlesOn(forbidden);
        await attack.settlesOn(connectionRefused);
      });
    });
    const began = performance.now();

    await lesson.step('The control plane is back: the frontend is answered again, without a restart', async () => {
      await work.settlesOn(answered(200, account), { settleMs: askedAgainMs });
      const seconds = (performance.now() - began) / 1000;
      await lesson.measure(
        'm4.e7.a6',
        'from the control plane being available to the first answers',
        seconds,
        'seconds',
      );
      await cluster.eventually(
        'no container of frontend and backend has been restarted',
        restarts,
        (counts) => counts.replaceAll(/\s/g, '') !== '' && /^[0\s]+$/.test(counts),
      );
    });

    await lesson.step('And what had to wait comes now: the deletion, the new pod, the restarted proxy', async () => {
      await cluster.change('50-newcomer.yaml');
      await cluster.kubectl('wait', 'pod/newcomer', 'pod/attacker', '--for=condition=Ready', '--timeout=80s');
      await cluster.eventually(
        'the new pod has a proxy',
        ['get', 'pod', 'newcomer', '-o', 'jsonpath={.spec.initContainers[*].name} {.spec.containers[*].name}'],
        (names) => names.split(' ').includes('istio-proxy'),
      );
      await visit.settlesOn(answered(200, 'attacker'));
      await attack.settlesOn(answered(200, 'backend-'));
      await plaintext.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And policies are taken again', async () => {
      await cluster.change('30-lock-out.yaml');
      await work.settlesOn(forbidden);
      await elsewhere.settlesOn(answered(200, 'attacker'));
      await attack.settlesOn(answered(200, 'backend-'));
      await cluster.revert('30-lock-out.yaml');
      await cluster.change('20-only-frontend.yaml');
      await attack.settlesOn(forbidden);
      await work.settlesOn(answered(200, account));
    });

    /** Certificates that the proxies of frontend and backend did not believe, together. */
    async function countBoth(): Promise<number> {
      const counts: number[] = [];
      for (const workload of ['deployment/frontend', 'deployment/backend']) {
        const { stdout } = await cluster.kubectl(...notBelieved(workload));
        const found = [...stdout.matchAll(/ssl\.fail_verify_error: (\d+)$/gm)].map(([, count]) => Number(count));
        if (found.length === 0) throw new Error(`The proxy of ${workload} does not publish ssl.fail_verify_error`);
        counts.push(...found);
      }
      return counts.reduce((sum, count) => sum + count, 0);
    }
  },
);
