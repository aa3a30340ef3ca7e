import { answered, exercise } from '../../../helpers/index.ts';

const log = ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail=-1'];
const lines = (output: string, run: string) => output.split('\n').filter((line) => line.includes(run)).length;

exercise(
  'Telemetry makes the proxies write a line for each call',
  {
    persona: 'Sarah Martinez',
    question: 'The auditor wants the calls themselves, not their sum. Where are they written?',
    proof:
      'Each call carries a word that nothing else carries. Ten calls before the change leave no line with it in the log of the proxy, though all of them were answered, not at once and not three seconds later, and a proxy writes each second; ten calls after it leave exactly ten. This lab has access logs on for its other lessons, so here they are switched off first, as the profile of Istio has them: the installer itself is asked.',
    takeaway:
      'Access logs are off until someone switches them on, for one namespace or for the mesh, with one resource.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e8.a6'],
    errata: ['E143'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/logs/access-log/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');

    await lesson.step("Istio's default profile names no file for an access log", async () => {
      const { stdout } = await cluster.attempt('istioctl', 'manifest', 'generate', '--set', 'profile=default');
      const mesh = stdout.split('\n---').find((part) => /^\s*mesh: \|-/m.test(part)) ?? '';
      await lesson.check(
        'its mesh settings have no accessLogFile and no accessLogging',
        mesh.split('\n').filter((line) => /^ {4}\w+:/.test(line)),
        (settings) => settings.length > 2 && settings.every((line) => !/accessLog/i.test(line)),
      );
    });

    await lesson.step('Before: ten calls, and no line about them', async () => {
      await frontend.curl('http://backend/?run=silent').settlesOn(answered(200, 'backend-'), { inARow: 10 });
      await cluster.eventually(
        'the log of the proxy has no line of them',
        log,
        (output) => lines(output, 'silent') === 0,
        'kubectl',
        { staysMs: 3_000 },
      );
    });

    await lesson.step('One resource switches the log on', async () => {
      await cluster.change('20-access-log.yaml');
      await cluster.eventually(
        'the proxy has begun to write',
        log,
        (output) => lines(output, 'warming') > 0,
        'kubectl',
        {
          beforeEachLook: () =>
            frontend.run('curl', '--silent', '--output', '/dev/null', 'http://backend/?run=warming'),
        },
      );
    });

    await lesson.step('After: ten calls, ten lines', async () => {
      await frontend.curl('http://backend/?run=served').settlesOn(answered(200, 'backend-'));
      await frontend.newConnections(10, 'http://backend/?run=written');
      await cluster.eventually(
        'each has a line with method, path and status',
        log,
        (output) => output.split('\n').filter((line) => /"GET \/\?run=written HTTP[^"]*" 200/.test(line)).length === 10,
      );
      await cluster.eventually('and those of before have none still', log, (output) => lines(output, 'silent') === 0);
    });
  },
);
