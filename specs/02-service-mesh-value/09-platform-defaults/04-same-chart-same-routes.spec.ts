import {
  answered,
  drift,
  type EffectiveConfig,
  effectiveConfig,
  exercise,
  nameNotFound,
} from '../../../helpers/index.ts';

const prod = 'm2-e9-prod';
const staging = 'm2-e9-staging';
const routesOf = (namespace: string) => [
  'proxy-config',
  'routes',
  `deployment/frontend.${namespace}`,
  '--name',
  '80',
  '-o',
  'json',
];
const clustersOf = (namespace: string) => [
  'proxy-config',
  'clusters',
  `deployment/frontend.${namespace}`,
  '--fqdn',
  `backend.${namespace}.svc.cluster.local`,
  '-o',
  'json',
];

exercise(
  'One chart gives two environments equal routes, and a proxy tells when they drift apart',
  {
    persona: 'Marcus Chen',
    question: 'How do I know that staging behaves as production does, and that it still will next month?',
    proof:
      'Compared is what the proxies of both environments were told, not what was applied: routes and clusters of the backend, with the name of the namespace and the addresses of the Services left out. The route of the course text is accepted and reaches the proxies, yet no call in either environment ends otherwise: it is for a name that no Service has, as analysis says. The same chart in both makes the two equal; one hurried change makes them differ in the very fields that it touched.',
    takeaway:
      'Equal files are a hope, equal proxies a fact: compare the effective configuration, and let a difference be an alarm.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e9.a7', 'm2.e9.a8'],
    errata: ['E245'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const inProd = cluster.client('deployment/frontend', prod).curl('http://backend/');
    const inStaging = cluster.client('deployment/frontend', staging).curl('http://backend/');
    const told = async (namespace: string): Promise<EffectiveConfig> => {
      const routes = await cluster.attempt('istioctl', ...routesOf(namespace));
      const clusters = await cluster.attempt('istioctl', ...clustersOf(namespace));
      return effectiveConfig(routes.stdout, clusters.stdout, namespace);
    };
    let before: EffectiveConfig = {};

    await lesson.step('Before: production has a backend, staging has none', async () => {
      await inProd.settlesOn(answered(200, 'backend-'));
      await inStaging.settlesOn(nameNotFound);
      before = await told(prod);
    });

    await lesson.step('The route of the course text is accepted in staging', async () => {
      await cluster.change('20-backend-staging.yaml');
      // It ends with an error code because it found something.
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '--namespace', staging);
      await lesson.check(
        'analysis misses the host that it names, IST0101',
        stdout,
        (report) => report.includes('IST0101') && report.includes('backend-staging'),
      );
    });

    await lesson.step('After: the proxies know it, and no call ends otherwise', async () => {
      await cluster.eventually(
        'the proxy in staging has the route, for a name that no Service has',
        ['proxy-config', 'routes', `deployment/frontend.${staging}`, '--name', '80'],
        (table) => table.includes(`backend-staging.${staging}`),
        'istioctl',
      );
      await inStaging.settlesOn(nameNotFound);
      await inProd.settlesOn(answered(200, 'backend-'));
      const changes = drift(before, await told(prod));
      await lesson.check(
        'the proxy in production was told the same about its backend as before',
        changes,
        (all) => all.length === 0,
      );
      const clusters = await cluster.attempt('istioctl', ...clustersOf(staging));
      await lesson.check('the proxy in staging knows no backend', clusters.stdout.trim(), (list) => list === '[]');
    });

    await lesson.step('The same chart in both', async () => {
      await cluster.revert('20-backend-staging.yaml');
      for (const namespace of [prod, staging]) {
        await cluster.change('30-backend.yaml', { NAMESPACE: namespace });
        await cluster.kubectl('rollout', 'status', 'deployment/backend', '--namespace', namespace, '--timeout=60s');
      }
      for (const namespace of [prod, staging]) {
        const holds = (dump: string) =>
          Object.entries(effectiveConfig(dump, '[]', namespace)).some(([, host]) =>
            JSON.stringify(host).includes('"timeout":"2s"'),
          );
        await cluster.eventually(
          `the route in ${namespace} has its two seconds`,
          routesOf(namespace),
          holds,
          'istioctl',
        );
      }
      await inStaging.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('After: what the proxies were told is the same', async () => {
      const production = await told(prod);
      await lesson.check(
        'there is one route and one cluster to compare, and the cluster holds what the chart says of ejection',
        { names: Object.keys(production), ejection: ejectionIn(production) },
        ({ names, ejection }) =>
          names.length === 2 && ejection?.consecutive5xx === 3 && ejection.maxEjectionPercent === 100,
      );
      const differences = drift(production, await told(staging));
      await lesson.check('nothing differs', differences, (all) => all.length === 0);
    });

    await lesson.step('Somebody changes staging in a hurry', async () => {
      await cluster.change('40-drift.yaml');
      await cluster.eventually(
        'the route in staging has twenty seconds',
        routesOf(staging),
        (dump) => dump.includes('"20s"'),
        'istioctl',
      );
    });

    await lesson.step('And the comparison is an alarm that names the fields', async () => {
      const differences = drift(await told(prod), await told(staging));
      await lesson.check(
        'the timeout differs, and nothing that was left alone',
        differences,
        (all) =>
          all.some((line) => line.endsWith('timeout: "2s" ≠ "20s"')) && all.every((line) => /timeout/i.test(line)),
      );
      lesson.table(
        'What differs between production and staging',
        ['where', 'production ≠ staging'],
        differences.map((line) => [line.slice(0, line.lastIndexOf(': ')), line.slice(line.lastIndexOf(': ') + 2)]),
      );
    });
  },
);

/** What a proxy was told about the ejection of pods; undefined if nothing. */
function ejectionIn(config: EffectiveConfig): { consecutive5xx?: number; maxEjectionPercent?: number } | undefined {
  const [, cluster] = Object.entries(config).find(([name]) => name.startsWith('cluster ')) ?? [];
  return (cluster as { outlierDetection?: { consecutive5xx?: number; maxEjectionPercent?: number } } | undefined)
    ?.outlierDetection;
}
