import {
  answered,
  answeringPod,
  exercise,
  failures,
  moments,
  proxyAdminCommand,
  readProxyStatus,
  readRejections,
  readTypeStatus,
  tally,
  timeline,
} from '../../../helpers/index.ts';

const namespace = 'm6-e10-rejected';
const backend = 'http://backend/';
/** Seconds in which a pod is not to become Ready; the others here need a few. */
const watched = 30;
const rejectedCommand = proxyAdminCommand('stats?filter=listener_manager.lds.update_rejected');
const istiodMetrics = ['get', '--raw', '/api/v1/namespaces/istio-system/services/istiod:http-monitoring/proxy/metrics'];
const istiodLog = ['logs', 'deployment/istiod', '--namespace', 'istio-system', '--since=5m'];
const status = ['proxy-status', '--namespace', namespace];

/** How often istiod was told by a proxy that it does not take its listeners; a proxy that never did is not in the metrics. */
const rejectsOf = (metrics: string, pod: string) =>
  Number(
    new RegExp(`^pilot_xds_lds_reject\\{[^}]*node="${pod}\\.${namespace}"[^}]*\\} (\\d+)$`, 'm').exec(metrics)?.[1] ??
      0,
  );
/** The same of all proxies. */
const allRejects = (metrics: string) =>
  Number(/^pilot_total_xds_rejects\{[^}]*type="lds"[^}]*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);

