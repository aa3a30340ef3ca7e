import {
  answeredByVersion,
  askedForAtGateway,
  eastWestAddressCommand,
  eastWestLogCommand,
  eastWestName,
  eastWestPort,
  endpointsCommand,
  exercise,
  linesOfCall,
  proxyLogCommand,
  readEndpoints,
  tellWeights,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-flat';
const url = (service: string, mark = '') => `http://${service}/${mark}`;
/** Three tries, each of which may wait half a second for a connection. */
const patient = (service: string) => ['--max-time', '10', url(service)];
const podsOf = (app: string) => ['get', 'pods', '--selector', `app=${app}`, '-o', 'jsonpath={.items[*].status.podIP}'];

exercise(
  'Network label on a pod decides whether it is called through the gateway or by its own address',
  {
    persona: 'Jennifer',
    question:
      'Our network team can route between the pods of both clusters. Do we still need the gateways, and can we move one service at a time?',
    proof:
      'Three Services have their pods in east, and a caller in west calls them by name. The backend is in the network of its cluster, and is answered through the gateway all the time. The pods of depot and legacy carry the label of a network that has no gateway, so the proxy in west is told their own addresses; without a route from node to node calls to both find no connection. Then each node gets one route to the pods of the other, and nothing else changes. Depot is answered, the log of the caller’s proxy has the address of its pod as where the call was sent, and the gateway’s log has nobody who asked for depot, though it has those who asked for the backend. Legacy has no proxy and is answered too, in plaintext, which through a gateway is not possible.',
    takeaway:
      'One network means pods call pods, without gateways; a label moves single workloads from one path to the other, and the proxies follow what it says, not what is reachable.',
    needs: ['k8s', 'sidecar', 'clusters2', 'routes2'],
    proves: ['m7.e2.a9'],
    errata: ['E702'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/deployment-models/#multiple-networks',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const gateway = (await east.kubectl(...eastWestAddressCommand)).stdout;
    const addressOf = {
      depot: (await east.kubectl(...podsOf('depot'))).stdout.trim(),
      legacy: (await east.kubectl(...podsOf('legacy'))).stdout.trim(),
    };
    const leadsTo = async (service: string, says: string, address: string, port: number) =>
      west.eventually(
        `for ${service} the proxy in west has ${says}`,
        endpointsCommand('deployment/frontend', service, namespace),
        (json) => {
          const [only, ...others] = readEndpoints(json);
          return others.length === 0 && only?.address === address && only.port === port;
        },
        'istioctl',
        { tell: tellWeights },
      );
    /** Calls once, and sees in the log of the caller's proxy to which address the call was sent. */
    const isSentTo = async (service: string, says: string, to: string) => {
      const mark = `call=${service}`;
      await frontend.newConnections(1, url(service, `?${mark}`));
      const sent = (log: string) => linesOfCall(log, mark).find((line) => line.status === 200 && line.to === to);
      await west.eventually(
        `the caller's proxy has sent the call to ${service} to ${says}`,
        proxyLogCommand('deployment/frontend'),
        (log) => sent(log) !== undefined,
        'kubectl',
        { tell: (log) => sent(log)?.text ?? '' },
      );
    };

    await lesson.step('The label decides what the proxy in west is told', async () => {
      await leadsTo('backend', "east's gateway", gateway, eastWestPort);
      await leadsTo('depot', 'the address of its pod', addressOf.depot, 80);
      await leadsTo('legacy', 'the address of its pod', addressOf.legacy, 80);
    });

    await lesson.step(
      'Before: through the gateway east answers, and to the address of a pod there is no way',
      async () => {
        await frontend.curl(...patient('backend')).settlesOn(answeredByVersion('east'));
        await frontend.curl(...patient('depot')).settlesOn(upstreamConnectError);
        await frontend.curl(...patient('legacy')).settlesOn(upstreamConnectError);
        await frontend.curl(...patient('backend')).settlesOn(answeredByVersion('east'));
      },
    );

    await lesson.step('Each node gets a route to the pods of the other', async () => {
      await west.addRouteTo(east);
      await east.addRouteTo(west);
      const { stdout } = await west.onNode('ip', 'route');
      await lesson.check("the node of west has a route to east's pods", stdout, (routes) =>
        routes.split('\n').some((route) => /^10\.245\.\S+ via /.test(route)),
      );
    });

    await lesson.step('After: depot is answered, without the gateway', async () => {
      await frontend.curl(...patient('depot')).settlesOn(answeredByVersion('east'));
      await isSentTo('depot', 'its pod', `${addressOf.depot}:80`);
      await isSentTo('backend', "east's gateway", `${gateway}:${eastWestPort}`);
      const asked = (log: string, service: string) => askedForAtGateway(log, eastWestName(service, namespace));
      await east.eventually(
        "the log of east's gateway has connections that asked for the backend, and none that asked for depot",
        eastWestLogCommand,
        (log) => {
          const depot = asked(log, 'depot');
          return asked(log, 'backend').forwarded.length > 0 && depot.forwarded.length + depot.unknown.length === 0;
        },
        'kubectl',
        { tell: (log) => asked(log, 'backend').forwarded.at(-1)?.text ?? '' },
      );
    });

    await lesson.step('And so is legacy, which has no proxy', async () => {
      await frontend.curl(...patient('legacy')).settlesOn(answeredByVersion('east'));
      await isSentTo('legacy', 'its pod', `${addressOf.legacy}:80`);
      await frontend.curl(...patient('backend')).settlesOn(answeredByVersion('east'));
    });
  },
);
