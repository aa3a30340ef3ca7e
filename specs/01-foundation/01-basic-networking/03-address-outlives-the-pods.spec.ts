import { answered, exercise, connectionRefused } from '../../../helpers/index.ts';

const conditions = 'jsonpath={.items[*].endpoints[*].conditions.ready}';
const endpoints = ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=backend', '-o', conditions];

exercise(
  'Service address outlives the pods behind it',
  {
    persona: 'Sarah Martinez',
    question: 'The name still resolves, so the service is up. Is it?',
    proof:
      'The same call is made with three pods behind the Service, with none and with three again. With none it fails on the very address that the name service still gives, while the same caller is answered by the frontend: neither its network nor its name service is down. Only the number of pods was changed, and setting it back brings the answer back.',
    takeaway:
      'The address of a Service is a rule of the network, not a process: that it resolves says nothing about who is there.',
    needs: ['k8s'],
    proves: ['m1.e1.a10'],
    readMore: 'https://kubernetes.io/docs/reference/networking/virtual-ips/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const debug = cluster.client('pod/debug');
    const call = debug.curl('http://backend/');
    const clusterIp = (await cluster.kubectl('get', 'service', 'backend', '-o', 'jsonpath={.spec.clusterIP}')).stdout;
    const name = `backend.${cluster.namespaces[0] ?? ''}.svc.cluster.local`;
    const resolves = () =>
      debug.eventually(
        'the name resolves to the address of the Service',
        ['dig', '+short', name],
        ({ stdout }) => stdout.trim() === clusterIp,
      );

    await lesson.step('Before: the name resolves and the call is answered', async () => {
      await resolves();
      await call.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The backend is scaled to no pods at all', async () => {
      await cluster.change('20-no-backend.yaml');
    });

    await lesson.step('After: the same name, the same address, and nobody there', async () => {
      await call.settlesOn(connectionRefused);
      await resolves();
      await cluster.eventually('the Service has no ready pod', endpoints, (states) => !states.includes('true'));
    });

    await lesson.step('And the caller is well: the frontend answers it', async () => {
      await debug.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And with three pods again, the call is answered', async () => {
      await cluster.change('30-backend-again.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
      await call.settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        'the Service has three ready pods',
        endpoints,
        (states) => states.trim() === 'true true true',
      );
    });
  },
);
