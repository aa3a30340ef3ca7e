import { answered, exercise, notAuthorised, resetByProxy } from '../../../helpers/index.ts';

const namespace = 'm2-e0-leftovers';
const policies = ['get', 'networkpolicies,peerauthentications,authorizationpolicies', '-o', 'name'];
const newcomer = [
  'run',
  'newcomer',
  '--image=docker.io/library/nginx:1.30.5',
  '--restart=Never',
  '--dry-run=server',
  '-o',
  'jsonpath={.spec.initContainers[*].name} {.spec.containers[*].name}',
];
const containers = ['get', 'pods', '-o', 'jsonpath={..spec.initContainers[*].name} {..spec.containers[*].name}'];
/** The folders of the course, the second module's first step, and one of the files that its later steps write. */
const changesFolder = `set -e
mkdir -p 01-foundation 02-service-mesh-value
cd 02-service-mesh-value
cd ../01-foundation
echo '# Current costs' > marcus-current-costs.md
find .. -type f`;

exercise(
  "A fresh namespace is Marcus's before; Module 1's leftovers falsify it",
  {
    persona: 'Marcus Chen',
    question:
      'You have shown this lab to somebody else before me. How do I know that my starting point is the real one?',
    proof:
      'The same questions are asked twice of one namespace: about its labels, its policies, its pods and a pod that would be created now, and of one call. At first nothing of a mesh is found and the call is answered. Then what Module 1 leaves behind is put in, its label and its STRICT policy, and nothing else. Now every question has the other answer, and the call of a pod without a proxy is reset. Meanwhile that caller still reaches the API server, and a caller with a proxy still reaches the backend, so it is the leftovers that refuse; without the policy the call is answered again.',
    takeaway: 'A second story starts on clean ground, and clean is something to be asked, not assumed.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e0.a1'],
    errata: ['E252'],
    readMore: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('pod/caller');
    const call = caller.curl('http://backend/');

    await lesson.step('Before: no label, no policy, no proxy, and the call is answered', async () => {
      const labels = await cluster.kubectl('get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels}');
      await lesson.check('no label asks for a mesh', labels.stdout, (text) => !/istio/.test(text));
      await lesson.check('no policy lies in it', (await cluster.kubectl(...policies)).stdout, (names) => names === '');
      await lesson.check(
        'nor does one at the root of the mesh, which would hold here too',
        (await cluster.kubectl(...policies, '--namespace=istio-system')).stdout,
        (names) => names === '',
      );
      await lesson.check(
        'its pods have the containers of their manifests, and a new one would too',
        [(await cluster.kubectl(...containers)).stdout.trim(), (await cluster.kubectl(...newcomer)).stdout.trim()],
        ([running = '', created]) =>
          running.split(' ').toSorted().join() === 'caller,hello,nginx' && created === 'newcomer',
      );
      await call.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The leftovers of Module 1: its label and its STRICT policy', async () => {
      await cluster.change('20-module-1.yaml');
      await cluster.kubectl('rollout', 'restart', 'deployment/frontend', 'deployment/backend');
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');
    });

    await lesson.step('After: the same questions have other answers, and the same call is reset', async () => {
      await call.settlesOn(resetByProxy);
      await lesson.check('a policy lies in it', (await cluster.kubectl(...policies)).stdout, (names) =>
        names.includes('peerauthentication.security.istio.io/default'),
      );
      await lesson.check('a pod created now gets a proxy', (await cluster.kubectl(...newcomer)).stdout, (names) =>
        names.includes('istio-proxy'),
      );
    });

    await lesson.step('And the caller is well, and so is the backend for whoever has a proxy', async () => {
      await caller.curl('--insecure', 'https://kubernetes.default.svc/api').settlesOn(notAuthorised, { inARow: 1 });
      await cluster.client('deployment/frontend').curl('http://backend/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And without the policy the call is answered again', async () => {
      await cluster.kubectl('delete', 'peerauthentication', 'default');
      await call.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step("And the module's first command takes its files into the wrong folder", async () => {
      const { stdout, exitCode } = await cluster.shell(changesFolder);
      await lesson.check(
        "what the second module writes lies in the first one's folder",
        stdout.trim(),
        (files) => exitCode === 0 && files === '../01-foundation/marcus-current-costs.md',
      );
    });
  },
);
