import {
  answered,
  between,
  exercise,
  failures,
  forbidden,
  type LabRelease,
  labReleases,
  type Load,
  moments,
  type Outcome,
  readProxyStatus,
  tally,
  timeline,
} from '../../../helpers/index.ts';

const namespace = 'm5-e11-upgrade';
const url = 'http://backend/';
const account = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
/** The release that everything is on at first, and the one of the lab's own istiod, which it moves to. */
const { second: old, mesh: next } = labReleases;
const everyone = ['backend', 'frontend', 'visitor', 'attacker'];
/** Calls that must be made before and after each restart. */
const least = 10;

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
const withNewRule: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, and the header x-rule: new is there',
  holds: ({ http }) => http.status === 200 && http.headers['x-rule'] === 'new',
};

exercise(
  'Revision tag moves workloads to another release of Istio, one Deployment at a time, and back',
  {
    persona: 'Marcus Chen',
    question:
      'Istio itself has to be upgraded twice this year, and customers buy at every hour. Can it be done on a working day, and taken back?',
    proof:
      'Two releases of Istio run side by side, each with an istiod of its own. Which of them a pod belongs to is read in two places: the image of its proxy, and the list of the istiod that the proxy talks to. The tag is moved while everything runs, and for three seconds nothing changes: the pods are the same ones, although a new pod would get the other proxy. Then one Deployment after another is restarted, while an allowed caller and an attacker call all the time: the first gets 200 for each call, the second 403 for each call, through every mixture of the two releases. The same restart after the tag has moved back takes the backend back. In the end the old istiod is stopped and a new rule is applied: its mark is in the answers of the caller that has moved, and not in those of the caller that was never restarted, until it is.',
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
      await cluster.eventually(`each pod of ${names} has a proxy of ${minor}`, listPods, (list) => {
        const own = list.split('\n').filter((line) => apps.includes(line.split(' ')[0] ?? ''));
        return (
          own.length === apps.length + (apps.includes('backend') ? 1 : 0) &&
          own.every((line) => line.endsWith(`:${tag}`))
        );
      });
      // istioctl asks the istiods of one revision at a time.
      const talksTo = (table: string) =>
        apps.filter((app) =>
          readProxyStatus(table).some((proxy) => proxy.namespace === namespace && proxy.pod.startsWith(`${app}-`)),
        );
      const ofBoth = minor === old.minor ? [revision, 'default'] : ['default', revision];
      for (const [index, each] of ofBoth.slice(0, stopped ? 1 : 2).entries()) {
        await cluster.eventually(
          index === 0 ? `the istiod of ${minor} talks to them` : 'the other one does not',
          ['proxy-status', '--revision', each],
          (table) => talksTo(table).length === (index === 0 ? apps.length : 0),
          'istioctl',
          { tell: (table) => talksTo(table).join('\n') || 'none of them' },
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
          const load = await underLoad('the backend moves');
          await showNoneFailed('m5.e11.a3', load, 'the backend moves');
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

      await lesson.step('The frontend is restarted, and has moved too', async () => {
        await restart('frontend');
        await areOn(next, ['backend', 'frontend']);
        await work.settlesOn(answered(200, account));
        await visit.settlesOn(answered(200));
        await attacking.mark('both have moved');
        await attacking.calls(least);
      });
    });

    await lesson.step('In all that time the attacker was refused at each call', async () => {
      await lesson.check(
        'each of its calls, 50 or more, was answered with 403',
        Object.fromEntries(tally(refused.replies, ({ status }) => `HTTP ${status}`)),
        (seen) => Object.keys(seen).join() === 'HTTP 403' && (seen['HTTP 403'] ?? 0) >= 50,
      );
    });

    await lesson.step(`The tag moves back: the next restart takes the backend back to ${old.minor}`, async () => {
      await cluster.moveTag('prod', revision);
      await nextPodGets(old);
      const load = await underLoad('the backend moves back');
      await showNoneFailed('m5.e11.a4', load, 'the backend moves back');
      await areOn(old, ['backend', 'visitor', 'attacker']);
      await areOn(next, ['frontend']);
      await work.settlesOn(answered(200, account));
      await attack.settlesOn(forbidden);
    });

    await lesson.step('The old istiod is stopped: nobody loses a call', async () => {
      const home = ['--namespace', 'istio-system'];
      await cluster.kubectl('scale', `deployment/istiod-${revision}`, ...home, '--replicas=0');
      await cluster.kubectl('delete', 'pod', '-l', `app=istiod,istio.io/rev=${revision}`, ...home, '--grace-period=1');
      await cluster.eventually(
        'of these proxies istiod talks to that of the frontend alone',
        ['proxy-status'],
        (table) => {
          const own = readProxyStatus(table).filter((proxy) => proxy.namespace === namespace);
          return own.length === 1 && own.every(({ pod }) => pod.startsWith('frontend-'));
        },
        'istioctl',
      );
      await visit.settlesOn(answered(200));
      await work.settlesOn(answered(200));
    });

    await lesson.step('A new rule is accepted: the frontend follows it, the visitor never hears of it', async () => {
      await cluster.change('20-new-rule.yaml');
      await work.settlesOn(withNewRule);
      await cluster.eventually(
        'the visitor is answered with 200, and without the mark of the new rule',
        ['exec', 'deployment/visitor', '--', 'curl', '--silent', '--include', '--max-time', '3', url],
        (answer) => answer.startsWith('HTTP/1.1 200') && !/^x-rule:/im.test(answer),
        'kubectl',
        { staysMs: 5_000, tell: (answer) => answer.split('\r\n\r\n')[0] ?? '' },
      );
    });

    await lesson.step('The visitor is restarted under the new release, and follows the rule', async () => {
      await cluster.moveTag('prod', 'default');
      await nextPodGets(next);
      await restart('visitor');
      await areOn(next, ['frontend', 'visitor'], true);
      await visit.settlesOn(withNewRule);
      await attack.settlesOn(forbidden);
    });

    /** Restarts the backend while the frontend calls, until none of its old pods is left. */
    async function underLoad(label: string): Promise<Load> {
      return frontend.whileCalling([url], async (calling) => {
        await calling.calls(least);
        await calling.mark(label);
        await restart('backend');
        await cluster.eventually(
          'no pod of before is left',
          ['get', 'pods', '-l', 'app=backend', '-o', 'name'],
          (list) => /^pod\/\S+\npod\/\S+\n$/.test(list),
        );
        await calling.mark('it has moved');
        await calling.calls(least);
      });
    }

    async function showNoneFailed(id: string, load: Load, label: string): Promise<void> {
      await lesson.show(
        `Calls of the frontend while ${label}`,
        timeline(
          moments(load.replies, ({ status }) => `HTTP ${status}`),
          load.milestones,
        ),
      );
      await lesson.check(
        `no call of the frontend failed while ${label}`,
        { meanwhile: failures(between(load, label, 'it has moved')), inAll: failures(load.replies) },
        ({ meanwhile, inAll }) => meanwhile.calls >= least && inAll.failed === 0,
      );
      const seconds = (wanted: string) => load.milestones.find(({ label: each }) => each === wanted)?.seconds ?? 0;
      await lesson.measure(id, `the time in which ${label}`, seconds('it has moved') - seconds(label), 'seconds');
    }
  },
);
