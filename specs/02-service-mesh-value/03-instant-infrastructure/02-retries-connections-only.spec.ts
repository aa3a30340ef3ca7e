import { answered, exercise, failsWith, onceIn, tally } from '../../../helpers/index.ts';

const namespace = 'm2-e3-retries';
const backend = `backend.${namespace}.svc.cluster.local`;
const calls = 40;
/** That they never meet one of the catalogue's three pods. */
const luck = onceIn((2 / 3) ** calls);
/** What stands where Envoy has no limit: the greatest number of 32 bits. */
const noLimit = 4_294_967_295;
const proxy = ['deployment/frontend', '--namespace', namespace, '--output', 'json'];
const routes = ['proxy-config', 'routes', '--name', '80', ...proxy];
const clusters = ['proxy-config', 'clusters', '--fqdn', backend, ...proxy];

exercise(
  'Proxy retries refused connections by default, and no error of a service',
  {
    persona: 'Marcus Chen',
    question: 'You said that retries, timeouts and breakers are built in. Which of them have I got on the first day?',
    proof: `What the proxy was told is read from the proxy itself: two retries, for connections that fail, no timeout, every limit at its maximum, no ejection. Traffic agrees. A backend that fails the first call of a key is asked once, and its 503 reaches the caller; the second call of the key succeeds, so to ask again would have helped. Of the catalogue's three pods one listens nowhere: a caller without a proxy meets it, while ${calls} calls of the frontend all succeed, and its proxy has counted the retries. With one route of ours the same backend's first failure is retried too. That ${calls} calls never meet the dead pod happens by chance ${luck}.`,
    takeaway:
      'On the first day failed connections are retried; timeouts, breakers and retries of errors are yours to set.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e3.a4', 'm2.e3.a5'],
    errata: ['E210'],
    readMore: 'https://istio.io/latest/docs/concepts/traffic-management/#retries',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const legacy = cluster.client('pod/legacy');
    const hits = async (key: string, wanted: number) => {
      const { stdout } = await frontend.run('curl', '--silent', `http://backend/hits?key=${key}`);
      await lesson.check(
        `the backend was asked ${wanted === 1 ? 'once' : `${wanted} times`}`,
        (JSON.parse(stdout) as { hits: number }).hits,
        (asked) => asked === wanted,
      );
    };

    await lesson.step('What the proxy was told: retries of connections, and nothing else', async () => {
      await cluster.eventually(
        'a route has two retries, for connections that fail, and its timeout is off',
        routes,
        (json) => {
          const route = routeTo(backend, json);
          return (
            route?.retryPolicy.numRetries === 2 &&
            route.retryPolicy.retryOn ===
              'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes' &&
            // A list of statuses would stand here; without one the last word of the line above means none.
            route.retryPolicy.retriableStatusCodes === undefined &&
            route.timeout === '0s'
          );
        },
        'istioctl',
      );
      await cluster.eventually(
        'no limit is below the greatest number there is, and no pod is ever ejected',
        clusters,
        (json) => {
          const [envoyCluster] = JSON.parse(json) as Cluster[];
          const limits = Object.values(envoyCluster?.circuitBreakers.thresholds[0] ?? {}).filter(
            (value) => typeof value === 'number',
          );
          return (
            limits.length === 4 &&
            limits.every((limit) => limit === noLimit) &&
            envoyCluster?.outlierDetection === undefined
          );
        },
        'istioctl',
      );
    });

    await lesson.step('Before: a 503 reaches the caller after one try, though a second would succeed', async () => {
      const first = frontend.curl('http://backend/?failFirst=1&key=default-route');
      await first.settlesOn(failsWith(503, '"key":"default-route"'), { inARow: 1 });
      await hits('default-route', 1);
      await first.settlesOn(answered(200, '"key":"default-route"'), { inARow: 1 });
    });

    await lesson.step('But a refused connection is retried elsewhere, and the caller is answered', async () => {
      const bare = await legacy.newConnections(calls, 'http://catalogue/');
      await lesson.check(
        `without a proxy some of ${calls} calls of the catalogue are refused, curl 7, and all others answered (by chance none meets the dead pod ${luck})`,
        Object.fromEntries(tally(bare, ({ status, curlExit }) => `HTTP ${status}, curl ${curlExit}`)),
        (seen) =>
          (seen['HTTP 0, curl 7'] ?? 0) > 0 &&
          (seen['HTTP 200, curl 0'] ?? 0) > 0 &&
          bare.length === calls &&
          Object.keys(seen).length === 2,
      );
      const retried = await frontend.newConnections(calls, 'http://catalogue/');
      await lesson.check(
        `through the proxy all ${calls} are answered with 200`,
        Object.fromEntries(tally(retried, ({ status }) => `HTTP ${status}`)),
        (seen) => seen['HTTP 200'] === calls,
      );
      const stats = await frontend.proxyStats('outbound|80||catalogue.');
      await lesson.check(
        `and the proxy has counted retries, each a success (by chance there are none ${luck})`,
        { retries: stats('upstream_rq_retry'), succeeded: stats('upstream_rq_retry_success') },
        ({ retries, succeeded }) => retries > 0 && succeeded > 0,
      );
    });

    await lesson.step('A route of ours asks for what was said to be built in', async () => {
      await cluster.change('20-retries.yaml');
    });

    await lesson.step('After: the first failure is retried, and the caller never sees it', async () => {
      await cluster.eventually(
        'the route retries errors too, and gives up after five seconds',
        routes,
        (json) => {
          const route = routeTo(backend, json);
          return route?.retryPolicy.retryOn === '5xx' && route.retryPolicy.numRetries === 2 && route.timeout === '5s';
        },
        'istioctl',
      );
      await frontend
        .curl('http://backend/?failFirst=1&key=own-route')
        .settlesOn(answered(200, '"key":"own-route"'), { inARow: 1 });
      await hits('own-route', 2);
    });

    await lesson.step('And a service that stays broken is asked three times, no more', async () => {
      await frontend
        .curl('http://backend/?status=503&key=broken')
        .settlesOn(failsWith(503, '"key":"broken"'), { inARow: 1 });
      await hits('broken', 3);
    });
  },
);

/** The route to a Service of the proxy's routes on port 80. */
function routeTo(host: string, json: string): Route | undefined {
  const virtualHosts = (JSON.parse(json) as { virtualHosts?: VirtualHost[] }[]).flatMap(
    (each) => each.virtualHosts ?? [],
  );
  return virtualHosts.find(({ name }) => name === `${host}:80`)?.routes[0]?.route;
}

/** What of Envoy's configuration is read here. https://www.envoyproxy.io/docs/envoy/latest/api-v3/api */
interface Route {
  readonly timeout: string;
  readonly retryPolicy: {
    readonly retryOn: string;
    readonly numRetries: number;
    readonly retriableStatusCodes?: readonly number[];
  };
}

interface VirtualHost {
  readonly name: string;
  readonly routes: readonly { readonly route: Route }[];
}

interface Cluster {
  readonly circuitBreakers: { readonly thresholds: readonly Record<string, unknown>[] };
  readonly outlierDetection?: unknown;
}
