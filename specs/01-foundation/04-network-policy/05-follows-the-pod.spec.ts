import { answered, blockedByNetwork, exercise, notAuthorised } from '../../../helpers/index.ts';

const frontendPods = ['get', 'pods', '-l', 'app=frontend', '-o'];
const seen = 'jsonpath={.items[*].metadata.name} {.items[*].status.podIP}';
const call = 'exec deployment/frontend -- curl --silent --show-error --max-time 3 http://backend/'.split(' ');

exercise(
  'NetworkPolicy follows the pod, and a list of addresses does not',
  {
    persona: 'Sarah Martinez',
    question: 'Our pods are replaced all day and get new addresses. Which rules survive that?',
    proof:
      'The frontend is replaced twice, and each time the new pod is seen to have another name and another address. By label, the new pod is let in while the attacker stays out, so the policy is still there; the attacker reaches the frontend all along, so its network works. By address, the new pod is refused, though it reaches the API server; with its own address in the same list it is let in. Between those calls nothing changed but the list.',
    takeaway: 'Labels follow the pods that carry them; lists of addresses are out of date with the next deployment.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e4.a11', 'm1.e4.a12'],
    errata: ['E109', 'E119'],
    readMore: 'https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attacker = cluster.client('pod/attacker');
    const attack = attacker.curl('http://backend/');
    const visit = attacker.curl('http://frontend/');
    const frontend = cluster.client('deployment/frontend');
    const work = frontend.curl('http://backend/');

    const frontendNow = async () => {
      const [name = '', ip = ''] = (await cluster.kubectl(...frontendPods, seen)).stdout.split(' ');
      return { name, ip };
    };
    const replaceFrontend = async () => {
      const before = await frontendNow();
      await cluster.kubectl('scale', 'deployment', 'frontend', '--replicas=0');
      await cluster.kubectl('wait', '--for=delete', `pod/${before.name}`, '--timeout=60s');
      await cluster.kubectl('scale', 'deployment', 'frontend', '--replicas=1');
      // For the record, and not judged: mostly there is no container yet.
      await cluster.attempt('kubectl', '--namespace', cluster.namespaces[0] ?? '', ...call);
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=60s');
      const after = await frontendNow();
      await lesson.check(
        'the new pod has another name and another address',
        { before, after },
        (pods) => pods.before.name !== pods.after.name && pods.before.ip !== pods.after.ip && pods.after.ip !== '',
      );
    };

    await lesson.step('Before: frontend and attacker are answered', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The policy lets in what is labelled app=frontend, and not the attacker', async () => {
      await cluster.change('20-backend-policy.yaml');
      await attack.settlesOn(blockedByNetwork, { inARow: 1 });
      await visit.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('After: a new frontend with a new address passes by its label', async () => {
      await replaceFrontend();
      await work.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(blockedByNetwork, { inARow: 1 });
    });

    await lesson.step('The label is replaced by the address of that pod', async () => {
      await cluster.change('30-address-list.yaml', { FRONTEND_IP: (await frontendNow()).ip });
      await work.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('After: the next frontend has another address, and is refused', async () => {
      await replaceFrontend();
      await work.settlesOn(blockedByNetwork);
      await visit.settlesOn(answered(200, 'Welcome to nginx!'));
      await frontend.curl('--insecure', 'https://kubernetes.default.svc.cluster.local/api').settlesOn(notAuthorised);
    });

    await lesson.step('And with its own address in the list it is let in, until it is replaced again', async () => {
      await cluster.change('30-address-list.yaml', { FRONTEND_IP: (await frontendNow()).ip });
      await work.settlesOn(answered(200, 'backend-'));
    });
  },
);
