import { exercise, proxyAdminCommand } from '../../../helpers/index.ts';

const namespace = 'm2-e3-database';
const listeners = [
  'proxy-config',
  'listeners',
  'deployment/backend',
  '--namespace',
  namespace,
  '--port',
  '5432',
  '--output',
  'json',
];
const query = ['psql', '-h', 'database', '-U', 'postgres', '-tAc', 'SELECT 1, inet_client_addr()'];
/** A web request sent to the database, by a shell alone, and whatever comes back. */
const webRequest = [
  'bash',
  '-c',
  String.raw`exec 3<>/dev/tcp/database/5432; printf 'GET / HTTP/1.1\r\nHost: database\r\nConnection: close\r\n\r\n' >&3; timeout 5 cat <&3; echo; echo 'end of what came back'`,
];
/** Istio's own proxy also counts connections when they open; both kinds count them when they close. */
const closed = 'istio_tcp_connections_closed_total';
const counters = ['exec', 'deployment/database', ...proxyAdminCommand(`stats/prometheus?filter=${closed}`)];
const guessesProtocol = (json: string) => json.includes('http_connection_manager');
const plainTcp = (json: string) => json.includes('envoy.filters.network.tcp_proxy') && !guessesProtocol(json);

exercise(
  'Service declares its database as TCP, and each query is one counted connection',
  {
    persona: 'Marcus Chen',
    question: 'My database is no web server. Does it just join the mesh, and would I see that it is reached?',
    proof:
      'The port as the text makes it has no name, and the proxy of the caller is ready to take it for HTTP: a web request sent there is answered by a proxy, in HTTP, which no database could do. Once the Service says TCP the same request is answered by nobody. The query works before and after, so what changed is the guessing alone. That it passes the proxies is told by both ends: the database sees the loopback address of its own proxy, and that proxy counts one connection more for each query, with the identity of the backend in its certificate.',
    takeaway: 'Say what a port speaks: a proxy that is told does not have to guess.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e3.a6'],
    errata: ['E256'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const backend = cluster.client('deployment/backend');
    const queryPasses = async () => {
      await backend.eventually(
        'the query is answered, and the database sees its own proxy as the caller',
        query,
        ({ exitCode, stdout }) => exitCode === 0 && stdout.trim() === '1|127.0.0.6',
      );
    };

    await lesson.step('Before: the query passes, and the proxy guesses what it is', async () => {
      await queryPasses();
      await cluster.eventually(
        "the backend's proxy is ready to take the port for HTTP",
        listeners,
        guessesProtocol,
        'istioctl',
      );
      await backend.eventually('a web request to the database is answered by a proxy', webRequest, ({ stdout }) =>
        /^HTTP\/1\.1 503 [^]*^server: envoy\r?$/m.test(stdout),
      );
      const { stdout } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check('the analysis names the port without a name, IST0118', stdout, (report) =>
        /IST0118.*database.*5432/.test(report),
      );
    });

    await lesson.step('The Service declares its port: a name, and the protocol TCP', async () => {
      await cluster.change('20-database-tcp.yaml');
    });

    await lesson.step('After: nothing is guessed any more', async () => {
      await cluster.eventually("the backend's proxy takes the port for TCP alone", listeners, plainTcp, 'istioctl');
      await backend.eventually(
        'the same web request is answered by nobody in HTTP',
        webRequest,
        ({ stdout }) => !stdout.includes('HTTP/') && stdout.includes('end of what came back'),
      );
      const { stdout, stderr } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      await lesson.check('the analysis has nothing to say of the port', `${stdout}${stderr}`, (report) =>
        report.includes('No validation issues found'),
      );
    });

    await lesson.step('And each query is one connection, counted under the name of the backend', async () => {
      const before = connections((await cluster.kubectl(...counters)).stdout);
      for (const queries of [1, 2]) {
        await queryPasses();
        await cluster.eventually(
          `the database's proxy has counted ${queries} more`,
          counters,
          (metrics) => connections(metrics) === before + queries,
        );
      }
    });
  },
);

/** Connections of the backend that the database's proxy has seen the end of. */
function connections(metrics: string): number {
  const mine = metrics
    .split('\n')
    .filter((line) => line.includes(`${closed}{`) && line.includes('destination_workload="database"'))
    .filter((line) => line.includes(`/ns/${namespace}/sa/backend"`));
  return mine.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
