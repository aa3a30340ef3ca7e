import {
  chanceOutside,
  exercise,
  isShared,
  onceIn,
  type Reply,
  seeRoutes,
  tally,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm5-e2-order';
const routes = { caller: 'deployment/customer', service: `backend.${namespace}` };
const folder = 'fixtures/05-traffic-management/02-rule-precedence/01-first-match-wins';
const header = ['-H', 'canary: true'];
/** Calls that one version must have answered before it counts as the only one. */
const certain = 40;
const quarter = { calls: 1_000, least: 190, most: 310 };
/** What istioctl ends with when it has found something at least as bad as its threshold: sysexits of its source. */
const issuesFound = 79;

exercise(
  'VirtualService takes the first rule that fits, and analysis is a hint about the others',
  {
    persona: 'Marcus Chen',
    question: 'We wrote a rule for testers and they get the old version. What became of it?',
    proof: `The same two rules are applied in both orders, and only the order changes. ${certain} calls with the header meet version 2 in the one and version 1 in the other, where the proxy of the caller holds one route instead of two: the second rule has never reached it. What the API server and istioctl say of it is recorded with its exit code. Then the right order is seen to work again, and the same mistake is made with the rule for all calls spelled as a match of the prefix /: the proxy holds one route again and the header is as dead, and nobody says a word. In the other direction a rule that is reported as unused answers every POST below /api/v2, while a GET of the same path is taken by the rule before it. Weights are read in the proxy and counted in calls: 1 and 3 are a quarter and three quarters, a weight of 10 beside none is everything, and two weights of 0 are refused.`,
    takeaway:
      'The order of the rules decides; whether a rule is alive, the routes of a proxy and a call tell, and the silence of the analysis does not.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e2.a1', 'm5.e2.a2', 'm5.e2.a3', 'm5.e2.a4', 'm5.e2.a5'],
    errata: ['E506', 'E507'],
    readMore: 'https://istio.io/latest/docs/concepts/traffic-management/#routing-rule-precedence',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const all = async (version: string, which: string, ...call: readonly string[]) =>
      customer.burstShows(`version ${version.slice(1)} answers all of ${certain} calls ${which}`, call, (replies) =>
        onlyBy(version)(versions(replies)),
      );
    const holds = async (says: string, wanted: readonly string[], staysMs = 0) =>
      seeRoutes(cluster, routes, `the proxy of the customer holds ${says}`, wanted, { staysMs });
    /** What the API server says of a manifest; it does not take it. */
    const tried = async (file: string) => {
      const { stdout, stderr, exitCode } = await cluster.attempt(
        'kubectl',
        'apply',
        '--dry-run=server',
        '-f',
        `${folder}/${file}`,
      );
      return `${stdout}${stderr}exit code ${exitCode}`;
    };
    const analysis = async (...options: readonly string[]) => {
      const { stdout, stderr, exitCode } = await cluster.attempt(
        'istioctl',
        'analyze',
        '--namespace',
        namespace,
        ...options,
      );
      return `${stdout}${stderr}exit code ${exitCode}`;
    };
    const strictly = ['--failure-threshold', 'Warning'];

    await lesson.step('Before: without rules a call with the header meets either version', async () => {
      await customer.burstShows('both versions answer', ['http://backend/'], (replies) =>
        ['v1', 'v2'].every((version) => replies.some((reply) => versionOf(reply) === version)),
      );
      await lesson.check(
        `${certain} calls with the header met both (by chance one of the two is missed ${onceIn(0.5 ** (certain - 1))})`,
        versions(await customer.newConnections(certain, ...header, 'http://backend/')),
        (seen) => Object.keys(seen).toSorted().join() === 'v1,v2',
      );
    });

    await lesson.step('The rule for testers comes first: it works, and nobody has an objection', async () => {
      await lesson.check(
        'the API server does not warn',
        await tried('20-testers-first.yaml'),
        (said) => !/warning/i.test(said) && said.endsWith('exit code 0'),
      );
      await cluster.change('20-testers-first.yaml');
      await all('v2', 'with the header', ...header, 'http://backend/');
      await all('v1', 'without it', 'http://backend/');
      await holds('both rules', ['100 % for v2', '100 % for v1']);
      await lesson.check(
        'analysis finds nothing, also where a warning counts as a failure',
        await analysis(...strictly),
        (report) => !/IST\d{4}/.test(report) && report.endsWith('exit code 0'),
      );
    });

    await lesson.step('The same rules in the other order: testers get the old version', async () => {
      await lesson.check(
        'the API server warns that the rule with the number 1, the second, is not used, and takes it all the same',
        await tried('30-testers-last.yaml'),
        (said) => /^Warning: .*rule #1 not used/m.test(said) && said.endsWith('exit code 0'),
      );
      await cluster.change('30-testers-last.yaml');
      await holds('one rule, that for all calls', ['100 % for v1']);
      await all('v1', 'with the header', ...header, 'http://backend/');
      await lesson.check(
        'analysis warns of a rule that is not used, IST0130, and ends with 0, as if all were well',
        await analysis(),
        (report) => /IST0130.*backend-canary/.test(report) && report.endsWith('exit code 0'),
      );
      await lesson.check(
        `told that a warning is a failure, it ends with ${issuesFound}`,
        await analysis(...strictly),
        (report) => /IST0130.*backend-canary/.test(report) && report.endsWith(`exit code ${issuesFound}`),
      );
    });

    await lesson.step('The same mistake in another spelling: testers get the old version in silence', async () => {
      await cluster.change('20-testers-first.yaml');
      await all('v2', 'with the header, in the right order', ...header, 'http://backend/');
      await lesson.check(
        'the API server does not warn of the match of every path, which comes first',
        await tried('40-prefix-first.yaml'),
        (said) => !/warning/i.test(said) && said.endsWith('exit code 0'),
      );
      await cluster.change('40-prefix-first.yaml');
      await all('v1', 'with the header', ...header, 'http://backend/');
      await holds('one rule, the match of every path', ['100 % for v1']);
      await lesson.check(
        'analysis finds nothing, also where a warning counts as a failure',
        await analysis(...strictly),
        (report) => !/IST\d{4}/.test(report) && report.endsWith('exit code 0'),
      );
    });

    await lesson.step('A rule that is reported as unused, and answers every POST below /api/v2', async () => {
      await cluster.change('50-unused-by-its-report.yaml');
      await holds('all three rules', ['100 % for v1', '100 % for v2', '100 % for v1']);
      await lesson.check(
        'analysis says that the match of this rule, number 1, is not used because of rule number 0: IST0131',
        await analysis(),
        (report) =>
          /IST0131.*backend-canary.*rule #1 match #0\b.*in rule #0\b/.test(report) && report.endsWith('exit code 0'),
      );
      await all('v2', 'by POST to /api/v2/x', '-X', 'POST', 'http://backend/api/v2/x');
      await all('v1', 'by GET to /api/v2/x', 'http://backend/api/v2/x');
      await all('v1', 'by POST to /api/x', '-X', 'POST', 'http://backend/api/x');
    });

    await lesson.step('Weights are compared with each other: 1 and 3 are a quarter and three quarters', async () => {
      await cluster.change('60-one-to-three.yaml');
      await holds('a quarter and three quarters', ['25 % for v1 and 75 % for v2']);
      await lesson.check(
        `version 1 answered ${quarter.least} to ${quarter.most} of ${quarter.calls} calls (a quarter misses that by chance ${onceIn(chanceOutside(quarter.calls, 0.25, quarter.least, quarter.most))})`,
        versions(await customer.oneConnection(quarter.calls, 'http://backend/')),
        isShared('v1', 'v2', quarter),
      );
    });

    await lesson.step('Only one destination has a weight: it gets every call. Two of 0 are refused', async () => {
      await lesson.check(
        'the API server does not warn of a weight that is missing',
        await tried('70-one-weight.yaml'),
        (said) => !/warning/i.test(said) && said.endsWith('exit code 0'),
      );
      await cluster.change('70-one-weight.yaml');
      await holds('version 2 alone', ['100 % for v2']);
      await lesson.check(
        `version 2 answered 200 of 200 calls (of a tenth by chance ${onceIn(0.1 ** 200)})`,
        versions(await customer.oneConnection(200, 'http://backend/')),
        ({ v2 = 0 }) => v2 === 200,
      );
      await lesson.check(
        'analysis finds nothing, also where a warning counts as a failure',
        await analysis(...strictly),
        (report) => !/IST\d{4}/.test(report) && report.endsWith('exit code 0'),
      );
      const { stderr, exitCode } = await cluster.attempt('kubectl', 'apply', '-f', `${folder}/no-weight.yaml`);
      await lesson.check(
        'two weights of 0 are refused when they are applied: the sum is 0',
        `${stderr}exit code ${exitCode}`,
        (said) => /denied the request: .*total destination weight = 0/s.test(said) && said.endsWith('exit code 1'),
      );
      await holds('what it held before', ['100 % for v2'], 3_000);
    });
  },
);

function versions(replies: readonly Reply[]): Record<string, number> {
  return Object.fromEntries(tally(replies, versionOf));
}

/** At least one call, and all of them answered by this version. */
function onlyBy(wanted: string): (seen: Readonly<Record<string, number>>) => boolean {
  return (seen) => Object.keys(seen).join() === wanted;
}
