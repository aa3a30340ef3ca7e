import { answered, exercise, type Outcome, resetByProxy } from '../../../helpers/index.ts';

const namespace = 'm3-e8-floor';
const outside = 'm3-e8-floor-legacy';
const backend = `http://backend.${namespace}/`;
const files = 'fixtures/03-sidecar-vs-ambient/08-standardisation/02-platform-floor/files';
/** What the API server answers where the floor is touched. */
const words = {
  mode: 'the platform keeps mutual TLS STRICT; a team may not lower it',
  port: 'the platform keeps mutual TLS STRICT on each port; a team may not lower it for one',
  pods: 'the platform keeps pods in the mesh; a team may not take them out',
} as const;
/** Other ways to lower it: a file each, the policy that is to refuse it, and in which words. */
const otherWays = [
  ['PERMISSIVE for the namespace', 'namespace-permissive.yaml', 'm3-e8-floor', words.mode],
  ['DISABLE for one port', 'port-disable.yaml', 'm3-e8-floor', words.port],
  ['pods whose label wants no sidecar', 'pods-without-a-sidecar.yaml', 'm3-e8-floor-pods', words.pods],
  ['pods whose label wants no ambient', 'pods-outside-ambient.yaml', 'm3-e8-floor-pods', words.pods],
] as const;
/** Every PeerAuthentication of the cluster, for an audit of what came before the floor. */
const audit = [
  'get',
  'peerauthentication',
  '--all-namespaces',
  '-o',
  'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.mtls.mode}{"\\n"}{end}',
];

/** Served without a certificate, which a sidecar would tell the application of. */
const servedInClear: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200 by the backend, and no certificate came with it',
  holds: ({ http }) =>
    http.status === 200 && http.body.includes('"pod":"backend-') && !http.body.includes('x-forwarded-client-cert'),
};

exercise(
  'ValidatingAdmissionPolicy keeps a team from lowering STRICT, and finds nothing that was lowered before',
  {
    persona: 'Jennifer',
    question: 'Sixty teams, different needs. What do I fix for all of them, and who keeps it fixed?',
    proof:
      'STRICT holds in a namespace, and a caller without a certificate is reset. A team sets DISABLE for its backend: the API server takes it, the stranger is answered, and so is the frontend, in clear. Then the platform sets a floor by admission. What would lower it further is refused, each in words of the platform: DISABLE for another workload, PERMISSIVE for the namespace, DISABLE for one port, and pods whose label takes them out of the mesh; before the floor each of them was taken. What a team may do on top is taken: STRICT for a workload of its own, a rule about callers, a waypoint of its own, pods without such labels. But the DISABLE from before stands, and the stranger is answered still, until a list of what is there shows it; a change of it is refused too, and it can be taken away. After that the stranger is reset, and the same file comes in no more.',
    takeaway:
      'Fix by admission who may lower encryption, leave rules and waypoints to teams, and look through what was there before: admission sees only what changes.',
    needs: ['k8s', 'gwapi', 'sidecar'],
    proves: ['m3.e8.a2', 'm3.e8.a5'],
    readMore: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const stranger = cluster.client('pod/legacy', outside).curl(backend);
    const work = cluster.client('deployment/frontend').curl(backend);
    const identity = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
    const kubectl = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await cluster.attempt('kubectl', ...args);
      return { exitCode, said: `${stdout}${stderr}`.trim() };
    };
    const apply = async (file: string) => kubectl('apply', '-f', `${files}/${file}`);
    const dryRun = async (file: string) => kubectl('apply', '--dry-run=server', '-f', `${files}/${file}`);
    const isRefused = (seen: { exitCode: number | undefined; said: string }, policy: string, said: string) =>
      seen.exitCode === 1 &&
      seen.said.includes(`ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${said}`);

    await lesson.step('Before: STRICT resets the stranger, and the frontend comes with a certificate', async () => {
      await stranger.settlesOn(resetByProxy);
      await work.settlesOn(answered(200, identity));
    });

    await lesson.step(
      'A team sets DISABLE for its backend: the stranger is answered, and all of it is in clear',
      async () => {
        await lesson.check(
          'the API server takes it',
          await apply('backend-disable.yaml'),
          ({ exitCode }) => exitCode === 0,
        );
        await stranger.settlesOn(servedInClear);
        await work.settlesOn(servedInClear);
      },
    );

    await lesson.step('The same for another workload would be taken too (a dry run)', async () => {
      await lesson.check(
        'the API server would take it',
        await dryRun('frontend-disable.yaml'),
        ({ exitCode }) => exitCode === 0,
      );
      for (const [what, file] of otherWays)
        await lesson.check(`and ${what}`, await dryRun(file), ({ exitCode }) => exitCode === 0);
    });

    await lesson.step(
      'A floor: admission looks at what teams say of mutual TLS, and at labels of their pods',
      async () => {
        await cluster.change('20-floor.yaml');
      },
    );

    await lesson.step('After: the same is refused, in the words of the platform', async () => {
      /** The API server heeds a new policy after a moment: asked again until it does. */
      const becomesRefused = async (says: string, file: string, policy: string, said: string) => {
        let seen = { exitCode: undefined as number | undefined, said: '' };
        const beforeEachLook = async () => {
          seen = await dryRun(file);
        };
        const holds = () => isRefused(seen, policy, said);
        const look = { beforeEachLook, tell: () => seen.said };
        await cluster.eventually(says, ['get', 'namespace', namespace, '-o', 'name'], holds, 'kubectl', look);
      };
      const first = 'DISABLE for another workload is refused, and the refusal names the floor';
      await becomesRefused(first, 'frontend-disable.yaml', 'm3-e8-floor', words.mode);
      for (const [what, file, policy, said] of otherWays) await becomesRefused(`so are ${what}`, file, policy, said);
    });

    await lesson.step('What is above the floor is taken: STRICT, rules, a waypoint and pods of the team', async () => {
      for (const [what, file] of [
        ['STRICT for a workload', 'backend-strict.yaml'],
        ['a rule about callers', 'rule-of-the-team.yaml'],
        ['a waypoint', 'waypoint-of-the-team.yaml'],
        ['a Deployment without such a label', 'pods-of-the-team.yaml'],
      ] as const)
        await lesson.check(`${what} would be taken`, await dryRun(file), ({ exitCode }) => exitCode === 0);
    });

    await lesson.step('But what was lowered before stays so, until somebody looks', async () => {
      await stranger.settlesOn(servedInClear);
      await cluster.eventually('a list of all that is there has it', audit, (list) =>
        list.includes(`${namespace}/backend DISABLE\n`),
      );
      await lesson.check(
        'a change of it is refused as well',
        await kubectl('label', 'peerauthentication', 'backend', '--namespace', namespace, 'team=shop'),
        (each) => isRefused(each, 'm3-e8-floor', words.mode),
      );
    });

    await lesson.step('Taken away, it does not come back, and the stranger is reset', async () => {
      await cluster.kubectl('delete', 'peerauthentication', 'backend');
      await lesson.check('the same file is refused', await apply('backend-disable.yaml'), (each) =>
        isRefused(each, 'm3-e8-floor', words.mode),
      );
      await stranger.settlesOn(resetByProxy);
      await work.settlesOn(answered(200, identity));
    });
  },
);
