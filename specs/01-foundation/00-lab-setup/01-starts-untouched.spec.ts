import { exercise } from '../../../helpers/index.ts';

const policies = 'networkpolicies,peerauthentications,authorizationpolicies,requestauthentications';
const meshLabels = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'];
const containers = 'jsonpath={.spec.initContainers[*].name} {.spec.containers[*].name}';
const dryRun = ['run', 'newcomer', '--image=docker.io/library/nginx:1.30.5', '--restart=Never', '--dry-run=server'];
const nodeStates =
  'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';

exercise(
  'Cluster is ready, and a fresh namespace is untouched by any mesh',
  {
    persona: 'Sarah Martinez',
    question: 'Before you show me what a mesh changes: how do I know that nothing of it is there yet?',
    proof:
      'The text begins on a cluster without Istio. This lab has Istio installed from the start, so that a run takes minutes; what must hold instead is that Istio does not touch a namespace which nobody gave to it, and that is what is shown. No label of the namespace asks for a mesh, no policy of any kind lies in it or at the root of the mesh, its pod runs exactly the one container that its manifest names, and a pod created now would get none added. That the question can be answered with yes is seen beside it: where Istio is installed, the same pod with the label that asks for a sidecar would get one.',
    takeaway: 'A comparison is worth something only if its starting point has been looked at.',
    needs: ['k8s'],
    proves: ['m1.e0.a1', 'm1.e0.a2'],
    readMore: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const namespace = cluster.namespaces[0] ?? '';

    await lesson.step('The cluster is up: API server, nodes and name service', async () => {
      await cluster.eventually('the API server is ready', ['get', '--raw', '/readyz'], (text) => text.trim() === 'ok');
      await cluster.eventually('every node is Ready', ['get', 'nodes', '-o', nodeStates], (text) =>
        text
          .trim()
          .split('\n')
          .every((line) => line.endsWith(' True')),
      );
      await cluster.eventually(
        'the cluster names its control plane and its DNS',
        ['cluster-info', '--namespace=kube-system'],
        (text) => ['control plane', 'CoreDNS'].every((name) => text.includes(name)),
      );
    });

    await lesson.step('The namespace belongs to no mesh, and no policy lies in it', async () => {
      const labels = (await cluster.kubectl('get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels}')).stdout;
      await lesson.check('no label of it asks for a mesh', labels, (text) =>
        meshLabels.every((label) => !text.includes(`"${label}"`)),
      );
      const known = (await cluster.kubectl('api-resources', '--verbs=list', '-o', 'name')).stdout;
      const kinds = policies.split(',').filter((kind) => known.includes(`${kind}.`));
      await lesson.check('the cluster knows NetworkPolicy', kinds, (found) => found.includes('networkpolicies'));
      const list = ['get', kinds.join(','), '-o', 'name'];
      await lesson.check('it holds no policy', (await cluster.kubectl(...list)).stdout, (names) => names === '');
      // A policy in the root namespace would hold here too.
      const root = (await cluster.kubectl(...list, '--namespace=istio-system')).stdout;
      await lesson.check('and the root of the mesh holds none', root, (names) => names === '');
    });

    await lesson.step('Its pods run what their manifest names, and nothing is added', async () => {
      const all = containers.replaceAll('.spec', '.items[*].spec');
      const running = (await cluster.kubectl('get', 'pods', '-o', all)).stdout;
      await lesson.check('the frontend has one container: nginx', running, (text) => text.trim() === 'nginx');
      const newcomer = (await cluster.kubectl(...dryRun, '-o', containers)).stdout;
      await lesson.check('a pod created now would get no proxy', newcomer, (text) => text.trim() === 'newcomer');
    });

    await lesson.step('And the same question has another answer where a sidecar is asked for', async () => {
      const istiod = (await cluster.kubectl('get', 'deployments', '-A', '-l', 'app=istiod', '-o', 'name')).stdout;
      const asking = (await cluster.kubectl(...dryRun, '--labels=sidecar.istio.io/inject=true', '-o', containers))
        .stdout;
      await lesson.check(
        'the pod gets a proxy if it asks for one and Istio is there to give it',
        { istiod: istiod.trim(), containers: asking.trim() },
        (seen) => seen.containers.includes('istio-proxy') === (seen.istiod !== ''),
      );
      lesson.table(
        'What stands for "before the mesh" here',
        ['the text', 'this lab'],
        [
          [
            'no istiod in the cluster',
            istiod === '' ? 'none' : 'istiod runs; no pod here has a proxy that it could tell anything',
          ],
          ['no webhook of Istio', istiod === '' ? 'none' : 'registered, and skips namespaces without its label'],
          ['no policy', 'none in the namespace, none at the root of the mesh'],
          ['pods without a proxy', 'seen on the running pod and on one that would be created now'],
        ],
      );
    });
  },
);
