import {
  abortedByFault,
  answeredByVersion,
  exercise,
  forbidden,
  linesOfCall,
  proxyLogCommand,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm7-e3-counts';
const files = 'fixtures/07-multi-cluster/03-federation/02-whose-cluster-counts/files';
const identity = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
const cards = `http://cards.${namespace}/`;
const proxyLog = proxyLogCommand('deployment/cards');
/** Every field of a rule, by its name; what is said of them is left out. */
const fieldsOfRules = [
  'explain',
  'authorizationpolicies.spec.rules',
  '--api-version=security.istio.io/v1',
  '--recursive',
];
const namesOf = (text: string) => Array.from(text.matchAll(/^\s+(\w+)\s+<[^>]+>/gm), ([, name = '']) => name);
const addressOf = (label: string) => ['get', 'pods', '-l', label, '-o', 'jsonpath={.items[*].status.podIP}'];

exercise(
  'A rule about sending counts where the caller is, one about receiving where the server is, and none names a cluster',
  {
    persona: 'Jennifer',
    question:
      'Can a rule admit the frontend of one region and not that of the other? And in which cluster do I write it?',
    proof:
      'The same account calls the same Service from two clusters. The server is told the same identity both times, under two certificates, so nothing that it is told says where the caller is; no field of a policy has the word cluster or network in its name, and a condition that asks for one is refused by the API server, while one that asks for an account is taken. What differs is the address that the proxy of the server sees: of the caller in its own cluster it is that of the pod, of the other it is that of the gateway. Then one rule about sending, which ends calls with a certain header, is applied to west, and to east after that: each time the callers of that cluster meet it and those of the other are answered, and calls without the header are answered throughout. One rule about receiving is applied to both in turn as well. In the cluster without the pods it has no effect on anybody. In the cluster of the pods it refuses the callers of both.',
    takeaway:
      'Write rules about sending where the caller is and rules about receiving where the server is; to tell regions apart, give them accounts of their own.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e3.a4', 'm7.e3.a5'],
    errata: ['E702'],
    readMore: 'https://istio.io/latest/docs/reference/config/security/conditions/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const clients = { west: west.client('deployment/frontend'), east: east.client('deployment/frontend') };
    const plain = { west: clients.west.curl(cards), east: clients.east.curl(cards) };
    const marked = {
      west: clients.west.curl('-H', 'x-fault: yes', cards),
      east: clients.east.curl('-H', 'x-fault: yes', cards),
    };
    const served = answeredByVersion('east');
    const rows: string[][] = [];

    await lesson.step('The server is told the same identity from both clusters, and sees two addresses', async () => {
      const told = [];
      for (const name of ['west', 'east'] as const) {
        const { http } = await clients[name].curl(`${cards}?call=from-${name}`).settlesOn(served);
        told.push(toldCertificates(http.body));
      }
      await lesson.check(
        'each call had one certificate; they are two, and name the same account',
        told,
        ([inWest, inEast]) =>
          inWest?.length === 1 &&
          inEast?.length === 1 &&
          inWest[0]?.caller === identity &&
          inEast[0]?.caller === identity &&
          inWest[0].by === inEast[0].by &&
          inWest[0].hash !== inEast[0].hash,
      );
      const gateway = (await east.kubectl(...addressOf('istio=eastwestgateway'), '-n', 'istio-system')).stdout.trim();
      const pod = (await east.kubectl(...addressOf('app=frontend'))).stdout.trim();
      await east.eventually(
        'to the proxy of the server the caller in west has the address of the gateway, and the caller in east that of its pod',
        proxyLog,
        (log) => {
          const addresses = (call: string) => linesOfCall(log, call).map((line) => line.from.replace(/:\d+$/, ''));
          const [fromWest, fromEast] = [addresses('call=from-west'), addresses('call=from-east')];
          return (
            gateway !== pod &&
            fromWest.length > 0 &&
            fromEast.length > 0 &&
            fromWest.every((address) => address === gateway) &&
            fromEast.every((address) => address === pod)
          );
        },
      );
    });

    await lesson.step('And no policy can ask for a cluster', async () => {
      const names = namesOf((await east.kubectl(...fieldsOfRules)).stdout);
      await lesson.check(
        'among the fields of a rule are principals and ipBlocks, and none is about a cluster or a network',
        names.join(', '),
        () =>
          names.includes('principals') &&
          names.includes('ipBlocks') &&
          !names.some((name) => /cluster|network/i.test(name)),
      );
      const ask = async (file: string) => {
        const { exitCode, stderr } = await east.attempt(
          'kubectl',
          'apply',
          '--dry-run=server',
          '-f',
          `${files}/${file}`,
        );
        return { exitCode, said: stderr.trim().split('\n').at(-1) ?? '' };
      };
      await lesson.check(
        'a condition about the account of the caller is taken, and one about its cluster is refused as unknown',
        { account: await ask('names-an-account.yaml'), cluster: await ask('names-a-cluster.yaml') },
        ({ account, cluster }) =>
          account.exitCode === 0 && cluster.exitCode === 1 && /unknown attribute: source\.cluster/.test(cluster.said),
      );
    });

    await lesson.step('Before: both callers are answered, with the header and without it', async () => {
      for (const probe of [plain.west, plain.east, marked.west, marked.east]) await probe.settlesOn(served);
    });

    await lesson.step('A fault written in west meets the callers in west', async () => {
      await west.change('20-fault.both.yaml');
      await marked.west.settlesOn(abortedByFault);
      for (const probe of [marked.east, plain.west, plain.east]) await probe.settlesOn(served);
      rows.push(['sending: a fault', 'west', 'fault', 'answered']);
      await west.revert('20-fault.both.yaml');
      await marked.west.settlesOn(served);
    });

    await lesson.step('The same fault written in east meets the callers in east', async () => {
      await east.change('20-fault.both.yaml');
      await marked.east.settlesOn(abortedByFault);
      for (const probe of [marked.west, plain.west, plain.east]) await probe.settlesOn(served);
      rows.push(['sending: a fault', 'east', 'answered', 'fault']);
      await east.revert('20-fault.both.yaml');
      await marked.east.settlesOn(served);
    });

    await lesson.step('A policy for the server, written in west, refuses nobody', async () => {
      await west.change('30-nobody.both.yaml');
      await west.eventually('west has the policy', ['get', 'authorizationpolicies', '-o', 'name'], (list) =>
        list.includes('/nobody'),
      );
      await plain.west.settlesOn(served);
      await plain.east.settlesOn(served);
      rows.push(['receiving: a policy', 'west', 'answered', 'answered']);
    });

    await lesson.step('Written in east, where the server is, it refuses the callers of both', async () => {
      await east.change('30-nobody.both.yaml');
      await plain.east.settlesOn(forbidden);
      await plain.west.settlesOn(forbidden);
      rows.push(['receiving: a policy', 'east', 'refused', 'refused']);
      await east.revert('30-nobody.both.yaml');
      await plain.west.settlesOn(served);
      await plain.east.settlesOn(served);
      lesson.table(
        'Two rules in two places; the pods of the server run in east',
        ['rule', 'written in', 'caller in west', 'caller in east'],
        rows,
      );
    });
  },
);
