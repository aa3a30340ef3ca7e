import { answered, exercise, notAuthorised } from '../../../helpers/index.ts';

const apiServer = 'https://kubernetes.default.svc.cluster.local';
const anyBackend = [
  'get',
  'pods',
  '-l',
  'app=backend',
  '-o',
  'jsonpath={.items[0].metadata.name} {.items[0].status.podIP}',
];
// In a file, so that the token itself appears in no command.
const ownToken = `printf 'Authorization: Bearer %s' "$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)" > /tmp/own-token`;

exercise(
  'A flat network lets the attacker reach everything',
  {
    persona: 'Sarah Martinez',
    question: 'One of our pods is compromised. What, in a plain Kubernetes cluster, stops it from calling the others?',
    proof:
      'The attacker calls the very Services that the application uses, one of their pods past the Service, and all that from another namespace as well; each time the application itself answers, by name. The API server answers too, and is the one that asks who is calling: without a token the path is refused, with the token that lies in every pod it is answered, and the secrets of the namespace are refused to that very account, by its name. A forged token is refused there, and taken without a look by the backend.',
    takeaway: 'Without a policy every pod reaches every Service and every pod, and a namespace is no boundary.',
    needs: ['k8s'],
    proves: ['m1.e2.a1', 'm1.e2.a2', 'm1.e2.a3', 'm1.e2.a4'],
    errata: ['E108'],
    readMore: 'https://kubernetes.io/docs/concepts/cluster-administration/networking/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const [namespace = '', otherNamespace = ''] = cluster.namespaces;
    const attacker = cluster.client('pod/attacker');
    const elsewhere = cluster.client('pod/attacker', otherNamespace);
    const [podName = '', podIp = ''] = (await cluster.kubectl(...anyBackend)).stdout.split(' ');

    await lesson.step('The attacker reaches both tiers, and one of their pods directly', async () => {
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      await attacker.curl('http://backend/').settlesOn(answered(200, 'backend-'));
      await attacker.curl(`http://${podIp}/`).settlesOn(answered(200, podName));
    });

    await lesson.step('And so it does from another namespace', async () => {
      await elsewhere.curl(`http://backend.${namespace}/`).settlesOn(answered(200, 'backend-'));
      await elsewhere.curl(`http://${podIp}/`).settlesOn(answered(200, podName));
    });

    await lesson.step('Even the API server answers, but it asks who is calling', async () => {
      await attacker.curl('--insecure', `${apiServer}/api`).settlesOn(notAuthorised);
    });

    await lesson.step('With the token that lies in every pod it is known, and gets what it may have', async () => {
      await attacker.run('sh', '-c', ownToken);
      const asItself = (path: string) => attacker.curl('--insecure', '-H', '@/tmp/own-token', `${apiServer}${path}`);
      await asItself('/version').settlesOn(answered(200, 'gitVersion'), { inARow: 1 });
      // kubeadm tells its version to anyone, so the path that was refused above is the one that shows the difference.
      await asItself('/api').settlesOn(answered(200, 'APIVersions'), { inARow: 1 });
      await asItself(`/api/v1/namespaces/${namespace}/secrets`).settlesOn(
        answered(403, `system:serviceaccount:${namespace}:default`),
      );
    });

    await lesson.step('And a forged token is refused there, and never looked at by the backend', async () => {
      const forged = ['-H', 'Authorization: Bearer forged'];
      await attacker
        .curl('--insecure', ...forged, `${apiServer}/version`)
        .settlesOn(answered(401, 'Unauthorized'), { inARow: 1 });
      await attacker.curl(...forged, 'http://backend/').settlesOn(answered(200, 'backend-'), { inARow: 1 });
      lesson.table(
        'Questions to take along',
        ['question', 'answer'],
        [
          ['What prevents the attacker from reaching your services?', 'Nothing. Every call above was answered.'],
          [
            'What happens if any legitimate service is compromised?',
            'It can reach all the others, in every namespace, as the attacker did; only the API server asks who it is.',
          ],
        ],
      );
      lesson.table(
        'What the platform team will answer: "default-deny NetworkPolicies and namespaces"',
        ['NetworkPolicy, as it really is', 'what a mesh adds', 'shown in'],
        [
          ['matches addresses and ports; follows pods by their labels', 'an identity in a certificate', 'm1.e4, m1.e6'],
          [
            'trusts labels, which whoever makes pods may set',
            'an identity that is issued, not written',
            'm1.e4, m1.e7',
          ],
          ['sees no method, path or token', 'rules on requests', 'm1.e4, m1.e7'],
          ['encrypts nothing', 'mutual TLS; it must be made STRICT to be enforced', 'm1.e4, m1.e6'],
        ],
      );
    });
  },
);
