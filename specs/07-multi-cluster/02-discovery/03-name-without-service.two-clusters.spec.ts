import {
  answeredByVersion,
  type Client,
  eastWestAddressCommand,
  eastWestPort,
  endpointsCommand,
  exercise,
  nameNotFound,
  readEndpoints,
  tellWeights,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-dns';
const host = `ledger.${namespace}`;
const ledger = `http://${host}/`;
const servicesInWest = ['get', 'services', '-o', 'name'];
/** Calls whose address is noted. */
const times = 5;
/** Addresses of Services: each cluster has its own range. */
const rangeOf = { west: '10.96.0.0/16', east: '10.97.0.0/16' } as const;
const startOf = (cluster: keyof typeof rangeOf) => rangeOf[cluster].replace(/\.0\.0\/16$/, '.');

exercise(
  'Service without pods gives west the name of a Service that only east has',
  {
    persona: 'Jennifer',
    question:
      'The ledger runs in east alone. Can our applications in west call it by its name as soon as the clusters are joined?',
    proof: `Only east has the Service and its pod. The application in west asks for the name, and curl ends before any call, since the DNS of west does not know it. At that moment the proxy beside it has the gateway of east as where the ledger is, and the same call is answered by east once curl is told an address: only the name was missing. A second application, of the same image, has a proxy that answers its lookups; it is answered, and the address it was given is one of east's range, ${rangeOf.east}. Then a Service that selects no pod is added in west and nothing else. The first application is answered by east, ${times} times, at an address of west's range, ${rangeOf.west}.`,
    takeaway:
      'Discovery gives proxies endpoints and no DNS names: create the Service in each cluster that calls it, or let proxies answer lookups.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e2.a2'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const clerk = west.client('deployment/clerk');
    const gateway = (await east.kubectl(...eastWestAddressCommand)).stdout;
    const addressInEast = (await east.kubectl('get', 'service', 'ledger', '-o', 'jsonpath={.spec.clusterIP}')).stdout;
    const isAnsweredAt = async (caller: Client, where: keyof typeof rangeOf) =>
      lesson.check(
        `${times} of ${times} calls were answered by east, at an address of ${where}'s range, ${rangeOf[where]}`,
        (await caller.newConnections(times, ledger)).map((reply) => `${versionOf(reply)} at ${reply.remoteIp}`),
        (seen) => seen.length === times && seen.every((reply) => reply.startsWith(`east at ${startOf(where)}`)),
      );

    await lesson.step(
      'Before: the name is not known in west, although the proxy knows where the ledger is',
      async () => {
        await frontend.curl(ledger).settlesOn(nameNotFound);
        await west.eventually(
          "the proxy of the frontend has one address for the ledger, that of east's gateway",
          endpointsCommand('deployment/frontend', 'ledger', namespace),
          (json) => {
            const [only, ...others] = readEndpoints(json);
            return others.length === 0 && only?.address === gateway && only.port === eastWestPort;
          },
          'istioctl',
          { tell: tellWeights },
        );
      },
    );

    await lesson.step('Only the name is missing: told an address, the same call is answered by east', async () => {
      await frontend.curl('--resolve', `${host}:80:${addressInEast}`, ledger).settlesOn(answeredByVersion('east'));
      await frontend.curl(ledger).settlesOn(nameNotFound);
    });

    await lesson.step('An application whose proxy answers lookups is answered without more', async () => {
      await clerk.curl(ledger).settlesOn(answeredByVersion('east'));
      await isAnsweredAt(clerk, 'east');
    });

    await lesson.step('West gets a Service of that name, which selects no pod', async () => {
      await west.change('20-stub.west.yaml');
      await west.eventually('west has the Service ledger', servicesInWest, (list) =>
        list.split('\n').includes('service/ledger'),
      );
      await west.eventually(
        'no pod in west has its label',
        ['get', 'pods', '--selector', 'app=ledger', '-o', 'name'],
        (list) => list.trim() === '',
        'kubectl',
        { tell: () => 'nothing is listed' },
      );
    });

    await lesson.step('After: the frontend calls the name, and east answers', async () => {
      await frontend.curl(ledger).settlesOn(answeredByVersion('east'));
      await isAnsweredAt(frontend, 'west');
    });
  },
);
