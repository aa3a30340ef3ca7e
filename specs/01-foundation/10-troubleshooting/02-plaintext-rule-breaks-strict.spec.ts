import { answered, exercise, upstreamConnectError } from '../../../helpers/index.ts';

const clusters = [
  'proxy-config',
  'clusters',
  'deployment/frontend.m1-ts-plaintext-rule',
  '--fqdn',
  'backend.m1-ts-plaintext-rule.svc.cluster.local',
];

exercise(
  'DestinationRule that switches TLS off breaks calls to a STRICT workload',
  {
    persona: 'Sarah Martinez',
    question: 'Since last night every call to the backend is a 503. Nobody touched the backend. What did they touch?',
    proof:
      'The call works before the rule, fails while it is there, and works again when it is taken away, while the pods stay the same. The proxy of the caller names the rule that it obeys.',
    takeaway: 'A 503 of your own proxy is about your own configuration first: ask that proxy which rule it obeys.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.ts.a2'],
    errata: ['E131'],
    readMore:
      'https://istio.io/latest/docs/ops/common-problems/network-issues/#503-errors-after-setting-destination-rule',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const work = cluster.client('deployment/frontend').curl('http://backend/');

    await lesson.step('Before: the call is answered', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        'no rule applies to the backend',
        clusters,
        (table) => /EDS\s*$/m.test(table),
        'istioctl',
      );
    });

    await lesson.step('A rule tells the callers to speak plaintext', async () => {
      await cluster.change('20-plaintext-rule.yaml');
    });

    await lesson.step('After: the same call is a 503, and it comes from the proxy of the caller', async () => {
      await work.settlesOn(upstreamConnectError);
    });

    await lesson.step('That proxy names the rule it obeys', async () => {
      await cluster.eventually(
        'the cluster of the backend is shaped by backend-plaintext',
        clusters,
        (table) => table.includes('backend-plaintext.m1-ts-plaintext-rule'),
        'istioctl',
      );
    });

    await lesson.step('And without the rule the call is answered again', async () => {
      await cluster.revert('20-plaintext-rule.yaml');
      await work.settlesOn(answered(200, 'backend-'));
    });
  },
);
