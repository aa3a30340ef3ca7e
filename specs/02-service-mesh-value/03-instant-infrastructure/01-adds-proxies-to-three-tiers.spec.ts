import { answered, answeredPastProxy, answeredThroughProxy, exercise } from '../../../helpers/index.ts';

const namespace = 'm2-e3-three-tiers';
const tiers = ['backend', 'database', 'frontend'];
const ofTiers = ['get', 'pods', '-l', 'app', '--sort-by=.metadata.labels.app', '-o'];
const containers = [
  ...ofTiers,
  'jsonpath={range .items[*]}{.metadata.name}: {.spec.containers[*].name}{range .spec.initContainers[*]} {.name}/{.restartPolicy}{end}{"\\n"}{end}',
];
/** What the developers wrote, pod by pod: everything but the proxy's container. */
const application = [
  ...ofTiers,
  'jsonpath={range .items[*].spec.containers[?(@.name!="istio-proxy")]}{.name} image={.image} command={.command} args={.args} env={.env}{"\\n"}{end}',
];
const generator = [
  'get',
  'pod',
  'load-generator',
  '-o',
  'jsonpath={.metadata.uid} {.spec.initContainers[*].name}{.spec.containers[*].name}',
];
/** The same pod, created now; the API server answers what it would make of it. */
const newcomer = [
  'run',
  'newcomer',
  '--image=docker.io/curlimages/curl:8.22.0',
  '--restart=Never',
  '--dry-run=server',
  '-o',
  'jsonpath={.spec.initContainers[*].name} {.spec.containers[*].name}',
];
/** As the course text looks for the proxy, but for the namespace. */
const textsSearch = `kubectl -n ${namespace} describe pod $(kubectl -n ${namespace} get pod -l app=frontend -o jsonpath='{.items[0].metadata.name}') | grep -A5 "Containers:"`;
/** A call of the backend by the database, whose image has a shell and no web client. */
const callsBackend = [
  'bash',
  '-c',
  String.raw`exec 3<>/dev/tcp/backend/80; printf 'GET / HTTP/1.1\r\nHost: backend\r\nConnection: close\r\n\r\n' >&3; timeout 5 cat <&3`,
];
const requestMetrics =
  'exec deployment/frontend --container istio-proxy -- pilot-agent request GET stats/prometheus?filter=istio_requests_total'.split(
    ' ',
  );
const lines = (text: string) => text.trim().split('\n');

