import {
  configDumpCommand,
  digestOf,
  drift,
  type EffectiveConfig,
  exercise,
  type Outcome,
  toldConfig,
} from '../../../helpers/index.ts';

const namespace = 'm8-e8-undone';
const folder = 'fixtures/08-integration/08-change-control/02-undone-and-proven';
const filesOfBefore = `${folder}/15-before.yaml`;
const backend = 'http://backend/';
/** How long what the old files leave is watched. */
const staysMs = 3_000;
const dumpOf = (app: string) => ['exec', `deployment/${app}`, ...configDumpCommand];
/** Both proxies: of the caller and of the called workload. */
const apps = ['frontend', 'backend'] as const;
type App = (typeof apps)[number];
/** The two parts that the change is to touch, as both proxies know them. */
const limit = 'cluster outbound|80||backend.NAMESPACE.svc.cluster.local';
const route = 'route backend.NAMESPACE.svc.cluster.local:80';
/** By what the edited rule differs: the limit on the way to the backend, and at the backend on the way in, where it holds too. */
const edited = (app: App) =>
  (app === 'backend' ? ['cluster inbound|80||', limit] : [limit]).map(
    (cluster) => `${cluster} > circuit_breakers > thresholds > 0 > max_connections: 100 ≠ 10`,
  );
/** As much of a digest as a table has room for. */
const brief = (digest: string) => digest.slice(0, 16);
/** Lines about the rule that was added, and about nothing else: the header that it waits for, and the mark it sets. */
const isAdded = (lines: readonly string[]) =>
  lines.length > 0 &&
  lines.every((line) => line.startsWith(`${route} > routes > `)) &&
  ['x-trial', 'x-route'].every((word) => lines.some((line) => line.includes(word)));

const marked: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, and the added rule has put its mark into the answer',
  holds: ({ http }) => http.status === 200 && http.headers['x-route'] === 'trial',
};
const unmarked: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, without a mark of any rule',
  holds: ({ http }) => http.status === 200 && !('x-route' in http.headers),
};

exercise(
  'Effective configuration proves a change undone, and shows that applying the old files does not undo it',
  {
    persona: 'Ahmed Hassan',
    question:
      'The change board wants a record before, a record after, and a way back. How do I prove that the way back led back?',
    proof:
      'Compared is what two proxies were told, that of the caller and that of the called workload: clusters and routes of the Services of this namespace, and the listener for calls that come in, with the access rules in it. It is read twice without a change, and has the same digest. The change edits one rule and adds another. The digest is another one then, and the difference is one number and the routes of one Service, in both proxies; in that of the backend the number stands twice, since it holds for the way in too. A call with a certain header gets a mark of the new rule. Then the files of before are applied, and nothing else. The number is as before, but for three seconds the route is still what the change made of it, and calls still get the mark. When what is no longer in the files is pruned, both proxies have the first digest again, and the same call gets no mark.',
    takeaway:
      'Take the digest of what proxies were told before a change and after its way back; the old files alone leave in force what was added.',
    needs: ['k8s', 'sidecar', 'providers'],
    proves: ['m8.e8.a2', 'm8.e8.a5'],
    errata: ['E806'],
    readMore: 'https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-to-delete-objects',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const trial = frontend.curl('-H', 'x-trial: yes', backend);
    const ordinary = frontend.curl(backend);
    const told = async (): Promise<Record<App, EffectiveConfig>> => {
      const [caller, called] = [
        await cluster.kubectl(...dumpOf('frontend')),
        await cluster.kubectl(...dumpOf('backend')),
      ];
      return { frontend: toldConfig(caller.stdout, namespace), backend: toldConfig(called.stdout, namespace) };
    };
    /** Waits until each of the two proxies differs from what it was told at first in that, and in nothing else. */
    const differs = async (
      before: Readonly<Record<App, EffectiveConfig>>,
      says: string,
      holds: (lines: readonly string[], app: App) => boolean,
      stays = 0,
    ) => {
      for (const app of apps) {
        const lines = (dump: string) => drift(before[app], toldConfig(dump, namespace));
        await cluster.eventually(
          `what the proxy of the ${app} was told ${says}`,
          dumpOf(app),
          (dump) => holds(lines(dump), app),
          'kubectl',
          {
            ...(stays === 0 ? {} : { staysMs: stays }),
            tell: (dump) =>
              lines(dump)
                .map((line) => line.slice(0, 300))
                .join('\n') || 'no difference',
          },
        );
      }
    };
    const digests: string[][] = [];
    const note = async (when: string, config: Readonly<Record<App, EffectiveConfig>>) => {
      const digest = digestOf(config);
      digests.push([when, brief(digestOf(config.frontend)), brief(digestOf(config.backend))]);
      return digest;
    };

    await trial.settlesOn(unmarked);
    await ordinary.settlesOn(unmarked);
    const first = await told();
    const d0 = await note('before', first);

    await lesson.step('Before: read twice, what both proxies were told has one digest', async () => {
      await lesson.check(
        'the second reading has the digest of the first, and both are of something',
        { first: d0, second: digestOf(await told()), parts: apps.map((app) => Object.keys(first[app])) },
        ({ second, parts }) =>
          second === d0 &&
          parts.every((names) => [limit, route, 'listener virtualInbound'].every((name) => names.includes(name))),
      );
    });

    await lesson.step('The change: one rule is edited, and one is added', async () => {
      await cluster.change('20-change.yaml');
    });

    await lesson.step(
      'After: the difference is one number and the routes of one Service, in both proxies',
      async () => {
        await differs(first, 'differs in that number and in the routes of the backend', (lines, app) => {
          const numbers = lines.filter((line) => !line.startsWith(`${route} > `));
          return numbers.join() === edited(app).join() && isAdded(lines.slice(numbers.length));
        });
        const d1 = await note('after the change', await told());
        await lesson.check(
          'the digest is another one',
          { before: d0, after: d1 },
          ({ before, after }) => before !== after,
        );
        await trial.settlesOn(marked);
        await ordinary.settlesOn(unmarked);
      },
    );

    await lesson.step(
      'The files of before are applied: the number is back, and the added rule stays in force',
      async () => {
        await cluster.kubectl('apply', '-f', filesOfBefore);
        await differs(first, 'still differs in the routes of the backend, and in nothing else', isAdded, staysMs);
        const d2 = await note('the old files applied', await told());
        await lesson.check(
          'the digest is not that of before',
          { before: d0, now: d2 },
          ({ before, now }) => before !== now,
        );
        await trial.settlesOn(marked);
      },
    );

    await lesson.step('What is not in the files is pruned: both proxies have the first digest again', async () => {
      const { stdout } = await cluster.kubectl(
        'apply',
        '--prune',
        '-l',
        'part-of=checkout',
        '--prune-allowlist=networking.istio.io/v1/VirtualService',
        '-f',
        filesOfBefore,
      );
      await lesson.check(
        'the rule that was added, and nothing else, is pruned',
        stdout.trim(),
        (said) =>
          /^virtualservice\.networking\.istio\.io\/trial pruned$/m.test(said) && said.match(/pruned/g)?.length === 1,
      );
      await differs(first, 'is what it was told at first', (lines) => lines.length === 0);
      const d3 = await note('pruned', await told());
      await lesson.check('the digest is that of before', { before: d0, now: d3 }, ({ before, now }) => before === now);
      await trial.settlesOn(unmarked);
      await ordinary.settlesOn(unmarked);
      lesson.table(
        'What proxies were told, by its digest',
        ['when', 'proxy of the frontend', 'proxy of the backend'],
        digests,
      );
    });
  },
);
