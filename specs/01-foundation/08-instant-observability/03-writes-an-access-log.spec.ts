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
    errata: [
      {
        id: 'E143',
        said: 'The audit command greps the proxy logs and finds every call.',
        fact: 'In the default profile proxies write no access log: the command finds nothing until a Telemetry resource, or the mesh configuration, switches it on.',
      },
    ],
    readMore: 'https://istio.io/latest/docs/tasks/observability/logs/access-log/',
  },
  async ({ lesson }) => {
    await lesson.cast('10-cast.yaml');
    const frontend = lesson.client('deployment/frontend');

    await lesson.step("Istio's default profile names no file for an access log", async () => {
      const { stdout } = await lesson.attempt('istioctl', 'manifest', 'generate', '--set', 'profile=default');
      const mesh = stdout.split('\n---').find((part) => /^\s*mesh: \|-/m.test(part)) ?? '';
      await lesson.check(
        'its mesh settings have no accessLogFile and no accessLogging',
        mesh.split('\n').filter((line) => /^ {4}\w+:/.test(line)),
        (settings) => settings.length > 2 && settings.every((line) => !/accessLog/i.test(line)),
      );
    });

    await lesson.step('Before: ten calls, and no line about them', async () => {
      await frontend.curl('http://backend/?run=silent').settlesOn(answered(200, 'backend-'), { inARow: 10 });
      await lesson.witness(
        'the log of the proxy has no line of them',
        log,
        (output) => lines(output, 'silent') === 0,
        'kubectl',
        { staysMs: 3_000 },
      );
    });

    await lesson.step('One resource switches the log on', async () => {
      await lesson.apply('20-access-log.yaml');
      await lesson.client('deployment/frontend').curl('http://backend/?run=warming').settlesOn(answered(200));
      await lesson.witness('the proxy has begun to write', log, (output) => lines(output, 'warming') > 0);
    });

    await lesson.step('After: ten calls, ten lines', async () => {
      await frontend.newConnections(10, 'http://backend/?run=written');
      await lesson.witness(
        'each has a line with method, path and status',
        log,
        (output) => output.split('\n').filter((line) => /"GET \/\?run=written HTTP[^"]*" 200/.test(line)).length === 10,
      );
      await lesson.witness('and those of before have none still', log, (output) => lines(output, 'silent') === 0);
    });
  },
);
