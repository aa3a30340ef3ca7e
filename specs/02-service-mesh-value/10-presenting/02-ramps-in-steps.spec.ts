import {
  answeredByVersion,
  between,
  chanceOutside,
  exercise,
  failures,
  moments,
  onceIn,
  routesCommand,
  routesTo,
  tally,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm2-demo-ramp';

exercise(
  'One VirtualService raises the share of v2 in steps and takes it back without losing a call',
  {
    persona: 'Marcus Chen',
    question: 'Can we give the new version to a tenth of our customers, then to half, then to all, and take it back?',
    proof:
      'After each step the proxy of the customer is asked for the weights it holds, and 1000 calls are counted by the version that answered. For a tenth 50 to 150 are accepted and for half 420 to 580; how seldom a fair draw misses these stands beside each. For all and for nobody it is every single call. The header leads to version 2 at every share. Another stream of calls goes on from the first step to the last, and none of it fails.',
    takeaway: 'Header rule and weights belong in one VirtualService; then exposure is a dial that turns both ways.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.demo.a2', 'm2.demo.a3'],
    errata: ['E246'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const rows: string[][] = [];
    // The proxy draws for each call, not for each connection.
    const turnTo = async (share: number, manifest: string, least: number, most: number) => {
      await cluster.change(manifest);
      await cluster.eventually(
        `the proxy of the customer holds the weight ${share} for v2`,
        routesCommand('deployment/frontend', namespace),
        (json) => weightOfV2(json) === share,
        'istioctl',
      );
      const seen = tally(await frontend.oneConnection(1000, 'http://backend/'), versionOf);
      const [v1, v2] = [seen.get('v1') ?? 0, seen.get('v2') ?? 0];
      rows.push([`${share} %`, `${v1}`, `${v2}`]);
      await lesson.check(
        `of 1000 calls version 2 answered ${bounds(share, least, most)}, and version 1 the others`,
        { v1, v2 },
        (counted) => counted.v1 + counted.v2 === 1000 && counted.v2 >= least && counted.v2 <= most,
      );
      const withHeader = tally(await frontend.oneConnection(50, '-H', 'canary: true', 'http://backend/'), versionOf);
      await lesson.check(
        'of 50 calls with the header version 2 answered all',
        Object.fromEntries(withHeader),
        (counted) => counted['v2'] === 50,
      );
    };

    await lesson.step('Before: version 1 answers everyone, header or not', async () => {
      await frontend.curl('http://backend/').settlesOn(answeredByVersion('v1'));
      await frontend.curl('-H', 'canary: true', 'http://backend/').settlesOn(answeredByVersion('v1'));
    });

    const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
      await lesson.step('A tenth of the customers meets version 2', async () => {
        await calling.calls(10);
        await calling.mark('10 %');
        await turnTo(10, '20-ten-per-cent.yaml', 50, 150);
      });
      await lesson.step('Then half of them', async () => {
        await calling.mark('50 %');
        await turnTo(50, '30-half.yaml', 420, 580);
      });
      await lesson.step('Then everyone', async () => {
        await calling.mark('100 %');
        await turnTo(100, '40-everyone.yaml', 1000, 1000);
      });
      await lesson.step('And back to nobody', async () => {
        await calling.mark('0 %');
        await turnTo(0, '50-nobody.yaml', 0, 0);
        await calling.mark('end');
        await calling.calls(10);
      });
    });

    await lesson.step('What the customers saw meanwhile', async () => {
      await lesson.show(
        'Who answered while the share was raised and taken back',
        timeline(moments(load.replies, versionOf), load.milestones),
      );
      lesson.table('1000 calls at each share', ['share of v2', 'answered by v1', 'answered by v2'], rows);
      await lesson.check(
        'no call failed, from the first step to the last',
        failures(load.replies),
        ({ calls, failed }) => calls > 20 && failed === 0,
      );
      await lesson.check(
        'and in the end version 1 answered everyone again',
        Object.fromEntries(tally(between(load, 'end'), versionOf)),
        (seen) => Object.keys(seen).join() === 'v1',
      );
    });
  },
);

/** How many of 1000 calls are right for a share in per cent, and how seldom a fair draw of it is not among them. */
function bounds(share: number, least: number, most: number): string {
  if (least === most) return `${least}`;
  const luck = onceIn(chanceOutside(1000, share / 100, least, most));
  return `${least} to ${most} (${share} % misses that by chance ${luck})`;
}

/** Weight of v2 in the route that needs no header, in per cent, as the proxy of a caller holds it; undefined without a rule. */
function weightOfV2(json: string): number | undefined {
  const { '': anyVersion, v2 = 0 } = routesTo(json, `backend.${namespace}`).at(-1)?.shares ?? { '': 100 };
  return anyVersion === undefined ? v2 : undefined;
}
