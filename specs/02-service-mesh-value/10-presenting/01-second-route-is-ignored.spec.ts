import {
  answeredByVersion,
  barChart,
  chanceOutside,
  exercise,
  onceIn,
  tally,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm2-demo-two-routes';

exercise(
  'A second VirtualService for the same host is ignored: the older one decides',
  {
    persona: 'Marcus Chen',
    question: 'The demonstration sends a tenth of the calls to version 2. Why does version 2 get none?',
    proof:
      'The route of the exercise before is still there when the one of the demonstration is applied. Of 1000 calls after that none meets version 2, where a share of a tenth would give about a hundred. Nothing is wrong with the second route as such: when the older one is deleted it takes effect within seconds. And when the older one comes back it is the younger, so now it is the one that is ignored: age decides, not the name.',
    takeaway: 'One host inside the mesh, one VirtualService: of two the younger is accepted, stored and ignored.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.demo.a1'],
    errata: ['E246'],
    readMore: 'https://istio.io/latest/docs/reference/config/analysis/ist0109/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const customer = frontend.curl('http://backend/');
    const tester = frontend.curl('-H', 'canary: true', 'http://backend/');
    // The proxy routes each call, not each connection.
    const calls = async (title: string, times: number, ...header: readonly string[]) => {
      const seen = tally(await frontend.oneConnection(times, ...header, 'http://backend/'), versionOf);
      await lesson.show(title, barChart('calls', seen));
      return { v1: seen.get('v1') ?? 0, v2: seen.get('v2') ?? 0 };
    };
    const analysisNamesBoth = async () => {
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check('the analysis names both: they define the same host, IST0109', stdout, (report) =>
        ['backend-canary', 'safe-deployment-demo'].every((name) =>
          report.split('\n').some((line) => line.includes('IST0109') && line.includes(name)),
        ),
      );
    };

    await lesson.step('Before: the header leads to v2, and everyone else to v1', async () => {
      await cluster.deploy('11-backend-canary.yaml');
      await tester.settlesOn(answeredByVersion('v2'));
      await customer.settlesOn(answeredByVersion('v1'));
    });

    await lesson.step('The demonstration applies its own routes, 90 to 10, for the same host', async () => {
      await cluster.change('20-safe-deployment-demo.yaml');
      await analysisNamesBoth();
    });

    await lesson.step('After: of 1000 calls none meets version 2', async () => {
      await lesson.check(
        `version 1 answered all of them (with a tenth for version 2 that happens by chance ${onceIn(0.9 ** 1000)})`,
        await calls('1000 calls with both routes', 1000),
        ({ v1, v2 }) => v1 === 1000 && v2 === 0,
      );
      await tester.settlesOn(answeredByVersion('v2'));
    });

    await lesson.step('And without the older routes the tenth appears', async () => {
      await cluster.revert('11-backend-canary.yaml');
      // The header means nothing from now on, so such calls meet version 1 too.
      await tester.settlesOn(answeredByVersion('v1'), { inARow: 1 });
      await lesson.check(
        `version 2 got 50 to 150 of 1000 calls (a tenth misses that by chance ${onceIn(chanceOutside(1000, 0.1, 50, 150))})`,
        await calls('1000 calls with the second route alone', 1000),
        ({ v1, v2 }) => v1 + v2 === 1000 && v2 >= 50 && v2 <= 150,
      );
    });

    await lesson.step('And when the canary routes come back they are the younger, and ignored', async () => {
      await cluster.change('11-backend-canary.yaml');
      await analysisNamesBoth();
      await lesson.check(
        `the header no longer leads to version 2: of 200 calls with it most met version 1 (of a tenth half by chance ${onceIn(chanceOutside(200, 0.1, 0, 99))})`,
        await calls('200 calls with the header', 200, '-H', 'canary: true'),
        ({ v1, v2 }) => v1 + v2 === 200 && v1 > v2,
      );
    });
  },
);
