import { exercise } from '../../../helpers/index.ts';

const namespace = 'm8-e1-probes';
const setup = 'fixtures/08-integration/01-gradual-adoption/03-probes-under-strict/10-setup.yaml';
const everyone = ['rewritten', 'as-written'] as const;
type App = (typeof everyone)[number];
/** Containers, by the kind of their probe: HTTP, gRPC, a TCP connection, a command. */
const containers = ['web', 'rpc', 'raw', 'script'] as const;
type Container = (typeof containers)[number];
/** How long a state that is not to change is watched: five probes, of which three in a row decide. */
const staysMs = 5_000;
/** How many failed probes are waited for. */
const failed = 3;
const isReady = (app: App) => [
  'get',
  'pods',
  '-l',
  `app=${app}`,
  '-o',
  'jsonpath={range .items[*]}{.metadata.name}{range .status.containerStatuses[*]} {.name}={.ready}{end}{"\\n"}{end}',
];
const probes = (app: App) => [
  'get',
  'pods',
  '-l',
  `app=${app}`,
  '-o',
  `jsonpath={range .items[*].spec.containers[*]}{.name} {.readinessProbe.httpGet.path} {.readinessProbe.httpGet.port} {.readinessProbe.grpc.port}{.readinessProbe.tcpSocket.port}{.readinessProbe.exec.command[0]}{"\\n"}{end}`,
];
const events = (pod: string) => [
  'get',
  'events',
  '--field-selector',
  `involvedObject.name=${pod},reason=Unhealthy`,
  '-o',
  'jsonpath={range .items[*]}{.involvedObject.fieldPath}|{.count}|{.message}{"\\n"}{end}',
];
/** Prints what comes of a connection to the port of the container, made in the container itself. */
const connect = `require('node:net').connect(9000, '127.0.0.1').on('connect', () => { console.log('somebody listens'); process.exit() }).on('error', ({ code }) => console.log(code))`;

/** Of the one pod that is listed, which of the four containers are ready; nothing unless there is one pod, and all four. */
function readyIn(list: string): Readonly<Record<Container, boolean>> | undefined {
  const [line, ...others] = list.trim().split('\n');
  if (line === undefined || others.length > 0) return undefined;
  const states = Object.fromEntries(line.split(' ').map((word) => word.split('=')));
  if (!containers.every((name) => states[name] === 'true' || states[name] === 'false')) return undefined;
  return Object.fromEntries(containers.map((name) => [name, states[name] === 'true'])) as Record<Container, boolean>;
}

/** True if exactly these containers of the one pod are ready. */
const exactly =
  (...ready: readonly Container[]) =>
  (list: string) => {
    const seen = readyIn(list);
    return seen !== undefined && containers.every((name) => seen[name] === ready.includes(name));
  };

/** How many probes of a container have failed, in words that fit. */
function failuresOf(container: Container, words: RegExp, list: string): number {
  return list
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([path, , message = '']) => path === `spec.containers{${container}}` && words.test(message))
    .reduce((sum, [, count]) => sum + Number(count === '' ? 1 : count), 0);
}

