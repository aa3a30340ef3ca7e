import { answered, blockedByNetwork, exercise, notAuthorised } from '../../../helpers/index.ts';

exercise(
  'NetworkPolicy stops a working call, so this network enforces it',
  {
    persona: 'Sarah Martinez',
    question: 'My cluster accepts every NetworkPolicy I write. How do I know that anything enforces them?',
    proof:
      'The API server stores policies whether or not the network reads them, so looking at them proves nothing. A call that works is made again under a policy that lets nobody in: the network no longer lets it through, while the same caller reaches the API server and the frontend answers itself. Without the policy the call works again. Nothing else was changed.',
    takeaway: 'A policy is a wish until the network enforces it, and only a call can tell.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e0.a3'],
    errata: ['E102'],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('pod/caller');
    const call = caller.curl('http://frontend/');

    await lesson.step('Before: the caller is answered', async () => {
      await call.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('The policy selects every pod and lets nobody in', async () => {
      await cluster.change('20-deny-all.yaml');
    });

    await lesson.step('After: the network refuses the same call, by silence or by a rejection', async () => {
      await call.settlesOn(blockedByNetwork);
    });

    await lesson.step('And both ends are well: the caller calls elsewhere, the frontend answers itself', async () => {
      await caller.curl('--insecure', 'https://kubernetes.default.svc/api').settlesOn(notAuthorised);
      await cluster
        .client('deployment/frontend')
        .curl('http://localhost/')
        .settlesOn(answered(200, 'Welcome to nginx!'), { inARow: 1 });
    });

    await lesson.step('And without the policy the caller is answered again', async () => {
      await cluster.revert('20-deny-all.yaml');
      await call.settlesOn(answered(200, 'Welcome to nginx!'));
    });
  },
);
