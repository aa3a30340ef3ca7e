import { answered, blockedByNetwork, exercise } from '../../../helpers/index.ts';

/** What an auditor would call an attack, and the status with which the application itself answers it. */
const dangers = [
  { what: "an administrator's method", status: 405, call: ['-X', 'DELETE', 'http://backend/admin/users'] },
  { what: 'data for a sensitive path', status: 405, call: ['-d', 'malicious=data', 'http://backend/sensitive-api'] },
  { what: 'a forged token', status: 200, call: ['-H', 'Authorization: Bearer fake-token', 'http://backend/'] },
  { what: 'a spoofed header', status: 200, call: ['-H', 'X-Admin-Secret: hacked', 'http://backend/'] },
];

exercise(
  'NetworkPolicy lets any method, any token and any header pass',
  {
    persona: 'Sarah Martinez',
    question: 'The policy is in force. Does it stop a compromised frontend from deleting users or forging tokens?',
    proof:
      'The policy is seen at work first: it shuts the attacker out, who still reaches the frontend, and it closes a second port of the backend to the frontend itself. Through that same policy the frontend sends what no auditor would allow, and gets the very answers that it got without a policy: 405 and 200, each with the server name of the application itself, so no policy had a say in them.',
    takeaway: 'A NetworkPolicy sees addresses and ports. Methods, paths, tokens and headers are invisible to it.',
    needs: ['k8s', 'netpol'],
    proves: ['m1.e4.a5'],
    errata: ['E117'],
    readMore:
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#what-you-can-t-do-with-network-policies-at-least-not-yet',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attacker = cluster.client('pod/attacker');
    const attack = attacker.curl('http://backend/');
    const frontend = cluster.client('deployment/frontend');
    const otherPort = frontend.curl('http://backend:8080/');

    await lesson.step('Before: the attacker is answered, and so is every dangerous call', async () => {
      await attack.settlesOn(answered(200, 'backend-'));
      for (const { call, status } of dangers) {
        await frontend.curl(...call).settlesOn(answered(status), { inARow: 1 });
      }
      await otherPort.settlesOn(answered(200));
    });

    await lesson.step('The policy is applied: it sees addresses, and ports', async () => {
      await cluster.change('20-backend-policy.yaml');
      await attack.settlesOn(blockedByNetwork);
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await otherPort.settlesOn(blockedByNetwork);
    });

    await lesson.step('After: every dangerous call of the frontend passes as before', async () => {
      const seen: string[][] = [];
      for (const { what, call, status } of dangers) {
        const { http } = await frontend.curl(...call).settlesOn(answered(status));
        seen.push([what, `HTTP ${http.status}`, http.headers['server'] ?? 'nobody']);
      }
      lesson.table('Through the policy', ['the frontend sends', 'answer', 'of'], seen);
      await lesson.check('it was the application that answered each of them', seen, (rows) =>
        rows.every(([, , server]) => server?.startsWith('nginx')),
      );
      // The policy was in force all the while.
      await attack.settlesOn(blockedByNetwork);
      lesson.table(
        'Questions to take along',
        ['question', 'answer'],
        [
          [
            'A compromised frontend sends DELETE or POST. What does the policy do, what would one at layer 7 do?',
            'The policy lets them pass, as seen here. An AuthorizationPolicy of the mesh refuses them with 403: exercise 7.',
          ],
          [
            'Which team owns the rules of layer 7, and are they alike everywhere?',
            'For discussion; no cluster can answer it. A NetworkPolicy cannot hold such rules, so today they are in each application.',
          ],
          [
            'The platform team: Cilium filters HTTP, even Kafka topics, and cert-manager with SPIRE gives certificates.',
            'For discussion. HTTP and DNS, yes; its Kafka rules were deprecated and removed. Each of these is one more thing to run, rotate and correlate.',
          ],
        ],
      );
    });
  },
);
