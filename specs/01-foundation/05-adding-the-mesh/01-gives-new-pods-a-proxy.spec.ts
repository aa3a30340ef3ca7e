import { answered, answeredPastProxy, answeredThroughProxy, areOfOneMinor, exercise } from '../../../helpers/index.ts';

const namespace = 'm1-e5-new-pods';
const containers = [
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name}: {.spec.containers[*].name}{range .spec.initContainers[*]} {.name}/{.restartPolicy}{end}{"\\n"}{end}',
];
/** What the developers wrote, pod by pod: everything but the proxy's container. */
const application = [
  'get',
  'pods',
  '--sort-by=.metadata.labels.app',
  '-o',
  'jsonpath={range .items[*].spec.containers[?(@.name!="istio-proxy")]}{.name} image={.image} command={.command} args={.args} env={.env}{"\\n"}{end}',
];
const templates = [
  'get',
  'deployments',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.spec.template.spec}{"\\n"}{end}',
];
/** Where the backend's log says that calls came from: the first word of each line that curl caused. */
const callersIn = (log: string) => [
  ...new Set(log.split('\n').flatMap((line) => (line.includes('"curl/') ? [line.split(' ')[0] ?? ''] : []))),
];
const lines = (text: string) => text.trim().split('\n');

exercise(
  'Injection label gives a proxy to every new pod, to no running one, and changes no application',
  {
    persona: 'Sarah Martinez',
    question: 'We have two thousand services. What do my developers have to change to be in the mesh?',
    proof:
      'One label on a namespace is all that is applied. Right after it the same pods run without a proxy; only pods made later have one, which is why the Deployments are restarted. What the developers wrote is compared to the letter, and the running containers by image, command, arguments and environment. That the proxies do work shows in the answers: the same call now carries headers that only a proxy adds, and the log of the backend no longer sees the caller but its own proxy.',
    takeaway: 'The mesh is added by a label and a restart: new pods get a proxy, and nobody touches the code.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e5.a1', 'm1.e5.a2', 'm1.e5.a3', 'm1.e5.a4', 'm1.e5.a5', 'm1.e5.a9'],
    errata: ['E126', 'E128', 'E112'],
    readMore: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const work = cluster.client('deployment/frontend').curl('http://backend/');

    await lesson.step('The control plane is there, as old as its client, and nothing speaks against it', async () => {
      await cluster.kubectl('-n', 'istio-system', 'wait', 'deployment/istiod', '--for=condition=Available');
      await cluster.eventually(
        'client and control plane are of the same minor version',
        ['version', '--output', 'json'],
        (json) => {
          const seen = JSON.parse(json) as {
            clientVersion: { version: string };
            meshVersion?: readonly { Info: { version: string } }[];
          };
          return (
            seen.meshVersion?.length === 1 &&
            areOfOneMinor(seen.meshVersion[0]?.Info.version, seen.clientVersion.version)
          );
        },
        'istioctl',
      );
      // Its verdict goes to standard error.
      const { exitCode, stderr } = await cluster.attempt('istioctl', 'experimental', 'precheck', '-n', namespace);
      await lesson.check('the pre-check finds nothing in the way', `${stderr}exit code ${exitCode}`, (says) =>
        /No issues found[^]*exit code 0$/.test(says),
      );
    });

    await lesson.step('Before: one container in a pod, and the application answers by itself', async () => {
      await work.settlesOn(answeredPastProxy);
      await cluster.eventually(
        'no pod has a proxy',
        containers,
        (list) => lines(list).length === 2 && !list.includes('istio'),
      );
      const address = await cluster.kubectl('get', 'pod', '-l', 'app=frontend', '-o', 'jsonpath={..podIP}');
      await cluster.eventually(
        "the backend's log has the address of the calling pod",
        ['logs', 'deployment/backend', '--container', 'hello'],
        (log) => callersIn(log).join() === address.stdout,
      );
    });
    const [pods, wrote, ran] = [
      (await cluster.kubectl(...containers)).stdout,
      (await cluster.kubectl(...templates)).stdout,
      (await cluster.kubectl(...application)).stdout,
    ];

    await lesson.step('The namespace gets its label, and the running pods stay as they are', async () => {
      await cluster.change('20-injection.yaml');
      await cluster.eventually('the same pods run, without a proxy', containers, (list) => list === pods, 'kubectl', {
        staysMs: 5_000,
      });
      await work.settlesOn(answeredPastProxy);
    });

    await lesson.step('After the restart every pod has a proxy', async () => {
      await cluster.kubectl('rollout', 'restart', 'deployment/frontend', 'deployment/backend');
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');
      await cluster.eventually(
        'the proxy is a container, or an init container that keeps running',
        containers,
        (list) => lines(list).length === 2 && lines(list).every((pod) => /: .*\bistio-proxy( |\/Always|$)/.test(pod)),
      );
      await cluster.eventually(
        'two containers of two are ready in each pod',
        ['get', 'pods', '--no-headers'],
        (list) => lines(list).length === 2 && lines(list).every((pod) => /\s2\/2\s+Running\s/.test(pod)),
      );
    });

    await lesson.step('What the developers wrote is the same to the letter, and so is what runs of it', async () => {
      await lesson.check(
        'the Deployments are as they were',
        (await cluster.kubectl(...templates)).stdout,
        (now) => now.includes('"image"') && now === wrote,
      );
      await lesson.check(
        'the containers of the applications have the same image, command, arguments and environment',
        (await cluster.kubectl(...application)).stdout,
        (now) => lines(now).length === 2 && now === ran,
      );
    });

    await lesson.step('And the same call now passes the proxies', async () => {
      await work.settlesOn(answeredThroughProxy);
      const names = await cluster.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}');
      const expected = names.stdout.split(' ').map((pod) => `${pod}.${namespace}`);
      await cluster.attempt('istioctl', 'proxy-status');
      await cluster.eventually(
        'every pod has its configuration from the control plane, none an old one',
        ['proxy-status', '--output', 'json'],
        (json) => {
          const mine = proxiesIn(json).filter(({ id }) => id.endsWith(`.${namespace}`));
          return (
            mine
              .map(({ id }) => id)
              .toSorted()
              .join() === expected.toSorted().join() &&
            mine.every(({ states }) => states.length >= 4 && states.every((state) => state === 'SYNCED'))
          );
        },
        'istioctl',
      );
    });

    await lesson.step('And who called is found elsewhere than in the log of the application', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        "the backend's log has the loopback address of its own proxy for every call",
        ['logs', 'deployment/backend', '--container', 'hello'],
        (log) => callersIn(log).join() === '127.0.0.6',
      );
      await cluster.eventually(
        "the proxy's metrics name the caller's service account",
        'exec deployment/backend --container istio-proxy -- pilot-agent request GET stats/prometheus?filter=istio_requests_total'.split(
          ' ',
        ),
        (metrics) => new RegExp(`istio_requests_total\\{[^}]*ns/${namespace}/sa/frontend"`).test(metrics),
      );
    });
  },
);

/** Name of each connected proxy, and the state of each kind of configuration it takes. */
function proxiesIn(json: string): { readonly id: string; readonly states: readonly string[] }[] {
  const { resources = [] } = JSON.parse(json) as {
    resources?: readonly {
      node: { id: string };
      genericXdsConfigs?: readonly { configStatus: string }[];
    }[];
  };
  return resources.map(({ node, genericXdsConfigs = [] }) => ({
    id: node.id,
    states: genericXdsConfigs.map(({ configStatus }) => configStatus),
  }));
}
