import { exercise } from '../../../helpers/exercise.ts';
import { answered, blockedByNetwork } from '../../../helpers/outcome.ts';

exercise(
  'NetworkPolicy lets any method, any token and any header pass',
  {
    persona: 'Sarah Martinez',
    question: 'The policy is in force. Does it stop a compromised frontend from deleting users or forging tokens?',
    proof:
      'The policy is seen at work first: it shuts the attacker out. Through that same policy the frontend sends what no auditor would allow, and each request reaches the application: 405 and 200 carry the server name of the application itself, so no policy had a say in them.',
    takeaway: 'A NetworkPolicy sees addresses and ports. Methods, paths, tokens and headers are invisible to it.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e4.a5'],
    errata: [
      {
        id: 'E117',
        said: 'The demo image may answer 200 to any request.',
        fact: 'It answers GET alone; every other method gets 405 from its nginx. That 405 is the application, not a policy.',
      },
    ],
    readMore:
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#what-you-can-t-do-with-network-policies-at-least-not-yet',
  },
  async ({ lesson }) => {
    await lesson.cast('10-cast.yaml');
    const attack = lesson.client('pod/attacker').curl('http://backend/');
    const frontend = lesson.client('deployment/frontend');

    await lesson.step('Before: the attacker reaches the backend', async () => {
      await attack.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The policy is applied, and shuts the attacker out', async () => {
      await lesson.apply('20-backend-policy.yaml');
      await attack.settlesOn(blockedByNetwork);
    });

    await lesson.step('Through it pass methods that only an administrator should use', async () => {
      await frontend.curl('-X', 'DELETE', 'http://backend/admin/users').settlesOn(answered(405));
      await frontend.curl('-d', 'malicious=data', 'http://backend/sensitive-api').settlesOn(answered(405));
    });

    await lesson.step('And forged credentials', async () => {
      await frontend.curl('-H', 'Authorization: Bearer fake-token', 'http://backend/').settlesOn(answered(200));
      await frontend.curl('-H', 'X-Admin-Secret: hacked', 'http://backend/').settlesOn(answered(200));
    });
  },
);
