import { exercise, tellRetries } from '../../../helpers/index.ts';

const namespace = 'm2-e9-retries';
const folder = 'fixtures/02-service-mesh-value/09-platform-defaults/02-retries-reach-every-service';
const generate = ['manifest', 'generate', '-f', `${folder}/20-course-text.yaml`];
const routes = ['proxy-config', 'routes', `deployment/frontend.${namespace}`, '-o', 'json'];

exercise(
  'MeshConfig gives every service retries, once the field is the right one',
  {
    persona: 'Marcus Chen',
    question: 'Can one setting of my platform team spare forty services a first failure, without a line of code?',
    proof:
      'A server fails the first call of each key and counts all of them, so one hit and a 503 is no retry, two hits and a 200 is one. Under the settings of the course text it stays at one hit, although the installer takes them without a word and istiod has read them: it names the provider that stands in the same file. Under the right field the proxy has three retries for both services that were there and for one that came later, and the count is two.',
    takeaway:
      'Defaults live in meshConfig.defaultHttpRetryPolicy; believe the routes of a proxy, not the silence of a tool.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e9.a2', 'm2.e9.a3'],
    errata: ['E241', 'E243'],
    readMore: 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-default_http_retry_policy',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const retriesAre = async (count: number, services: readonly string[], staysMs = 0) =>
      cluster.eventually(
        `the frontend's proxy has ${count} retries for ${services.join(' and ')}`,
        routes,
        (dump) => services.every((service) => tellRetries(dump, `${service}.${namespace}`) === String(count)),
        'istioctl',
        { staysMs },
      );
    const firstFailure = async (service: string, key: string, healed: boolean) => {
      const [reply] = await frontend.newConnections(1, `http://${service}/?failFirst=1&key=${key}`);
      await lesson.check(
        `the first failure of ${service} ${healed ? 'is healed: 200 after two hits' : 'reaches the client: 503 after one hit'}`,
        `HTTP ${reply?.status}: ${reply?.body}`,
        (seen) => seen.startsWith(`HTTP ${healed ? 200 : 503}`) && seen.includes(`"hits":${healed ? 2 : 1},`),
      );
    };

    await lesson.step('Before: connections are tried again, answers are not', async () => {
      await retriesAre(2, ['orders', 'payments']);
      await firstFailure('orders', 'before', false);
    });

    await lesson.step('The installer takes the file of the course text without a word', async () => {
      const { exitCode, stdout, stderr } = await cluster.attempt('istioctl', ...generate);
      await lesson.check(
        'it writes the settings down, and warns of nothing',
        `exit code ${exitCode}; ${stdout.includes('      retryPolicy:\n        numRetries: 3') ? 'retryPolicy is' : 'nothing'} among the settings; ${stderr}`,
        (said) => said.trim() === 'exit code 0; retryPolicy is among the settings;',
      );
    });

    await lesson.step('Istiod reads it, and no route changes', async () => {
      await cluster.changeMeshConfig('20-course-text.yaml');
      await cluster.eventually(
        'istiod names the tracing provider of that file, and no retry policy',
        ['experimental', 'internal-debug', 'mesh'],
        (mesh) => mesh.includes('"jaeger"') && !mesh.includes('numRetries'),
        'istioctl',
      );
      await retriesAre(2, ['orders', 'payments'], 2_000);
      await firstFailure('orders', 'course-text', false);
    });

    await lesson.step('The right field reaches both services that are there', async () => {
      await cluster.changeMeshConfig('30-retry-default.yaml');
      await retriesAre(3, ['orders', 'payments']);
      await firstFailure('orders', 'right-field', true);
      await firstFailure('payments', 'right-field', true);
    });

    await lesson.step('And one that comes later', async () => {
      await cluster.change('40-new-service.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/reports', '--timeout=60s');
      await retriesAre(3, ['reports']);
      await cluster.eventually(
        "the frontend's proxy has an endpoint of it",
        [
          'proxy-config',
          'endpoints',
          `deployment/frontend.${namespace}`,
          '--cluster',
          `outbound|80||reports.${namespace}.svc.cluster.local`,
        ],
        (table) => /HEALTHY\s+OK/.test(table),
        'istioctl',
      );
      await firstFailure('reports', 'new', true);
    });
  },
);
