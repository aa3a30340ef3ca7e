import { answered, exercise } from '../../../helpers/index.ts';

const namespace = 'm2-e9-tracing';
const spans = ['logs', 'deployment/collector', '--tail=-1'];

exercise(
  'A tracing provider that is only named gets no spans, one that is defined does',
  {
    persona: 'Marcus Chen',
    question: 'The defaults say tracing: jaeger. Why is there not a single trace?',
    proof:
      'A listener takes spans as Jaeger does and writes each into its log; one sent by hand shows that it works. Under the name alone istiod has read the setting, every call is to be traced, ten calls are answered, and no span comes. With an address for the same name ten more calls bring spans that carry their paths, from the proxy of the caller and from that of the called, while of the first ten there is still none.',
    takeaway: 'A provider is a name and an address: defaultProviders refers to what extensionProviders defines.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e9.a6'],
    errata: ['E242'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/distributed-tracing/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const calls = async (run: string) =>
      frontend.curl(`http://backend/${run}`).settlesOn(answered(200, 'backend-'), { inARow: 10 });

    await lesson.step('Before: the listener works', async () => {
      await frontend.run('curl', '-s', '-d', '[{"name":"sent-by-hand"}]', 'http://collector/api/v2/spans');
      await cluster.eventually('it has the span that was sent by hand', spans, (log) => log.includes('"sent-by-hand"'));
    });

    await lesson.step('The defaults name a provider', async () => {
      await cluster.changeMeshConfig('20-course-text.yaml');
      await cluster.eventually(
        'istiod has read the name',
        ['experimental', 'internal-debug', 'mesh'],
        (mesh) => mesh.includes('"jaeger"'),
        'istioctl',
      );
      await calls('only-named');
      await cluster.eventually(
        'no proxy has sent a span',
        spans,
        (log) => log.trim().split('\n').length === 1 && log.includes('"sent-by-hand"'),
      );
    });

    await lesson.step('The name gets an address', async () => {
      await cluster.changeMeshConfig('30-provider.yaml');
      for (const workload of ['frontend', 'backend']) {
        await cluster.eventually(
          `the proxy of the ${workload} has a tracer`,
          ['proxy-config', 'listeners', `deployment/${workload}.${namespace}`, '-o', 'json'],
          (dump) => dump.includes('envoy.tracers.zipkin'),
          'istioctl',
        );
      }
    });

    await lesson.step('After: both proxies send spans of the calls', async () => {
      // A connection that was open before keeps the old settings, so the first calls may be missing.
      await calls('defined');
      const log = await cluster.eventually(
        'the listener has spans of the calls, by the caller and by the called',
        spans,
        (text) => ['CLIENT', 'SERVER'].every((kind) => spansOf(text, kind, '/defined').length > 0),
      );
      await lesson.check(
        'and of the calls before there is still none',
        spansOf(log, '', '/only-named').length,
        (count) => count === 0,
      );
    });
  },
);

/** Lines of the log that are spans of a kind and of calls to a path. */
function spansOf(log: string, kind: string, path: string): string[] {
  return log.split('\n').filter((line) => line.includes(`"kind":"${kind}`) && line.includes(path));
}
