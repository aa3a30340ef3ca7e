import { answered, exercise, forbidden } from '../../../helpers/index.ts';

exercise(
  'A shared ServiceAccount lets the attacker in under the policy of the frontend',
  {
    persona: 'Sarah Martinez',
    question: 'The policy names the account of the frontend. Does that make the frontend the only one who gets in?',
    proof:
      'The policy is the one of the course text, and it works: the POST that the application answered before is refused after, so is another path, and so is a stranger with an account of its own, which read before and still reaches the frontend. Under it the attacker still reads, with the same command as the frontend, because its certificate says the same: both pods run under the account called default.',
    takeaway: 'An identity that several workloads share names none of them: give each workload an account of its own.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e7.a2', 'm1.e7.a4'],
    errata: ['E137'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#istio-identity',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const attack = cluster.client('pod/attacker').curl('http://backend/');
    const stranger = cluster.client('pod/stranger');
    const visit = stranger.curl('http://backend/');

    await lesson.step('Before: all three read, and a POST reaches the application', async () => {
      await frontend.curl('http://backend/').settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
      await visit.settlesOn(answered(200, 'backend-'));
      await frontend.curl('-X', 'POST', 'http://backend/').settlesOn(answered(405));
    });

    await lesson.step('The policy of the course text allows the account called default', async () => {
      await cluster.change('20-backend-authz.yaml');
    });

    await lesson.step('After: the policy works, as far as it goes', async () => {
      await frontend.curl('-X', 'POST', 'http://backend/').settlesOn(forbidden);
      await frontend.curl('http://backend/data').settlesOn(forbidden);
      await visit.settlesOn(forbidden);
      await stranger.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await frontend.curl('http://backend/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And the attacker reads as it did before', async () => {
      await attack.settlesOn(answered(200, 'backend-'));
    });
  },
);
