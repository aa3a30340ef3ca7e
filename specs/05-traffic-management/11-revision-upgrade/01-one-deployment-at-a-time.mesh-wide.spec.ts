import {
  answered,
  between,
  type Client,
  exercise,
  failures,
  forbidden,
  type LabRelease,
  labReleases,
  type Load,
  moments,
  onceIn,
  type Outcome,
  readProxyStatus,
  tally,
  timeline,
} from '../../../helpers/index.ts';

const namespace = 'm5-e11-upgrade';
const url = 'http://backend/';
const account = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
/** The older release, which everything is on at first, and the one of the lab's own istiod, which it moves to. */
const { second: old, mesh: next } = labReleases;
const everyone = ['backend', 'frontend', 'visitor', 'attacker'];
/** Pods that each of them has. */
const podsOf = (app: string) => (app === 'backend' ? 2 : 1);
/** Calls that must be made before and after each restart. */
const least = 10;
/** Milestone at the end of what is done under load. */
const over = 'it is done';
/** Calls that must be made meanwhile, where none may fail. */
const leastMeanwhile = 100;

/** What pods there are, and which proxy each has: where Kubernetes knows native sidecars, it is among those that start first. */
const proxies =
  'jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.uid} {.spec.initContainers[?(@.name=="istio-proxy")].image}{.spec.containers[?(@.name=="istio-proxy")].image}{"\\n"}{end}';
const listPods = ['get', 'pods', '--sort-by=.metadata.name', '-o', proxies];
/** A pod as it would be made now, and is not. */
const nextPod = [
  'run',
  'next-pod',
  '--namespace=default',
  '--labels=istio.io/rev=prod',
  '--image=docker.io/curlimages/curl:8.22.0',
  '--dry-run=server',
  '-o',
  'jsonpath={.spec.initContainers[*].image} {.spec.containers[*].image}',
];
const withRule = (mark: string): Outcome => ({
  verdict: 'allowed',
  says: `is answered with HTTP 200, and the header x-rule: ${mark} is there`,
  holds: ({ http }) => http.status === 200 && http.headers['x-rule'] === mark,
});

