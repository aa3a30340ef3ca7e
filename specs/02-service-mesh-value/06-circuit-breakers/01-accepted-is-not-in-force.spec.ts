import {
  type ClusterLimits,
  clustersCommand,
  exercise,
  failures,
  readClusterLimits,
  readProxyStats,
  statsCommand,
  tellLimits,
} from '../../../helpers/index.ts';

const namespace = 'm2-e6-accepted';
const clusters = clustersCommand('deployment/frontend', 'backend', namespace);
const manifests = `fixtures/02-service-mesh-value/06-circuit-breakers/01-accepted-is-not-in-force`;
const accepts = (file: string) => ['apply', '--dry-run=server', '-f', `${manifests}/${file}`];
const detections = ['exec', 'deployment/frontend', ...statsCommand(`outbound|80||backend.${namespace}.`)];

exercise(
  'DestinationRule is accepted with a threshold that no proxy ever learns',
  {
    persona: 'Marcus Chen',
    question: 'The rule for the circuit breaker was accepted. Does that mean my services are protected as it says?',
    proof:
      'What counts is what the proxy of the caller has, so it is asked itself. The image of the debug pod, netshoot, has neither kubectl nor istioctl; make contracts asks the same of the image that its authors publish. The rule arrives there, because its limits do, ten connections among them; its threshold of three failures does not. And the proxy behaves so: after four failures in a row it has detected nothing, after the fifth it has. A second rule for the same host is accepted without a warning, its subsets arrive and its limit of 99 does not; when the first rule is taken away the 99 arrives, so nothing was wrong with it.',
    takeaway:
      'Accepted means well formed, not in force: ask the proxy what it was told, and keep one rule for each host.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e6.a1', 'm2.e6.a2', 'm2.e6.a10'],
    errata: ['E220', 'E221', 'E225'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const limits = async (says: string, holds: (limits: readonly ClusterLimits[]) => boolean) => {
      const arrived = (json: string) => holds(readClusterLimits(json));
      return readClusterLimits(await cluster.eventually(says, clusters, arrived, 'istioctl', { tell: tellLimits }));
    };

    await lesson.step('Before: the debug pod cannot look into a proxy, the workstation can', async () => {
      const debug = cluster.client('pod/debug');
      for (const program of ['istioctl', 'kubectl']) {
        const { exitCode, stdout } = await debug.run('which', program);
        await lesson.check(`the pod has no ${program}`, { exitCode, stdout }, (found) => found.exitCode === 1);
      }
      const { stdout } = await debug.run('which', 'curl');
      await lesson.check('and it does have curl, so looking for a program works', stdout, (path) => /curl/.test(path));
      const [service] = await limits('the proxy of the frontend knows the backend', (all) => all.length === 1);
      await lesson.check(
        'and has no limit for it',
        service,
        (found) => found?.maxConnections === undefined && found?.outlierDetection === undefined,
      );
    });

    await lesson.step('The rule of the course text is accepted, with a warning', async () => {
      const { stderr } = await cluster.kubectl(...accepts('20-circuit-breaker.yaml'));
      await lesson.check('the API server warns', stderr, (text) => /^Warning: .*consecutive errors is dep/m.test(text));
      await cluster.change('20-circuit-breaker.yaml');
      const [service] = await limits(
        'the limits of the rule have reached the proxy: ten connections, ten that wait, two requests for each',
        ([found]) =>
          found?.maxConnections === 10 && found.maxPendingRequests === 10 && found.maxRequestsPerConnection === 2,
      );
      await lesson.check(
        'outlier detection came with it, without any number of failures, and the three of the rule is nowhere in it',
        service?.outlierDetection,
        (found) =>
          found !== undefined &&
          found.interval === '30s' &&
          found.baseEjectionTime === '30s' &&
          Object.keys(found).every((field) => !field.startsWith('consecutive')) &&
          Object.values(found).every((value) => value !== 3),
      );
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check('istioctl analyze knows', stdout, (text) => /IST0133.*backend-circuit-breaker/.test(text));
    });

    await lesson.step('After: three failures are not enough, nor are four; it takes five', async () => {
      const [pod = ''] = (await cluster.kubectl('get', 'pods', '-l', 'app=backend', '-o', 'name')).stdout.split('\n');
      await cluster.client(pod).fault('status=500');
      const detected = async () => {
        const { stdout } = await cluster.kubectl(...detections);
        return readProxyStats(stdout)('outlier_detection.ejections_detected_consecutive_5xx');
      };
      const frontend = cluster.client('deployment/frontend');
      const fail = async (times: number) => ({
        ...failures(await frontend.oneConnection(times, 'http://backend/')),
        detected: await detected(),
      });
      const nothingYet = await fail(4);
      await lesson.check(
        'four calls failed, nothing was detected',
        nothingYet,
        (seen) => seen.failed === 4 && seen.detected === 0,
      );
      const fifth = await fail(1);
      await lesson.check('the fifth failure is detected', fifth, (seen) => seen.failed === 1 && seen.detected === 1);
    });

    await lesson.step('A second rule for the host brings subsets, and loses its limit', async () => {
      const { stderr } = await cluster.kubectl(...accepts('30-backend-versions.yaml'));
      await lesson.check('the API server does not warn', stderr, (text) => !text.includes('Warning'));
      await cluster.change('30-backend-versions.yaml');
      const all = await limits('the subsets have reached the proxy', (found) => found.length === 3);
      await lesson.check(
        'both subsets have the limits of the first rule, and the 99 of the second is nowhere',
        all.map(({ subset, maxConnections, maxPendingRequests }) => ({ subset, maxConnections, maxPendingRequests })),
        (found) =>
          found.map(({ subset }) => subset).join() === ',v1,v2' &&
          found.every(({ maxConnections, maxPendingRequests }) => maxConnections === 10 && maxPendingRequests === 10),
      );
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      const findings = stdout.split('\n').filter((line) => line.includes('(DestinationRule '));
      await lesson.check(
        'istioctl analyze warns of the first rule',
        findings.filter((line) => /IST0133.*backend-circuit-breaker/.test(line)),
        (lines) => lines.length > 0,
      );
      await lesson.check(
        'of the second it says nothing, or that nobody is v2, which depends on when it looks',
        findings.filter((line) => !/IST0133.*backend-circuit-breaker|IST0173.*backend-versions.* v2 /.test(line)),
        (others) => others.length === 0,
      );
    });

    await lesson.step('And without the first rule the 99 of the second arrives', async () => {
      await cluster.revert('20-circuit-breaker.yaml');
      await limits('every cluster has room for 99 connections', (found) =>
        found.every(({ maxConnections }) => maxConnections === 99),
      );
    });
  },
);
