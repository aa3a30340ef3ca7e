import { answered, exercise, percentile, resetByProxy } from '../../../helpers/index.ts';

const namespace = 'm1-e6-strict';
const wrongKind =
  'exec deployment/backend --container istio-proxy -- pilot-agent request GET stats?filter=15006.no_filter_chain_match'.split(
    ' ',
  );
const policies = 'get networkpolicies,peerauthentications,authorizationpolicies'.split(' ');
const count = (counter: string) => Number(/no_filter_chain_match: (\d+)/.exec(counter)?.[1]);

exercise(
  'PeerAuthentication STRICT refuses plaintext and keeps the mesh working',
  {
    persona: 'Sarah Martinez',
    question: 'The auditor wants to know that nobody can call our services without encryption. What do I show?',
    proof:
      "That the frontend still works would be true without any encryption. So the witness is a pod without a proxy, which can only speak plaintext: it is served before, cut off before any HTTP under STRICT, and served again when the policy is gone. Meanwhile the same pod reaches a server outside the mesh, so it is not the pod's network that fails, and the proxy counts exactly those connections as ones of a kind it does not take. No other policy lies in the namespace that could be the cause.",
    takeaway:
      'Automatic mutual TLS encrypts what it can; only STRICT makes sure, and the proof is a plaintext caller that is refused.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e6.a1', 'm1.e6.a2', 'm1.e6.a3', 'm1.e6.a6'],
    errata: ['E125', 'E129', 'E130', 'E132'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const backend = `http://backend.${namespace}/`;
    const legacy = cluster.client('pod/legacy', `${namespace}-legacy`);
    const work = cluster.client('deployment/frontend').curl(backend);
    const plaintext = legacy.curl(backend);

    await lesson.step('Before: the mesh is permissive, a caller without a proxy is served as well', async () => {
      await cluster.eventually('no policy of any kind is in the way', policies, (list) => list === '');
      await work.settlesOn(answered(200, 'backend-'));
      await plaintext.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('One resource demands mutual TLS in this namespace', async () => {
      await cluster.change('20-strict-mtls.yaml');
    });

    await lesson.step('After: the same plaintext call is cut off before any HTTP', async () => {
      await plaintext.settlesOn(resetByProxy);
      const before = count((await cluster.kubectl(...wrongKind)).stdout);
      const cut = await legacy.newConnections(5, backend);
      const curlExits = cut.map(({ curlExit }) => curlExit);
      const seconds = cut.map((call) => call.seconds);
      await lesson.check(
        'five connections are cut off, most of them within a second: nobody waits for an answer',
        { curlExits, seconds },
        () => curlExits.every((code) => code === 52 || code === 56) && percentile(seconds, 50) < 1,
      );
      await cluster.eventually(
        'the proxy has counted those five, and no other, as connections of a kind that it does not take',
        wrongKind,
        (counter) => count(counter) === before + 5,
      );
    });

    await lesson.step('And the mesh works, and the refused pod reaches whatever is not in it', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await legacy.curl('http://archive/').settlesOn(answered(200, 'archive-'));
    });

    await lesson.step('And the policy in force can be asked for, though not by the command of the course', async () => {
      const tlsCheck = await cluster.attempt('istioctl', 'authn', 'tls-check', `backend.${namespace}`);
      await lesson.check(
        'istioctl has no command for that any more',
        `${tlsCheck.stderr.trim().split('\n')[0]}, exit code ${tlsCheck.exitCode}`,
        (says) => says.includes('unknown command "authn"') && tlsCheck.exitCode !== 0,
      );
      const pod = await cluster.kubectl('get', 'pod', '-l', 'app=backend', '-o', 'jsonpath={.items[0].metadata.name}');
      await cluster.eventually(
        'the description of the pod names the mode and the resource that sets it',
        ['experimental', 'describe', 'pod', pod.stdout, '--namespace', namespace],
        (says) => /mTLS mode: STRICT/.test(says) && /Applied PeerAuthentication:\s+default\.m1-e6-strict\b/.test(says),
        'istioctl',
      );
    });

    await lesson.step('And without the resource the mesh is permissive again', async () => {
      await cluster.revert('20-strict-mtls.yaml');
      await plaintext.settlesOn(answered(200, 'backend-'));
    });
  },
);