exercise(
  'Rewritten probes work under STRICT, and a plain TCP probe is green while nobody listens',
  {
    persona: 'Ahmed Hassan',
    question:
      'Our platform restarts and routes by health probes. Kubernetes has no certificate; does each pod that goes into the mesh become unhealthy, or worse, healthy for ever?',
    proof:
      'STRICT holds in the namespace, so nobody without a certificate is served, the kubelet among them. Two pods are equal: four containers with a probe each, by HTTP, gRPC, a TCP connection and a command. At first both are Ready, since three of the probes were rewritten when the pods were admitted, which their specifications show. A container that is told to be not ready is seen as not ready, and so is the one whose port is closed, so these two probes reach the applications. Then an annotation on one of the two has its probes left as they were written. Its containers with HTTP and gRPC are not ready, and events tell of their failed probes; the other pod is ready under the same rule. When the port is closed in both pods, a connection from inside is refused in both. The rewritten probe says so, and the plain one goes on to be ready for five seconds: its connections are accepted by nobody but the proxy. In permissive mode all the plain probes are ready, and under STRICT the same two fail again. Without the annotation all four are ready again.',
    takeaway:
      'Leave the rewriting of probes on; without it HTTP and gRPC probes fail under STRICT, and a TCP probe asks the proxy instead of the application.',
    needs: ['k8s', 'sidecar', 'native-sidecar'],
    proves: ['m8.e1.a7'],
    errata: ['E812'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/mesh/app-health-check/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const web = cluster.client('deployment/rewritten', namespace, 'web');
    const raw = (app: App) => cluster.client(`deployment/${app}`, namespace, 'raw');
    const ready = async (app: App, wanted: readonly Container[], stays = 0) =>
      cluster.eventually(
        wanted.length === containers.length
          ? `all four containers of ${app} are ready`
          : `of the containers of ${app} exactly ${wanted.join(' and ')} are ready`,
        isReady(app),
        exactly(...wanted),
        'kubectl',
        stays === 0 ? {} : { staysMs: stays },
      );
    /** Closes the port, or opens it again, in both pods. */
    const turn = async (says: 'ECONNREFUSED' | 'somebody listens') => {
      const signal = says === 'ECONNREFUSED' ? 'SIGUSR2' : 'SIGHUP';
      for (const app of everyone) {
        await raw(app).run('node', '-e', `process.kill(1, '${signal}')`);
        await raw(app).eventually(
          says === 'ECONNREFUSED' ? `nobody listens in ${app}` : `somebody listens again in ${app}`,
          ['node', '-e', connect],
          ({ stdout }) => stdout.trim() === says,
        );
      }
    };
    const closed = ['web', 'rpc', 'script'] as const;
    /** Demands mutual TLS of all in the namespace, or leaves it to them. */
    const demand = async (mode: 'STRICT' | 'PERMISSIVE') => {
      const patch = JSON.stringify({ spec: { mtls: { mode } } });
      await cluster.kubectl('patch', 'peerauthentication', 'default', '--type', 'merge', '--patch', patch);
    };

    await lesson.step(
      'Before: both pods are Ready under STRICT, since three probes of each were rewritten',
      async () => {
        for (const app of everyone) {
          await cluster.eventually(
            `the kubelet asks the agent beside the proxy of ${app} by HTTP at port 15020, and runs the command itself`,
            probes(app),
            (list) =>
              list.trim() ===
              [
                'web /app-health/web/readyz 15020 ',
                'rpc /app-health/rpc/readyz 15020 ',
                'raw /app-health/raw/readyz 15020 ',
                'script   true',
              ]
                .join('\n')
                .trim(),
            'kubectl',
            { tell: (list) => list.trim() },
          );
          await ready(app, containers);
        }
      },
    );

    await lesson.step(
      'The rewritten probes by HTTP and TCP reach the applications: what is not ready is seen as not ready',
      async () => {
        await web.fault('ready=false');
        await ready('rewritten', ['rpc', 'raw', 'script']);
        await web.fault('none');
        await ready('rewritten', containers);
        await turn('ECONNREFUSED');
        for (const app of everyone) await ready(app, closed);
        await turn('somebody listens');
        for (const app of everyone) await ready(app, containers);
      },
    );

    await lesson.step('An annotation leaves the probes of one pod as they are written', async () => {
      await cluster.change('20-plain-probes.yaml');
    });

    await lesson.step(
      'After: its probes by HTTP and gRPC fail, and the other pod is Ready under the same rule',
      async () => {
        const list = await ready('as-written', ['raw', 'script'], staysMs);
        const pod = list.split(' ')[0] ?? '';
        await cluster.eventually(
          'its probes are as they were written',
          probes('as-written'),
          (now) => now.trim() === ['web /healthz 80 ', 'rpc   8079', 'raw   9000', 'script   true'].join('\n'),
          'kubectl',
          { tell: (now) => now.trim() },
        );
        for (const [container, words] of [
          ['web', /^Readiness probe failed: Get "http:\/\/[^"]+:80\/healthz": /],
          ['rpc', /^Readiness probe failed: .*(connect|rpc|connection)/],
        ] as const)
          await cluster.eventually(
            `${failed} or more probes of ${container} have failed`,
            events(pod),
            (now) => failuresOf(container, words, now) >= failed,
          );
        await ready('rewritten', containers);
      },
    );

    await lesson.step('And its TCP probe is ready while nobody listens, which the rewritten one is not', async () => {
      await turn('ECONNREFUSED');
      await ready('rewritten', closed);
      await ready('as-written', ['raw', 'script'], staysMs);
      await raw('as-written').eventually(
        'nobody listens there all the same',
        ['node', '-e', connect],
        ({ stdout }) => stdout.trim() === 'ECONNREFUSED',
      );
      await ready('rewritten', closed);
    });

    await lesson.step('It is STRICT that fails them: in permissive mode the plain probes are all ready', async () => {
      await demand('PERMISSIVE');
      await ready('as-written', containers);
      await ready('rewritten', closed);
      await demand('STRICT');
      await ready('as-written', ['raw', 'script'], staysMs);
    });

    await lesson.step('And without the annotation all four are ready again', async () => {
      await cluster.kubectl('apply', '-f', setup);
      await ready('as-written', containers);
    });
  },
);
