import { answered, exercise, forbidden } from '../../../helpers/index.ts';

const proxyLog = ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail=-1'];

exercise(
  'AuthorizationPolicy with a typo in its selector guards nobody, and only analysis tells',
  {
    persona: 'Sarah Martinez',
    question: 'The policy was accepted without a word, and POST still gets through. How do we find out why?',
    proof:
      'The policy with the typo and the mended one differ in one letter of the selector, and only the mended one refuses the POST, while a GET is still answered, and so is a POST to the frontend. The analysis names the first and has nothing to say about the second; the proxy writes about its decisions only after its log level was raised.',
    takeaway:
      'Accepted is not in force: analyse before you trust, and raise the log level of rbac before you grep for it.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.ts.a3'],
    errata: ['E148'],
    readMore: 'https://istio.io/latest/docs/ops/common-problems/security-issues/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const write = frontend.curl('-X', 'POST', 'http://backend/');
    const read = frontend.curl('http://backend/');
    const writeElsewhere = frontend.curl('-X', 'POST', 'http://frontend/');

    await lesson.step('Before: a POST reaches the application', async () => {
      await write.settlesOn(answered(405));
      await read.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('The policy is accepted, and nothing changes', async () => {
      await cluster.change('20-typo.yaml');
      await write.settlesOn(answered(405), { inARow: 10 });
    });

    await lesson.step('The analysis names what is wrong, and meanwhile still nothing has changed', async () => {
      await cluster.eventually(
        'the selector matches no pod, IST0127',
        ['analyze', '--namespace', 'm1-ts-typo', '--failure-threshold', 'Error'],
        (report) => /IST0127/.test(report) && report.includes('backend-authz'),
        'istioctl',
      );
      await write.settlesOn(answered(405), { inARow: 10 });
    });

    await lesson.step('Mended, it refuses the POST and nothing else; and the proxy does not say so', async () => {
      await cluster.change('30-mended.yaml');
      await write.settlesOn(forbidden);
      await read.settlesOn(answered(200, 'backend-'));
      await writeElsewhere.settlesOn(answered(405));
      await cluster.eventually(
        'the log of the proxy has no line of the RBAC filter',
        proxyLog,
        (log) => !/enforced denied|rbac.*debug/i.test(log),
        'kubectl',
        { staysMs: 2_000 },
      );
    });

    await lesson.step('And with the level raised it says it', async () => {
      await cluster.attempt(
        'istioctl',
        'proxy-config',
        'log',
        'deployment/backend.m1-ts-typo',
        '--level',
        'rbac:debug',
      );
      await write.settlesOn(forbidden);
      await cluster.eventually('the RBAC filter writes "enforced denied"', proxyLog, (log) =>
        /enforced denied/.test(log),
      );
    });
  },
);
