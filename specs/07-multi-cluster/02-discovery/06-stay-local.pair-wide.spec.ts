import {
  answeredByVersion,
  askedForAtGateway,
  bothClustersAnswer,
  clusterEndpointsCommand,
  eastWestAddressCommand,
  eastWestLogCommand,
  eastWestName,
  eastWestPort,
  endpointsCommand,
  exercise,
  noHealthyUpstream,
  oneClusterAnswers,
  readEndpoints,
  sharedByChance,
  sharedCalls,
  tellWeights,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-local';
const backend = 'http://backend/';
const vault = 'http://vault/';
const toEast = ['-H', 'x-go: east', backend];
const subsetEast = eastWestName('backend', namespace, { subset: 'east' });
/** How often a verdict is confirmed, on a connection of its own each time. */
const confirmed = 5;
/** Calls that all end in one cluster. */
const times = 30;
/** What each cluster has of its own, and keeps for itself. */
const own = [
  'outbound|53||kube-dns.kube-system.svc.cluster.local',
  'outbound|443||kubernetes.default.svc.cluster.local',
];
const serviceName = (cluster: string) => cluster.split('|').at(-1)?.split('.')[0] ?? '';
/** Addresses of a Service's pods in one cluster, and of the API server. */
const addressesOf = (service: string) => [
  'get',
  'endpointslices',
  '--namespace',
  service === 'kubernetes' ? 'default' : 'kube-system',
  '--selector',
  `kubernetes.io/service-name=${service}`,
  '-o',
  'jsonpath={.items[*].endpoints[*].addresses[*]}',
];

exercise(
  'MeshConfig and subsets keep calls of a Service in their own cluster, which is no lock on it',
  {
    persona: 'Jennifer',
    question:
      'Some services must answer from both clusters, and some from their own alone. Where do I say so, and who is bound by it?',
    proof: `Both clusters have a pod of the same Service and a caller. First what is local without a word: west's proxy has only west's addresses for the DNS and the API server, though east has such Services too, while for the backend it has both clusters; the pods of those two have no proxies, without which nobody crosses over anyway. Then a DestinationRule with a subset for each cluster and a VirtualService that sends callers to their own: of ${times} calls all stay, in both directions, where before both clusters answered. A header sends the same caller in west to east. Without the DestinationRule in east that call finds no connection, and the log of east's gateway has what it was asked for and did not know; with it the call is answered again. So both sides have to know the subset. Last, the settings of istiod in east alone call a second Service of the same pods local: all ${times} calls from east stay in east, while of ${sharedCalls.calls} calls from west each cluster answers ${sharedCalls.least} or more (${sharedByChance()} fewer by chance). And with no pod left in east, its caller gets no healthy upstream for that Service, while for the other, of the same pods, west answers.`,
    takeaway:
      'Subsets need their DestinationRule in both clusters. clusterLocal binds the callers of that istiod: it is no access control, and it takes failover away.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e2.a10', 'm7.e2.a11', 'm7.e2.a12'],
    errata: ['E715'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/multicluster/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const inWest = west.client('deployment/frontend');
    const inEast = east.client('deployment/frontend');
    const gateway = (await east.kubectl(...eastWestAddressCommand)).stdout;
    const callsFrom = {
      west: (url: string) => ({ caller: inWest, url, whose: 'the caller in west' }),
      east: (url: string) => ({ caller: inEast, url, whose: 'the caller in east' }),
    };
    const bothAnswer = async (home: 'west' | 'east', url: string) => bothClustersAnswer(lesson, callsFrom[home](url));
    const allStay = async (home: 'west' | 'east', url: string) =>
      oneClusterAnswers(lesson, home, callsFrom[home](url), times);

    const ledNowhere = async () =>
      askedForAtGateway((await east.kubectl(...eastWestLogCommand)).stdout, subsetEast).unknown.length;

    await lesson.step('Local without a word: the DNS and the API server of each cluster', async () => {
      for (const cluster of own) {
        const service = serviceName(cluster);
        const addresses = {
          west: (await west.kubectl(...addressesOf(service))).stdout.split(' '),
          east: (await east.kubectl(...addressesOf(service))).stdout.split(' '),
        };
        await west.eventually(
          `the proxy in west has only west's addresses for ${service}, and east has others`,
          clusterEndpointsCommand('deployment/frontend', namespace, cluster),
          (json) => {
            const seen = readEndpoints(json).map(({ address }) => address);
            return (
              seen.length > 0 &&
              seen.every((address) => addresses.west.includes(address)) &&
              addresses.east.some((address) => /\d/.test(address) && !addresses.west.includes(address))
            );
          },
          'istioctl',
          { tell: tellWeights },
        );
      }
      await west.eventually(
        "for the backend it has a pod of its own and east's gateway",
        endpointsCommand('deployment/frontend', 'backend', namespace),
        (json) => {
          const seen = readEndpoints(json);
          return (
            seen.length === 2 &&
            seen.some(({ port }) => port === 80) &&
            seen.some(({ address, port }) => address === gateway && port === eastWestPort)
          );
        },
        'istioctl',
        { tell: tellWeights },
      );
    });

    await lesson.step('Before: both clusters answer both callers', async () => {
      await bothAnswer('west', backend);
      await bothAnswer('east', backend);
    });

    await lesson.step('Both clusters get a subset for each cluster, and a route to the own one', async () => {
      for (const cluster of [west, east]) {
        await cluster.change('20-subsets.both.yaml');
        await cluster.change('30-by-cluster.both.yaml');
      }
    });

    await lesson.step('After: all calls stay, in both directions', async () => {
      await allStay('west', backend);
      await allStay('east', backend);
    });

    await lesson.step('A header sends a call of west to east', async () => {
      await west.change('40-header-to-east.west.yaml');
      await inWest.curl(...toEast).settlesOn(answeredByVersion('east'));
      await inWest.curl(backend).settlesOn(answeredByVersion('west'));
    });

    await lesson.step('Without the DestinationRule in east the same call finds no connection', async () => {
      const before = await ledNowhere();
      await east.revert('20-subsets.both.yaml');
      await inWest.curl(...toEast).settlesOn(upstreamConnectError);
      await east.eventually(
        `the log of east's gateway has ${confirmed} connections more that asked for the subset and led nowhere`,
        eastWestLogCommand,
        (log) => askedForAtGateway(log, subsetEast).unknown.length >= before + confirmed,
        'kubectl',
        { tell: (log) => askedForAtGateway(log, subsetEast).unknown.at(-1)?.text ?? '' },
      );
      await inWest.curl(backend).settlesOn(answeredByVersion('west'));
    });

    await lesson.step('With it the call is answered again', async () => {
      await east.change('20-subsets.both.yaml');
      await inWest.curl(...toEast).settlesOn(answeredByVersion('east'));
    });

    await lesson.step(
      'A second Service of the same pods, without rules: both clusters answer both callers',
      async () => {
        await bothAnswer('west', vault);
        await bothAnswer('east', vault);
      },
    );

    await lesson.step("East's settings call it local", async () => {
      await east.changeMeshConfig('50-vault-stays.east.yaml');
    });

    await lesson.step('After: calls from east stay in east, and calls from west are shared as before', async () => {
      await allStay('east', vault);
      await bothAnswer('west', vault);
    });

    await lesson.step('With no pod left in east, local means that nobody answers', async () => {
      for (const file of ['30-by-cluster.both.yaml', '20-subsets.both.yaml']) await east.revert(file);
      await east.kubectl('scale', 'deployment/backend', '--replicas=0');
      await inEast.curl(backend).settlesOn(answeredByVersion('west'));
      await inEast.curl(vault).settlesOn(noHealthyUpstream);
      await inEast.curl(backend).settlesOn(answeredByVersion('west'));
      await inWest.curl(vault).settlesOn(answeredByVersion('west'));
    });
  },
);
