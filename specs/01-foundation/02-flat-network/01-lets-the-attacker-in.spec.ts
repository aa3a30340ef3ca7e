import { exercise } from '../../../helpers/exercise.ts';
import { answered } from '../../../helpers/outcome.ts';

exercise(
  'A flat network lets the attacker reach everything',
  {
    persona: 'Sarah Martinez',
    question: 'One of our pods is compromised. What, in a plain Kubernetes cluster, stops it from calling the others?',
    proof:
      'The attacker calls the very Services that the application uses, from its own namespace and from another one, and each time the application itself answers. The API server answers too, but with 401 or 403: it can be reached, and it is the only one of them that asks who is calling.',
    takeaway: 'Without a policy every pod reaches every Service, and a namespace is no boundary.',
    needs: ['k8s'],
    proves: ['m1.e2.a1', 'm1.e2.a2', 'm1.e2.a3'],
    errata: [
      {
        id: 'E108',
        said: 'The attacker has access to everything, the API server included.',
        fact: 'It can reach the API server, which then refuses it: anonymous calls get 401 or 403. Reaching is not being authorised.',
      },
    ],
    readMore: 'https://kubernetes.io/docs/concepts/cluster-administration/networking/',
  },
  async ({ lesson }) => {
    await lesson.cast('10-cast.yaml');
    const attacker = lesson.client('pod/attacker');
    const elsewhere = lesson.client('pod/attacker', 'm1-e2-elsewhere');

    await lesson.step('The attacker reaches both tiers of the application', async () => {
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await attacker.curl('http://backend/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('And so it does from another namespace', async () => {
      await elsewhere.curl('http://backend.m1-e2-flat-network/').settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('Even the API server answers, but it asks who is calling', async () => {
      await attacker.curl('--insecure', 'https://kubernetes.default.svc.cluster.local/api').settlesOn(notAuthorised);
    });
  },
);

/** kubeadm answers anonymous callers with 403, k3s with 401; both are answers. */
const notAuthorised = {
  says: 'is answered with HTTP 401 or 403 by the API server',
  holds: ({ http }: { http: { status: number } }) => http.status === 401 || http.status === 403,
};
