import { exercise } from '../../../helpers/index.ts';

const restarts = [
  'get',
  'pod',
  'reports',
  '--ignore-not-found',
  '-o',
  'jsonpath={.status.containerStatuses[?(@.name=="reports")].restartCount}',
];

exercise(
  'A pod that listens on a port of the sidecar does not start, and says why',
  {
    persona: 'Sarah Martinez',
    question: 'After injection one of our pods restarts again and again. Where do we look?',
    proof:
      'The very same container runs outside the mesh, and in the mesh as soon as it listens elsewhere, so neither the image nor the node is at fault, and it is the sidecar that has the port; and the words that name the cause are those of the container itself.',
    takeaway:
      'Ports 15000 to 15090 in a pod belong to the sidecar; the log of the container that restarts names the conflict.',
    needs: ['k8s', 'sidecar', 'native-sidecar'],
    proves: ['m1.ts.a1'],
    errata: ['E148'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');

    await lesson.step('Before: outside the mesh the application listens on port 15001, and runs', async () => {
      await cluster.eventually(
        'it is Ready, without a restart',
        [
          'get',
          'pod',
          'reports-outside',
          '-o',
          'jsonpath={.status.containerStatuses[0].ready} {.status.containerStatuses[0].restartCount}',
        ],
        (seen) => seen === 'true 0',
      );
    });

    await lesson.step('With a sidecar beside it the same application listens on port 15001', async () => {
      await cluster.change('20-port-15001.yaml');
      await cluster.eventually('its container has been restarted', restarts, (count) => Number(count) > 0);
    });

    await lesson.step('kubectl describe says that, and not why', async () => {
      await cluster.eventually(
        'the pod backs off after its container ended with an error, and its sidecar runs',
        ['describe', 'pod', 'reports'],
        (text) =>
          /Back-off restarting failed container/.test(text) &&
          /reports:[\s\S]*?Last State:\s+Terminated[\s\S]*?Exit Code:\s+1\b/.test(text) &&
          /istio-proxy:[\s\S]*?State:\s+Running/.test(text),
      );
      await cluster.eventually(
        'the container that redirects traffic has done so, and has nothing to complain of',
        ['logs', 'reports', '--container', 'istio-init'],
        (log) => /-j REDIRECT/.test(log) && !/error|fail|in use/i.test(log),
      );
    });

    await lesson.step('The log of the application names the cause', async () => {
      await cluster.eventually(
        'the address is in use already',
        ['logs', 'reports', '--container', 'reports', '--previous'],
        // The words are the C library's: glibc says “Address already in use”, musl “Address in use”.
        (log) => /address (already )?in use/i.test(log),
      );
    });

    await lesson.step('And on a port of its own it starts', async () => {
      await cluster.kubectl('delete', 'pod', 'reports');
      await cluster.change('30-port-8080.yaml');
      await cluster.kubectl('wait', 'pod', 'reports', '--for=condition=Ready', '--timeout=60s');
    });
  },
);
