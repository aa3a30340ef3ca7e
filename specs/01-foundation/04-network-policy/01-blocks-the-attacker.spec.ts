import { exercise } from '../../../helpers/exercise.ts';
import { answered, blockedByNetwork } from '../../../helpers/outcome.ts';

exercise(
  'NetworkPolicy blocks the attacker and keeps the frontend working',
  {
    persona: 'Sarah Martinez',
    question: 'Only the frontend may call the backend. Can Kubernetes alone enforce that?',
    proof:
      'The same command is run before and after, and only the policy changed. While the attacker gets no answer from the backend, it still reaches the frontend, and the frontend still reaches the backend: neither the attacker nor the backend is down. When the policy is taken away, the attacker is back.',
    takeaway: 'The first policy that selects a pod closes it; from then on only what a rule lists gets in.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e4.a1', 'm1.e4.a2', 'm1.e4.a3', 'm1.e4.a4'],
    errata: [
      {
        id: 'E114',
        said: 'The blocked call must end with "Operation timed out".',
        fact: 'That depends on the network plugin: those that drop packets cause curl 28, those that reject them (k3s) curl 7, connection refused.',
      },
      {
        id: 'E115',
        said: 'Calls are made only after the policy is applied.',
        fact: 'Without the call before, broken DNS or a crashed backend would look the same as a policy that works.',
      },
    ],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  },
  async ({ lesson }) => {
    await lesson.cast('10-cast.yaml');
    const attack = lesson.client('pod/attacker').curl('http://backend/');
    const work = lesson.client('deployment/frontend').curl('http://backend/');
    const elsewhere = lesson.client('pod/attacker').curl('http://frontend/');

    await lesson.step('Before: a flat network lets both of them in', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The policy selects the backend and lists the frontend only', async () => {
      await lesson.apply('20-backend-policy.yaml');
    });

    await lesson.step('After: the same attack gets no answer', async () => {
      await attack.settlesOn(blockedByNetwork);
    });

    await lesson.step('And everything else still works, so the backend is guarded, not broken', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And without the policy the attacker is back', async () => {
      await lesson.withhold('20-backend-policy.yaml');
      await attack.settlesOn(answered(200, 'backend-'));
    });
  },
);
