import { answered, exercise, forbidden, resetByProxy } from '../../../helpers/index.ts';

const proxyStatistics = 'exec deployment/backend --container istio-proxy -- pilot-agent request GET'.split(' ');

exercise(
  'AuthorizationPolicy answers GET with 200 and POST with 403',
  {
    persona: 'Sarah Martinez',
    question:
      'The frontend may read from the backend, nothing more, and nobody else may do even that. Who enforces it?',
    proof:
      "Before the policy a POST is answered by the application with 405; after it, the very same POST gets 403 with Istio's own words, and the proxy's access log names the missing match. The attacker has a sidecar and a certificate too, but of another service account. The caller without a sidecar is reset before any HTTP, while it still reaches what lies outside the mesh. Taken away, the policy takes the 403 with it.",
    takeaway:
      "An ALLOW policy makes the sidecar refuse whatever it does not list, by the caller's proven identity, method and path.",
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e6.a1', 'm1.e6.a2', 'm1.e6.a3', 'm1.e7.a1', 'm1.e7.a3', 'm1.e7.a5', 'm1.e7.a8', 'm1.e7.a9'],
    errata: ['E137', 'E138', 'E130'],
    readMore: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const backend = 'http://backend.m1-e7-forbids-post/';
    const frontend = cluster.client('deployment/frontend');
    const read = frontend.curl(backend);
    const write = frontend.curl('-X', 'POST', backend);
    const attack = cluster.client('pod/attacker').curl(backend);
    const plaintext = cluster.client('pod/legacy', 'm1-e7-legacy').curl(backend);

    await lesson.step('Before: everyone gets an answer of the application, a POST its 405', async () => {
      await read.settlesOn(answered(200, 'backend-'));
      await write.settlesOn(answered(405));
      await attack.settlesOn(answered(200, 'backend-'));
      await plaintext.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('STRICT: a caller without a certificate is reset, the others are not', async () => {
      await cluster.change('20-strict-mtls.yaml');
      await plaintext.settlesOn(resetByProxy);
      await read.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The policy lists one caller, one method, one path', async () => {
      await cluster.change('30-backend-authz.yaml');
    });

    await lesson.step('After: the same POST is refused by the proxy, and so is every other caller', async () => {
      await write.settlesOn(forbidden);
      await frontend.curl(`${backend}data`).settlesOn(forbidden);
      await attack.settlesOn(forbidden);
      await cluster.eventually(
        "the proxy's log has the POST, the 403 and that no policy matched",
        ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail', '40'],
        (log) => /"POST \/ HTTP[^"]*" 403 .*rbac_access_denied_matched_policy\[none\]/.test(log),
      );
    });

    await lesson.step('And the proxy has counted what it refused', async () => {
      await cluster.eventually(
        'the RBAC filter of the proxy counts refusals',
        [...proxyStatistics, 'stats?filter=rbac'],
        (counters) => /rbac\.denied: [1-9]/.test(counters),
      );
      await cluster.eventually(
        "the request metrics name the refused caller's identity",
        [...proxyStatistics, 'stats/prometheus?filter=istio_requests_total'],
        (metrics) => /istio_requests_total\{[^}]*sa\/attacker"[^}]*response_code="403"/.test(metrics),
      );
    });

    await lesson.step('And the frontend still reads, and the attacker still reaches what is not guarded', async () => {
      await read.settlesOn(answered(200, 'backend-'));
      await cluster.client('pod/attacker').curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And without the policy the application answers the POST again', async () => {
      await cluster.revert('30-backend-authz.yaml');
      await write.settlesOn(answered(405));
    });
  },
);