exercise(
  'EnvoyFilter that a proxy rejects harms nobody until the next pod starts',
  {
    persona: 'Lisa Andersson',
    question: 'kubectl accepted it, nothing changed, and a restart made it an outage. How would I have seen it?',
    proof: `The program in a filter lacks a bracket. The API server accepts the filter, the running proxy rejects its listeners and goes on with those that it has: twenty calls are served by the same pod. The table of proxy-status has the same line for that proxy before and after, and analysis has a general warning of filters of this kind and no word of the mistake. With -v 1 the status of the listeners is ERROR and no longer SYNCED, with --output json the proxy's reason is there, and istiod's log and its metrics tell of the rejection, of which the metrics had none before. Then the Deployment is restarted under load. The new pod is not Ready within ${watched} seconds, its application has not started, and its proxy says why; the old pod answers all of the calls. When the filter is deleted, the same new pod becomes Ready and answers.`,
    takeaway:
      'What the API server accepts, a proxy may still reject; proxy-status tells it with -v 1, and its short table does not.',
    needs: ['sidecar', 'native-sidecar'],
    proves: ['m6.e10.a1', 'm6.e10.a2', 'm6.e10.a3', 'm6.e10.a4'],
    errata: ['E608'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('deployment/caller');
    const call = caller.curl(backend);
    const pods = async () =>
      (await cluster.kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[*].metadata.name}')).stdout
        .split(' ')
        .filter((name) => name !== '');
    /** The line of the short table for a proxy, without the room between its columns. */
    const lineOf = async (pod: string) =>
      (await cluster.attempt('istioctl', ...status)).stdout
        .split('\n')
        .filter((line) => readProxyStatus(`\n${line}`).some((proxy) => proxy.pod === pod))
        .map((line) => line.trim().replaceAll(/\s{2,}/g, ' | '))
        .join('\n');
    const byType = (table: string, pod: string) =>
      readTypeStatus(table).find((proxy) => proxy.pod === pod)?.byType ?? {};
    const listenersAre = async (pod: string, word: string) =>
      cluster.eventually(
        `with -v 1 the status of the listeners (LDS) is ${word}, that of the clusters (CDS) SYNCED`,
        [...status, '-v', '1'],
        (table) => byType(table, pod)['LDS'] === word && byType(table, pod)['CDS'] === 'SYNCED',
        'istioctl',
        { tell: (table) => JSON.stringify(byType(table, pod)) },
      );
    const rejected = async () => {
      const { stdout } = await cluster.kubectl('exec', 'deployment/backend', ...rejectedCommand);
      return Number(/update_rejected: (\d+)/.exec(stdout)?.[1] ?? Number.NaN);
    };
    const servedBy = async (pod: string) => {
      const answers = await caller.newConnections(20, backend);
      await lesson.check(
        'twenty calls in a row are answered with 200, by the same pod',
        Object.fromEntries(tally(answers, (answer) => `${answer.status} by ${answeringPod(answer.body)}`)),
        (seen) => Object.keys(seen).join() === `200 by ${pod}` && Object.values(seen)[0] === 20,
      );
    };

    const [old = ''] = await pods();
    let line = '';
    let metrics = '';
    let rejections = Number.NaN;

    await lesson.step('Before: calls are served, and istiod knows of no rejection', async () => {
      await call.settlesOn(answered(200, old));
      await listenersAre(old, 'SYNCED');
      line = await lineOf(old);
      await lesson.check('the short table lists four types for that proxy, and no status', line, (seen) =>
        seen.endsWith(' | 4 (CDS,LDS,EDS,RDS)'),
      );
      metrics = (await cluster.kubectl(...istiodMetrics)).stdout;
      await lesson.check(
        'of that proxy istiod has counted no rejection, and what it sent has been counted',
        {
          rejections: rejectsOf(metrics, old),
          sent: /^pilot_xds_pushes\{[^}]*type="lds"[^}]*\} \d+$/m.exec(metrics)?.[0],
        },
        ({ rejections: count, sent }) => count === 0 && sent !== undefined,
      );
      rejections = await rejected();
      await lesson.check('nor has the proxy itself', rejections, (count) => count === 0);
    });

    await lesson.step('A filter comes whose program lacks a bracket, and the API server accepts it', async () => {
      await cluster.change('20-broken-filter.yaml');
    });

    await lesson.step('After: the status by type is an error, and the running pod serves on', async () => {
      await listenersAre(old, 'ERROR');
      await servedBy(old);
      await lesson.check('the proxy has counted what it rejected', await rejected(), (count) => count > rejections);
    });

    await lesson.step('And the short table is as before, and analysis has no word of the mistake', async () => {
      await lesson.check('the line of that proxy is the same as before', await lineOf(old), (seen) => seen === line);
      const { stdout, exitCode } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check(
        'analysis warns of that kind of resource (IST0133), says nothing of the program in it, and exits with 0',
        { said: stdout.trim(), exitCode },
        ({ said, exitCode: code }) =>
          code === 0 &&
          Array.from(said.matchAll(/IST\d{4}/g), ([message]) => message).join() === 'IST0133' &&
          !/lua|script/i.test(said),
      );
      await listenersAre(old, 'ERROR');
    });

    await lesson.step("And the proxy's reason is in three other places", async () => {
      await cluster.eventually(
        'with --output json the status has the reason: the program cannot be loaded',
        [...status, '--output', 'json'],
        (json) =>
          readRejections(json).some(
            ({ pod, type, reason }) => pod === old && type === 'Listener' && reason.includes('script load error'),
          ),
        'istioctl',
        {
          tell: (json) =>
            readRejections(json)
              .map((each) => JSON.stringify(each))
              .join('\n'),
        },
      );
      await cluster.eventually("istiod's log has it for that proxy", istiodLog, (log) =>
        log
          .split('\n')
          .some(
            (each) => each.includes(`ADS:LDS: ACK ERROR ${old}.${namespace}`) && each.includes('script load error'),
          ),
      );
      await cluster.eventually(
        'istiod has counted it, for that proxy and among all rejections (pilot_total_xds_rejects)',
        istiodMetrics,
        (now) => rejectsOf(now, old) > 0 && allRejects(now) > allRejects(metrics),
        'kubectl',
        {
          tell: (now) =>
            now
              .split('\n')
              .filter((each) => /^pilot_(total_xds_rejects|xds_lds_reject)\{/.test(each))
              .join('\n'),
        },
      );
    });

    let young = '';
    await lesson.step(
      `A restart: the new pod is not Ready for ${watched} seconds, and the old one serves`,
      async () => {
        const load = await caller.whileCalling([backend], async (calling) => {
          await calling.calls(10);
          await calling.mark('restart');
          await cluster.kubectl('rollout', 'restart', 'deployment/backend');
          await cluster.eventually(
            'there are two pods',
            ['get', 'pods', '-l', 'app=backend', '-o', 'name'],
            (list) => list.trim().split('\n').length === 2,
          );
          young = (await pods()).find((name) => name !== old) ?? '';
          const ready = ['wait', `pod/${young}`, '--namespace', namespace, '--for=condition=Ready'];
          const waited = await cluster.attempt('kubectl', ...ready, `--timeout=${watched}s`);
          await lesson.check(
            `the new pod was not Ready for ${watched} seconds`,
            `${waited.stderr.trim()}, exit code ${waited.exitCode}`,
            () => waited.exitCode === 1 && /timed out waiting for the condition/.test(waited.stderr),
          );
          await calling.mark('still not Ready');
          await calling.calls(10);
        });
        await cluster.eventually(
          "the new pod's proxy says that its listeners were rejected",
          ['logs', young, '--container', 'istio-proxy', '--tail=-1'],
          (log) =>
            /NOT ready: config received from XDS server, but was rejected: cds updates: [1-9]\d* successful, 0 rejected; lds updates: 0 successful, [1-9]\d* rejected/.test(
              log,
            ),
        );
        const state = '{.status.containerStatuses[?(@.name=="server")].state.waiting.reason}';
        await cluster.eventually(
          'its application has not been started',
          ['get', 'pod', young, '-o', `jsonpath=${state}`],
          (reason) => reason === 'PodInitializing',
        );
        await lesson.show(
          'Who answered while the new pod could not start',
          timeline(
            moments(load.replies, ({ body, status: code }) => answeringPod(body) ?? `HTTP ${code}`),
            load.milestones,
          ),
        );
        await lesson.check(
          'no call failed, and the old pod answered all of them',
          { ...failures(load.replies), by: [...new Set(load.replies.map(({ body }) => answeringPod(body)))] },
          ({ calls, failed, by }) => calls >= 50 && failed === 0 && by.join() === old,
        );
      },
    );

    await lesson.step('The filter is deleted: the waiting pod becomes Ready without a further step', async () => {
      await cluster.revert('20-broken-filter.yaml');
      await cluster.kubectl('wait', `pod/${young}`, '--for=condition=Ready', '--timeout=60s');
      await call.settlesOn(answered(200, young));
      await listenersAre(young, 'SYNCED');
    });
  },
);
