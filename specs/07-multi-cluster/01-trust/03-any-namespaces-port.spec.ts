import {
  exercise,
  readTlsCounters,
  readTlsEndings,
  tellTlsEndings,
  tlsCalls,
  tlsCountersCommand,
  type TlsEnding,
} from '../../../helpers/index.ts';

const owner = 'm7-e1-ledger';
const identity = `spiffe://cluster.local/ns/${owner}/sa/ledger`;
/** How a proxy names a port of a Service in TLS: here port 80 of one of another namespace. */
const nameOf = (service: string) => `outbound_.80_._.${service}.${owner}.svc.cluster.local`;
/** The port that the option opens, and the one beside it. */
const ports = { everyService: 35_443, byRoute: 35_444 } as const;
const times = 5;
/** Five connections that speak the protocol of proxies, ask for a name in TLS and show no certificate. */
const knock = (port: number, serverName: string) => tlsCalls(times, { to: `own-port-istio:${port}`, serverName });
const each = (text: string, holds: (ending: TlsEnding) => boolean) =>
  readTlsEndings(text).length === times && readTlsEndings(text).every(holds);
/** Nobody takes the connection. */
const notThere = (text: string) =>
  each(text, ({ connected, shown, status }) => !connected && shown === '' && status === 0);
/** Somebody takes it, and shows nothing. */
const showsNothing = (text: string) =>
  each(text, ({ connected, shown, status }) => connected && shown === '' && status === 0);
const tls = ['exec', 'deployment/ledger', '--namespace', owner, ...tlsCountersCommand];
const gateways = ['get', 'gateways.gateway.networking.k8s.io', '-o', 'name'];

exercise(
  'Gateway of any namespace opens a port to Services of all others',
  {
    persona: 'Jennifer',
    question: 'We guard the gateway between the regions. Who else could open such a port?',
    proof:
      "A team makes a Gateway in its own namespace, with an option that passes TLS on by the name that is asked for. Before, there is no such Gateway, and nobody listens. After, a pod of the team asks its own port for a Service of another namespace, and is shown the certificate of that Service, five times of five; the certificate names the account in the other namespace, so no pod of the team has made it. The proxy of that Service has counted five handshakes without a certificate, so the calls have reached it, and it is the one that refused them. The same port, asked for a name that is no Service, takes the connection and shows nothing; at a second port of the same Gateway without the option nobody listens, for it leads where a route says and there is none: so it is the option that leads there, and the name. No variable sets the router's mode in the gateway's pod.",
    takeaway:
      'Whoever may make a Gateway may open a way to every Service; what keeps a caller out is the proxy of the server, so let it demand certificates and ask who calls.',
    needs: ['k8s', 'sidecar', 'gwapi'],
    proves: ['m7.e1.a6'],
    errata: ['E701'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const probe = cluster.client('pod/probe');
    const counted = async () => readTlsCounters((await cluster.kubectl(...tls)).stdout);

    await lesson.step('Before: the team has no gateway, and its name leads nowhere', async () => {
      await cluster.eventually('no Gateway is there', gateways, (list) => list.trim() === '');
      await probe.eventually(
        'nobody takes the connection',
        knock(ports.everyService, nameOf('ledger')),
        ({ stdout }) => notThere(stdout),
        { tell: tellTlsEndings },
      );
    });

    await lesson.step('The team makes a Gateway in its own namespace', async () => {
      await cluster.change('20-own-port.yaml');
      await cluster.eventually('the Gateway is there', gateways, (list) => list.includes('/own-port'));
      await cluster.kubectl(
        'wait',
        'gateways.gateway.networking.k8s.io/own-port',
        '--for=condition=Programmed',
        '--timeout=80s',
      );
      await cluster.kubectl('rollout', 'status', 'deployment/own-port-istio', '--timeout=80s');
      const names = ['get', 'deployment', 'own-port-istio', '-o', 'jsonpath={..env[*].name}'];
      await lesson.check(
        'its pod has a mesh ID among its variables, and no router mode',
        (await cluster.kubectl(...names)).stdout,
        (text) => text.includes('ISTIO_META_MESH_ID') && !text.includes('ROUTER_MODE'),
      );
    });

    await lesson.step('After: its port shows the certificate of a Service of another namespace', async () => {
      const before = await counted();
      await probe.eventually(
        'each of five calls is shown the certificate of the ledger, whose account is in the other namespace',
        knock(ports.everyService, nameOf('ledger')),
        ({ stdout }) => each(stdout, ({ shown, status }) => shown === identity && status === 0),
        { tell: tellTlsEndings },
      );
      await cluster.eventually(
        'the proxy of the ledger has counted connections without a certificate, five at least, and let none in',
        tls,
        (text) => {
          const now = readTlsCounters(text);
          return now.without >= before.without + times && now.handshakes === before.handshakes;
        },
      );
    });

    await lesson.step('A name that is no Service, and a port without the option, lead nowhere', async () => {
      const before = await counted();
      await probe.eventually(
        'asked for a Service that is not there, the same port takes the connection and shows no certificate',
        knock(ports.everyService, nameOf('nobody')),
        ({ stdout }) => showsNothing(stdout),
        { tell: tellTlsEndings },
      );
      await probe.eventually(
        'nobody takes a connection to the port without the option',
        knock(ports.byRoute, nameOf('ledger')),
        ({ stdout }) => notThere(stdout),
        { tell: tellTlsEndings },
      );
      await lesson.check(
        'the proxy of the ledger has seen none of these',
        { before, after: await counted() },
        (seen) => seen.before.without === seen.after.without && seen.before.handshakes === seen.after.handshakes,
      );
    });

    await lesson.step('And without the Gateway the name leads nowhere again', async () => {
      await cluster.revert('20-own-port.yaml');
      await probe.eventually(
        'nobody takes the connection',
        knock(ports.everyService, nameOf('ledger')),
        ({ stdout }) => notThere(stdout),
        { tell: tellTlsEndings },
      );
    });
  },
);
