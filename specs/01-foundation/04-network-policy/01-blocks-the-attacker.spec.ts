import { answered, blockedByNetwork, exercise, judge, type Outcome } from '../../../helpers/index.ts';

/** What a process of the node may do is left to the network: both are right, silence of the name service is not. */
const answeredOrBlocked: Outcome = {
  verdict: 'as judged',
  says: 'is either answered or blocked, as the network has it',
  holds: (answer) => judge(answer).verdict !== 'broken',
};
const readiness = ['get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={..conditions[?(@.type=="Ready")]}'];
const probes = (log: string) => log.split('\n').filter((line) => line.includes('"kube-probe/')).length;

exercise(
  'NetworkPolicy blocks the attacker and keeps the frontend working',
  {
    persona: 'Sarah Martinez',
    question: 'Only the frontend may call the backend. Can Kubernetes alone enforce that?',
    proof:
      "The same command is run before and after, and only the policy changed. While the attacker no longer gets through to the backend (some networks drop its packets, others reject them), it still finds the backend's address and reaches the frontend, and the frontend still reaches the backend: neither the attacker nor the name service nor the backend is down. A second port of the backend, which the frontend could call before, is closed to it too, for the rule lists one port. The kubelet, which the policy does not list, goes on probing the backend and is answered. When the policy is taken away, the attacker is back; when it returns, the attacker is out.",
    takeaway: 'The first policy that selects a pod closes it; from then on only what a rule lists gets in.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e4.a1', 'm1.e4.a2', 'm1.e4.a3', 'm1.e4.a4', 'm1.e4.a13'],
    errata: ['E114', 'E115', 'E120'],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attacker = cluster.client('pod/attacker');
    const attack = attacker.curl('http://backend/');
    const frontend = cluster.client('deployment/frontend');
    const work = frontend.curl('http://backend/');
    const otherPort = frontend.curl('http://backend:8080/');

    await lesson.step('Before: a flat network lets both of them in', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await otherPort.settlesOn(answered(200));
      await attack.settlesOn(answered(200, 'backend-'));
    });
    const ready = (await cluster.kubectl(...readiness)).stdout;

    await lesson.step('The policy selects the backend and lists the frontend only', async () => {
      await cluster.change('20-backend-policy.yaml');
    });

    await lesson.step('After: the network refuses the same attack', async () => {
      await attack.settlesOn(blockedByNetwork);
    });
    const probed = probes((await cluster.kubectl('logs', 'deployment/backend')).stdout);

    await lesson.step('And everything else still works, so the backend is guarded, not broken', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await attacker.eventually(
        'the attacker finds the address of the backend',
        ['getent', 'hosts', 'backend'],
        (found) => /^\d+\.\d+\.\d+\.\d+\s+backend/.test(found.stdout),
      );
    });

    await lesson.step('And a rule means the ports that it lists: the frontend itself loses the other one', async () => {
      await otherPort.settlesOn(blockedByNetwork);
    });

    await lesson.step('And who comes from the node is another matter', async () => {
      await cluster.eventually(
        'the kubelet goes on probing the backend through the policy',
        ['logs', 'deployment/backend'],
        (log) => probes(log) >= probed + 3,
        'kubectl',
        {
          tell: (log) =>
            log
              .split('\n')
              .filter((line) => line.includes('"kube-probe/'))
              .slice(-3)
              .join('\n'),
        },
      );
      await lesson.check(
        'the backend was Ready all the time',
        (await cluster.kubectl(...readiness)).stdout,
        (now) => now === ready && now.includes('"status":"True"'),
      );
      const node = await cluster.client('pod/node-process').curl('http://backend/').settlesOn(answeredOrBlocked);
      lesson.table(
        'Measured here: the policy and the node',
        ['from the node', 'through the policy'],
        [
          ['probes of the kubelet', 'answered'],
          ['any other process', judge(node).signature],
        ],
      );
    });

    await lesson.step('And without the policy the attacker is back, and with it out again', async () => {
      await cluster.revert('20-backend-policy.yaml');
      await attack.settlesOn(answered(200, 'backend-'));
      await otherPort.settlesOn(answered(200));
      await cluster.change('20-backend-policy.yaml');
      await attack.settlesOn(blockedByNetwork);
    });
  },
);