exercise(
  'Revision tag moves workloads to another release of Istio, one Deployment at a time, and back',
  {
    persona: 'Marcus Chen',
    question:
      'Istio itself has to be upgraded twice this year, and customers buy at every hour. Can it be done on a working day, and taken back?',
    proof:
      'Two releases of Istio run side by side, each with an istiod of its own. Which of them a pod belongs to is read in two places: the image of its proxy, and the list of the istiod that the proxy talks to. The tag is moved while everything runs, and for three seconds nothing changes: the pods are the same ones, although a new pod would get the other proxy. Then one Deployment after another is restarted under load: the frontend calls while the backend moves, the visitor while the frontend moves, and each of their calls gets 200. An attacker calls all the time, and each of its calls gets 403. The same restart after the tag has moved back takes the backend back, under the same load. Then a rule puts a mark into the answers, and both callers get it, each by its own istiod. The old istiod is stopped, the visitor loses no call, and a rule with another mark is applied: the caller that has moved gets the new mark, and the one that was never restarted still gets the old one, until it is restarted.',
    takeaway:
      'Move the tag, then restart one Deployment at a time; keep the old istiod until no proxy is connected to it.',
    needs: ['k8s', 'sidecar', 'rev2'],
    proves: ['m5.e11.a1', 'm5.e11.a2', 'm5.e11.a3', 'm5.e11.a4', 'm5.e11.a5'],
    errata: ['E153'],
    readMore: 'https://istio.io/latest/docs/setup/upgrade/canary/',
  },
  async ({ lesson, cluster }) => {
    const { revision } = await cluster.installIstiod({ release: 'second' });
    const nextPodGets = async ({ minor, tag }: LabRelease) =>
      cluster.eventually(
        `a pod that is made now gets a proxy of ${minor}`,
        nextPod,
        (images) => images.includes(`proxyv2:${tag} `) || images.endsWith(`proxyv2:${tag}`),
      );
    /** Seen at the pods, and at the istiods; one that is stopped is not asked. */
    const areOn = async ({ minor, tag }: LabRelease, apps: readonly string[], stopped = false) => {
      const names = apps.join(' and ');
      await cluster.eventually(`each pod of ${names} has a proxy of ${minor}`, listPods, (list) =>
        apps.every((app) => {
          const own = list.split('\n').filter((line) => line.startsWith(`${app} `));
          return own.length === podsOf(app) && own.every((line) => line.endsWith(`:${tag}`));
        }),
      );
      // istioctl asks the istiods of one revision at a time.
      const talksTo = (table: string, app: string) =>
        readProxyStatus(table).filter((proxy) => proxy.namespace === namespace && proxy.pod.startsWith(`${app}-`));
      const ofBoth = minor === old.minor ? [revision, 'default'] : ['default', revision];
      for (const [index, each] of ofBoth.slice(0, stopped ? 1 : 2).entries()) {
        await cluster.eventually(
          index === 0 ? `the istiod of ${minor} talks to them` : 'the other one does not',
          ['proxy-status', '--revision', each],
          (table) => apps.every((app) => talksTo(table, app).length === (index === 0 ? podsOf(app) : 0)),
          'istioctl',
          {
            tell: (table) =>
              apps.flatMap((app) => talksTo(table, app).map(({ pod }) => pod)).join('\n') || 'none of them',
          },
        );
      }
    };
    const restart = async (app: string) => {
      await cluster.kubectl('rollout', 'restart', `deployment/${app}`);
      await cluster.kubectl('rollout', 'status', `deployment/${app}`, '--timeout=80s');
    };

    await cluster.createTag('prod', revision);
    await nextPodGets(old);
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const visitor = cluster.client('deployment/visitor');
    const attacker = cluster.client('deployment/attacker');
    const work = frontend.curl(url);
    const visit = visitor.curl(url);
    const attack = attacker.curl(url);

    await lesson.step(
      `Before: everything is on ${old.minor}, two callers are served and the attacker is not`,
      async () => {
        await areOn(old, everyone);
        await work.settlesOn(answered(200, account));
        await visit.settlesOn(answered(200));
        await attack.settlesOn(forbidden);
      },
    );

    await lesson.step('The tag moves to the new release: the next pod follows it, those that run do not', async () => {
      const { stdout: before } = await cluster.kubectl(...listPods);
      await cluster.moveTag('prod', 'default');
      await nextPodGets(next);
      await cluster.eventually(
        `they are the same pods with the same proxies of ${old.minor}`,
        listPods,
        (list) => list === before && list !== '',
        'kubectl',
        { staysMs: 3_000 },
      );
      await areOn(old, everyone);
    });

    const refused = await attacker.whileCalling([url], async (attacking) => {
      await lesson.step(
        'The backend is restarted while the frontend calls: it has moved, and no call was lost',
        async () => {
          const load = await restartUnderLoad('backend', frontend, 'the backend moves');
          await showNoneFailed('the frontend', load, 'the backend moves');
          await measureMove('m5.e11.a3', load, 'the backend moves');
        },
      );

      await lesson.step(
        `Between the steps a caller of ${old.minor} is known to a server of ${next.minor}`,
        async () => {
          await areOn(next, ['backend']);
          await areOn(old, ['frontend', 'visitor', 'attacker']);
          await work.settlesOn(answered(200, account));
          await attack.settlesOn(forbidden);
        },
      );

      await lesson.step('The frontend is restarted while the visitor calls, and has moved too', async () => {
        const load = await restartUnderLoad('frontend', visitor, 'the frontend moves');
        await showNoneFailed('the visitor', load, 'the frontend moves');
        await areOn(next, ['backend', 'frontend']);
        await work.settlesOn(answered(200, account));
        await visit.settlesOn(answered(200));
        await attacking.mark('both have moved');
        await attacking.calls(least);
      });
    });

    const refusedAgain = await attacker.whileCalling([url], async (attacking) => {
      await lesson.step(`The tag moves back: the next restart takes the backend back to ${old.minor}`, async () => {
        await cluster.moveTag('prod', revision);
        await nextPodGets(old);
        const load = await restartUnderLoad('backend', frontend, 'the backend moves back');
        await showNoneFailed('the frontend', load, 'the backend moves back');
        await measureMove('m5.e11.a4', load, 'the backend moves back');
        await areOn(old, ['backend', 'visitor', 'attacker']);
        await areOn(next, ['frontend']);
        await work.settlesOn(answered(200, account));
        await attacking.mark('the backend is back');
        await attacking.calls(least);
      });
    });

    await lesson.step('Through both moves and the way back the attacker was refused at each call', async () => {
      for (const [when, { replies }] of [
        ['while both moved', refused],
        ['on the way back', refusedAgain],
      ] as const)
        await lesson.check(
          `${when} each of its calls, ${leastMeanwhile} or more, was answered with 403`,
          Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`)),
          (seen) => Object.keys(seen).join() === 'HTTP 403' && (seen['HTTP 403'] ?? 0) >= leastMeanwhile,
        );
    });

    await lesson.step('A rule is in force at both callers, each of which has it from its own istiod', async () => {
      await cluster.change('15-old-rule.yaml');
      await visit.settlesOn(withRule('old'));
      await work.settlesOn(withRule('old'));
    });

    await lesson.step('The old istiod is stopped: the visitor, whose istiod it was, loses no call', async () => {
      const label = 'the old istiod is stopped';
      const load = await visitor.whileCalling([url], async (calling) => {
        await calling.calls(least);
        await calling.mark(label);
        const home = ['--namespace', 'istio-system'];
        const pods = ['-l', `app=istiod,istio.io/rev=${revision}`, ...home];
        await cluster.kubectl('scale', `deployment/istiod-${revision}`, ...home, '--replicas=0');
        await cluster.kubectl('delete', 'pod', ...pods, '--grace-period=1');
        await cluster.eventually(
          'of these proxies istiod talks to that of the frontend alone',
          ['proxy-status'],
          (table) => {
            const own = readProxyStatus(table).filter((proxy) => proxy.namespace === namespace);
            return own.length === 1 && own.every(({ pod }) => pod.startsWith('frontend-'));
          },
          'istioctl',
        );
        await calling.calls(leastMeanwhile);
        await calling.mark(over);
        await calling.calls(least);
      });
      await showNoneFailed('the visitor', load, label);
      await work.settlesOn(withRule('old'));
    });

    await lesson.step('A new rule is accepted: the frontend follows it, the visitor keeps the old one', async () => {
      await cluster.change('20-new-rule.yaml');
      await work.settlesOn(withRule('new'));
      await cluster.eventually(
        'the visitor is answered with 200, and still with the mark of the old rule',
        ['exec', 'deployment/visitor', '--', 'curl', '--silent', '--include', '--max-time', '3', url],
        (answer) => answer.startsWith('HTTP/1.1 200') && /^x-rule: old\r?$/im.test(answer),
        'kubectl',
        { staysMs: 5_000, tell: (answer) => answer.match(/^(HTTP|x-rule).*$/gim)?.join('\n') ?? '' },
      );
    });

    await lesson.step('The visitor is restarted under the new release, and follows the rule', async () => {
      await cluster.moveTag('prod', 'default');
      await nextPodGets(next);
      await restart('visitor');
      await areOn(next, ['frontend', 'visitor'], true);
      await visit.settlesOn(withRule('new'));
      await attack.settlesOn(forbidden);
    });

    /** Restarts a Deployment while somebody else calls the backend, until no pod of before is left. */
    async function restartUnderLoad(app: string, caller: Client, label: string): Promise<Load> {
      return caller.whileCalling([url], async (calling) => {
        await calling.calls(least);
        await calling.mark(label);
        await restart(app);
        await cluster.eventually(
          'no pod of before is left',
          ['get', 'pods', '-l', `app=${app}`, '-o', 'name'],
          (list) => list.match(/^pod\/\S+$/gm)?.length === podsOf(app),
        );
        await calling.calls(leastMeanwhile);
        await calling.mark(over);
        await calling.calls(least);
      });
    }

    async function showNoneFailed(who: string, load: Load, label: string): Promise<void> {
      await lesson.show(
        `Calls of ${who} while ${label}`,
        timeline(
          moments(load.replies, ({ status }) => `HTTP ${status}`),
          load.milestones,
        ),
      );
      await lesson.check(
        `no call of ${who} failed while ${label}, of ${leastMeanwhile} or more (a loss of one in ten would pass by chance ${onceIn(0.9 ** leastMeanwhile)})`,
        { meanwhile: failures(between(load, label, over)), inAll: failures(load.replies) },
        ({ meanwhile, inAll }) => meanwhile.calls >= leastMeanwhile && inAll.failed === 0,
      );
    }

    async function measureMove(id: string, { milestones }: Load, label: string): Promise<void> {
      const seconds = (wanted: string) => milestones.find(({ label: each }) => each === wanted)?.seconds ?? 0;
      await lesson.measure(id, `the time in which ${label}`, seconds(over) - seconds(label), 'seconds');
    }
  },
);