/** What a proxy counted of the calls that came to it, a line each. */
const received = (metrics: string) =>
  metrics.split('\n').filter((line) => /istio_requests_total\{.*reporter="destination"/.test(line));

exercise(
  'Rollout gives three tiers a proxy, and leaves an older pod out of the mesh',
  {
    persona: 'Marcus Chen',
    question: 'My developers will not rewrite forty services. What do they have to do, and does it reach everything?',
    proof:
      'The namespace gets a label and three Deployments are rolled out again; what the developers wrote is compared to the letter before and after. Answers then carry what only a proxy adds, and each proxy is in step with the control plane. The command of the text shows no proxy, while both lists of containers do, so it is the search that fails. The load generator was started earlier and is the same pod as before: one container, and a route that frontends take does not hold for its calls. A pod like it, made now, would have a proxy.',
    takeaway:
      'A rollout brings a workload into the mesh without a change of code; what is not rolled out stays outside.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e3.a1', 'm2.e3.a2', 'm2.e3.a3'],
    errata: ['E126', 'E204', 'E209'],
    readMore: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const work = cluster.client('deployment/frontend').curl('http://backend/');
    const database = cluster.client('deployment/database');
    const olderPod = cluster.client('pod/load-generator');

    await lesson.step('Before: no proxy anywhere, and applications answer by themselves', async () => {
      await work.settlesOn(answeredPastProxy);
      await database.eventually(
        "the database's call is answered by nginx",
        callsBackend,
        ({ stdout }) => /^server: nginx/im.test(stdout) && !/^x-envoy/im.test(stdout),
      );
      await lesson.check(
        'three pods have one container each',
        (await cluster.kubectl(...containers)).stdout,
        (list) => lines(list).length === 3 && lines(list).every((pod) => /^\S+: \S+$/.test(pod)),
      );
    });
    const [ran, older] = [(await cluster.kubectl(...application)).stdout, (await cluster.kubectl(...generator)).stdout];

    await lesson.step('The namespace gets its label, and the three Deployments are rolled out again', async () => {
      await cluster.change('20-injection.yaml');
      await cluster.kubectl('rollout', 'restart', ...tiers.map((tier) => `deployment/${tier}`));
      for (const tier of tiers) await cluster.kubectl('rollout', 'status', `deployment/${tier}`, '--timeout=80s');
    });

    await lesson.step('After: every tier has a proxy, in step with the control plane', async () => {
      await cluster.eventually(
        'each pod has the proxy as a container, or as an init container that keeps running',
        containers,
        (list) => lines(list).length === 3 && lines(list).every((pod) => /: .*\bistio-proxy( |\/Always|$)/.test(pod)),
      );
      await cluster.eventually(
        'two containers of two are ready in each',
        ['get', 'pods', '-l', 'app', '--no-headers'],
        (list) => lines(list).length === 3 && lines(list).every((pod) => /\s2\/2\s+Running\s/.test(pod)),
      );
      await cluster.eventually(
        'the proxies of all three have their configuration, none an old one',
        ['proxy-status', '--output', 'json'],
        (json) => inStep(json).join() === tiers.join(),
        'istioctl',
      );
    });

    await lesson.step('And calls pass through it, while what the developers wrote is the same', async () => {
      await work.settlesOn(answeredThroughProxy);
      await database.eventually(
        "the database's call passes a proxy too",
        callsBackend,
        ({ stdout }) => /^server: envoy/im.test(stdout) && /^x-envoy-upstream-service-time: /im.test(stdout),
      );
      await lesson.check(
        'the containers of the applications have the same image, command, arguments and environment',
        (await cluster.kubectl(...application)).stdout,
        (now) => lines(now).length === 3 && now === ran,
      );
    });

    await lesson.step("The text's search does not show the proxy that is there", async () => {
      const { stdout, exitCode } = await cluster.shell(textsSearch);
      await lesson.check(
        'five lines show containers, and no istio-proxy among them',
        stdout,
        (found) => exitCode === 0 && found.includes('Containers:') && !found.includes('istio-proxy'),
      );
      const both = [
        'get',
        'pods',
        '-l',
        'app=frontend',
        '-o',
        'jsonpath={.items[0].spec.initContainers[*].name} {.items[0].spec.containers[*].name}',
      ];
      await lesson.check('both lists together have it', (await cluster.kubectl(...both)).stdout, (names) =>
        names.split(' ').includes('istio-proxy'),
      );
    });

    await lesson.step('The load generator is the pod it was: no proxy, and a stranger to the called', async () => {
      await lesson.check(
        'it is the same pod with its one container',
        (await cluster.kubectl(...generator)).stdout,
        (now) => now === older && now.endsWith(' load-generator'),
      );
      await lesson.check(
        'a pod like it, made now, would have a proxy',
        (await cluster.kubectl(...newcomer)).stdout,
        (names) => names.includes('istio-proxy'),
      );
      await cluster.eventually(
        "its calls reach the frontend, whose proxy counts them for nobody's account",
        requestMetrics,
        (metrics) => {
          const series = received(metrics);
          return (
            series.some((line) => line.includes('response_flags="-"')) &&
            series.every((line) => /source_principal="(-|unknown)?"/.test(line) && !line.includes('load-generator'))
          );
        },
        'kubectl',
        // One that was answered: whether another was broken off meanwhile is chance.
        { tell: (metrics) => received(metrics).find((line) => line.includes('response_flags="-"')) ?? '' },
      );
    });

    await lesson.step('And no route of the mesh holds for it', async () => {
      await cluster.change('30-backend-route.yaml');
      const routed = answered(200, 'backend-');
      await work.settlesOn({
        verdict: 'allowed',
        says: 'is answered, with the mark that a route sets',
        holds: (answer) => routed.holds(answer) && answer.http.headers['x-routed-by'] === 'callers-proxy',
      });
      await olderPod.curl('http://backend/').settlesOn({
        verdict: 'allowed',
        says: 'is answered, without that mark',
        holds: (answer) => routed.holds(answer) && !('x-routed-by' in answer.http.headers),
      });
    });
  },
);

/** The tiers, sorted, whose proxy is connected and has the newest of each kind of configuration. */
function inStep(json: string): string[] {
  const { resources = [] } = JSON.parse(json) as {
    resources?: readonly {
      node: { id: string };
      genericXdsConfigs?: readonly { configStatus: string }[];
    }[];
  };
  return resources
    .filter(({ node }) => node.id.endsWith(`.${namespace}`))
    .filter(({ genericXdsConfigs = [] }) => {
      const states = genericXdsConfigs.map(({ configStatus }) => configStatus);
      return states.length >= 4 && states.every((state) => state === 'SYNCED');
    })
    .map(({ node }) => node.id.split('-')[0] ?? '')
    .toSorted();
}
