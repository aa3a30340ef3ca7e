import { answered, blockedByNetwork, exercise } from '../../../helpers/index.ts';

const endpoints = [
  ...'get endpointslices -l kubernetes.io/service-name=frontend -o'.split(' '),
  'jsonpath={range .items[*].endpoints[*]}{.targetRef.name} ready={.conditions.ready}{"\\n"}{end}',
];

exercise(
  'NetworkPolicy trusts whoever carries the label',
  {
    persona: 'Sarah Martinez',
    question: 'The policy says app=frontend. What does a pod have to prove to be the frontend?',
    proof:
      'Two pods that are not the frontend carry its label. The one in another namespace was answered before the policy and is refused under it, while it still reaches the frontend: the rule means labels of its own namespace only. The one in the same namespace is let in, and the moment its label is taken away it is refused: nothing but the label decided.',
    takeaway: 'A label is a claim, not an identity: whoever may create pods in the namespace may be the frontend.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e4.a6', 'm1.e4.a7'],
    errata: ['E116'],
    readMore:
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const work = cluster.client('deployment/frontend').curl('http://backend/');
    const stranger = cluster.client('pod/stranger', 'm1-e4-trusts-elsewhere');
    const visit = stranger.curl('http://backend.m1-e4-trusts-a-label/');
    const attack = cluster.client('pod/attacker2').curl('http://backend/');

    await lesson.step('Before: the frontend and the stranger are both answered', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await visit.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The policy lets in what is labelled app=frontend', async () => {
      await cluster.change('20-backend-policy.yaml');
    });

    await lesson.step('After: in another namespace the label is worth nothing', async () => {
      await visit.settlesOn(blockedByNetwork);
      await stranger.curl('http://frontend.m1-e4-trusts-a-label/').settlesOn(answered(200, 'Welcome to nginx!'));
      await work.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And in the same namespace the label is all it takes', async () => {
      await cluster.change('30-attacker2.yaml');
      await cluster.kubectl('wait', 'pod/attacker2', '--for=condition=Ready', '--timeout=60s');
      await attack.settlesOn(answered(200, 'backend-'));
      await cluster.eventually('the Service frontend sends calls to the attacker as well', endpoints, (list) =>
        /^attacker2 ready=true$/m.test(list),
      );
    });

    await lesson.step('And without the label the same pod is refused', async () => {
      await cluster.kubectl('label', 'pod', 'attacker2', 'app-');
      await attack.settlesOn(blockedByNetwork);
      await cluster.client('pod/attacker2').curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await work.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And without the policy both are back', async () => {
      await cluster.revert('20-backend-policy.yaml');
      await visit.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
      lesson.table(
        'Questions to take along',
        ['question', 'answer'],
        [
          [
            'Which policies can NetworkPolicy enforce?',
            'Which pods, by label and namespace, may open connections to which ports: the stranger was kept out by it.',
          ],
        ],
      );
    });
  },
);
