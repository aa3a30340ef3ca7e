import {
  barChart,
  clustersCommand,
  exercise,
  failures,
  readClusterLimits,
  tellLimits,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e6';
const backend = 'http://backend/';
const clusters = clustersCommand('deployment/frontend', 'backend', namespace);
const pods = 3;

exercise(
  'DestinationRule with two requests per connection makes callers open fifty, and protects nobody',
  {
    persona: 'Marcus Chen',
    question: 'The rule says two requests per connection. Does that keep a crowd of callers from the backend?',
    proof:
      'The proxy of the caller counts the connections that it opens. A hundred calls, one after another, need at most one for each pod; under the rule the same hundred need fifty or more, each with a handshake of its own. Nothing else has changed: all calls are answered before and after. And of fifty calls at once under the rule none is refused, so it limits no crowd. Without the rule connections are kept again.',
    takeaway:
      'A limit on requests per connection ends keep-alive: it costs handshakes and protects nobody; limit connections and waiting calls instead.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e6.a9'],
    errata: ['E223'],
    readMore:
      'https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings-HTTPSettings',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const counted = async (name: string) =>
      (await frontend.proxyStats(`outbound|80||backend.${namespace}.svc.cluster.local;.${name}`))(name);
    const connections = () => counted('upstream_cx_total');
    const overflow = () => counted('upstream_rq_pending_overflow');
    const hundredCalls = async () => {
      const before = await connections();
      const made = failures(await frontend.oneConnection(100, backend));
      return { ...made, opened: (await connections()) - before };
    };
    const limit = (says: string, wanted: number | undefined) => {
      const arrived = (json: string) => readClusterLimits(json)[0]?.maxRequestsPerConnection === wanted;
      return cluster.eventually(says, clusters, arrived, 'istioctl', { tell: tellLimits });
    };
    const measured = new Map<string, number>();

    await lesson.step('Before: a hundred calls need no more than a connection for each pod', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', pods);
      // Counters of a cluster that nobody has called yet do not exist.
      await frontend.oneConnection(1, backend);
      const seen = await hundredCalls();
      measured.set('without a limit', seen.opened);
      await lesson.check('few connections were opened', seen, ({ failed, opened }) => failed === 0 && opened <= pods);
    });

    await lesson.step('The rule: two requests per connection', async () => {
      await cluster.change('20-two-a-connection.yaml');
      await limit('the limit has reached the proxy', 2);
    });

    await lesson.step('After: the same hundred calls need fifty connections or more', async () => {
      const seen = await hundredCalls();
      measured.set('two requests per connection', seen.opened);
      await lesson.show('Connections opened for 100 calls', barChart('connections', measured));
      await lesson.check('they were opened', seen, ({ failed, opened }) => failed === 0 && opened >= 50);
    });

    await lesson.step('And fifty calls at once are all let through to a slow backend', async () => {
      const before = await overflow();
      const replies = await frontend.inParallel(50, 50, `${backend}?delay=300ms`);
      const served = replies.filter(({ status }) => status === 200).length;
      await lesson.check(
        'none was refused: the limit protects nobody',
        { served, refused: (await overflow()) - before },
        (seen) => seen.served === 50 && seen.refused === 0,
      );
    });

    await lesson.step('And without the rule connections are kept again', async () => {
      await cluster.revert('20-two-a-connection.yaml');
      await limit('the limit has left the proxy', undefined);
      const seen = await hundredCalls();
      await lesson.check('few connections were opened', seen, ({ failed, opened }) => failed === 0 && opened <= pods);
    });
  },
);
