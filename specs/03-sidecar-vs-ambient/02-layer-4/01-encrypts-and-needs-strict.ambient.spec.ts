import {
  answered,
  callOfApiServer,
  closedByNodeProxy,
  exercise,
  isEncrypted,
  notAuthorised,
  readAccessLog,
  madeAt,
  readZtunnelLog,
  serverLogCommand,
  tcpPayloads,
  ztunnelLogCommand,
} from '../../../helpers/index.ts';

const namespace = 'm3-e2-wire';
const outside = 'm3-e2-wire-legacy';
const backend = `http://backend.${namespace}/`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const calls = 5;
/** Sent in a header, so that it can be looked for on the wire. */
const marker = { meshed: 'account-of-the-frontend', plaintext: 'account-of-the-legacy' } as const;
/** With it a connection seems to come from the node's own probes. */
const addressOfProbes = '169.254.7.127';
const strict = 'explicitly denied by: istio-system/istio_converted_static_strict';
const notAllowed = 'allow policies exist, but none allowed';
const addressOf = (of: string, label: string) => [
  'get',
  'pods',
  '--namespace',
  of,
  '-l',
  label,
  '-o',
  'jsonpath={.items[0].status.podIP}',
];

exercise(
  'PeerAuthentication STRICT is still needed in ambient, one DISABLE lifts it, and the node passes',
  {
    persona: 'Jennifer',
    question: 'Do I lose encryption without sidecars, and is STRICT still worth anything when all is encrypted anyway?',
    proof:
      "tcpdump listens at the interface of the called pod while two callers send a marker each. The one outside the mesh is the control: its marker is read off that wire, at port 80. The frontend's is not there, its packets are encrypted and all of them go to port 15008; on the loopback of the same pod its marker is readable, so it did arrive. The caller outside was answered, and the log of the application has its address. Under STRICT the same call is closed without an answer, and the log of ztunnel has the refusal in its own words, with the address of that caller and no identity; the frontend is served, and the refused caller reaches the API server at that moment. With DISABLE for the backend the stranger is answered again, although the rule of the namespace stands, and the frontend is still in a tunnel with its identity; without DISABLE the stranger is refused once more. All the while a program in the network of the node is answered under STRICT, and also without it where a policy admits the frontend alone: the application sees the address of the node's probes.",
    takeaway:
      'What is enrolled is encrypted among itself by default; only STRICT refuses strangers, one DISABLE opens a workload to them, and what runs in the network of its node is let in anyway.',
    needs: ['k8s', 'ambient', 'pcap'],
    proves: ['m3.e2.a1', 'm3.e2.a2', 'm3.e2.a4', 'm3.e2.a5', 'm3.e2.a10'],
    errata: ['E303', 'E304'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/l4-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const legacy = cluster.client('pod/legacy', outside);
    const work = cluster.client('deployment/frontend').curl('-H', `X-Account: ${marker.meshed}`, backend);
    const stranger = legacy.curl('-H', `X-Account: ${marker.plaintext}`, backend);
    const { stdout: frontendIp } = await cluster.kubectl(...addressOf(namespace, 'app=frontend'));
    const { stdout: backendIp } = await cluster.kubectl(...addressOf(namespace, 'app=backend'));
    const { stdout: legacyIp } = await cluster.kubectl(...addressOf(outside, 'run=legacy'));
    const ofNode = cluster.client('pod/host-agent', outside).curl(`http://${backendIp}/?from=node`);
    /** Connections to the backend that ztunnel has closed and logged, from an address. */
    const connectionsFrom = (address: string, log: string) =>
      readZtunnelLog(log).filter(
        ({ direction, from, to }) =>
          direction === 'inbound' && from.address.startsWith(`${address}:`) && to.address.startsWith(`${backendIp}:`),
      );

    await lesson.step('On the wire: one caller can be read, the other is in a tunnel', async () => {
      const meshed = await cluster.capture(
        'deployment/backend',
        { filter: `tcp and host ${frontendIp}`, print: 'hex' },
        async () => void (await work.settlesOn(answered(200, '"pod":"backend-'), { inARow: calls })),
      );
      await lesson.check(
        'packets of the frontend are encrypted, all of them to or from port 15008, and its marker is not there',
        {
          encrypted: tcpPayloads(meshed.text).filter(isEncrypted).length,
          ports: portsOf(meshed.text, backendIp),
          markers: holding(meshed.text, marker.meshed),
        },
        ({ encrypted, ports, markers }) => encrypted >= calls && ports.join() === '15008' && markers === 0,
      );
      const plaintext = await cluster.capture(
        'deployment/backend',
        { filter: `tcp and host ${legacyIp}`, print: 'hex' },
        async () => void (await stranger.settlesOn(answered(200, '"pod":"backend-'), { inARow: calls })),
      );
      await lesson.check(
        'the marker of the caller outside is read, so this capture can see one; its packets go to port 80',
        { ports: portsOf(plaintext.text, backendIp), markers: holding(plaintext.text, marker.plaintext) },
        ({ ports, markers }) => ports.join() === '80' && markers >= calls,
      );
      const loopback = await cluster.capture(
        'deployment/backend',
        { interface: 'lo', filter: 'tcp port 80', print: 'hex' },
        async () => void (await work.settlesOn(answered(200, '"pod":"backend-'), { inARow: calls })),
      );
      await lesson.check(
        "behind ztunnel, on the pod's loopback, the marker of the frontend is read",
        holding(loopback.text, marker.meshed),
        (markers) => markers >= calls,
      );
    });

    await lesson.step('Before: a stranger is answered, and the application sees where it comes from', async () => {
      await legacy.curl(`${backend}?from=stranger`).settlesOn(answered(200, '"pod":"backend-'));
      await cluster.eventually(
        'the log of the backend has the address of the stranger',
        serverLogCommand('deployment/backend'),
        (log) => clientsOf(log, 'from=stranger').join() === legacyIp,
        'kubectl',
        { tell: (log) => clientsOf(log, 'from=stranger').join() },
      );
    });

    await lesson.step('STRICT for the namespace', async () => {
      await cluster.change('20-strict.yaml');
    });

    await lesson.step('After: the stranger is refused, and the log of ztunnel names STRICT', async () => {
      await stranger.settlesOn(closedByNodeProxy);
      await cluster.eventually(
        'a connection from its address was refused by STRICT, and it has no identity',
        ztunnelLog,
        (log) =>
          connectionsFrom(legacyIp, log).some(({ error, from }) => error.includes(strict) && from.identity === ''),
        'kubectl',
        { tell: (log) => connectionsFrom(legacyIp, log).at(-1)?.text ?? '' },
      );
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await legacy.curl(...callOfApiServer).settlesOn(notAuthorised, { inARow: 1 });
    });

    await lesson.step(
      'DISABLE for the backend: the stranger is answered, the frontend stays in its tunnel',
      async () => {
        await cluster.change('30-disable.yaml');
        await stranger.settlesOn(answered(200, '"pod":"backend-'));
        const tunnels = (log: string) =>
          connectionsFrom(frontendIp, log).filter(
            ({ from, error }) => from.identity === identity('frontend') && error === '',
          );
        const before = tunnels((await cluster.kubectl(...ztunnelLog)).stdout).length;
        await work.settlesOn(answered(200, '"pod":"backend-'), { inARow: calls });
        await cluster.eventually(
          `ztunnel has ${calls} or more further connections with the identity of the frontend`,
          ztunnelLog,
          (log) => tunnels(log).length >= before + calls,
          'kubectl',
          { tell: (log) => tunnels(log).at(-1)?.text ?? '' },
        );
      },
    );

    await lesson.step('And without DISABLE it is refused again', async () => {
      await cluster.revert('30-disable.yaml');
      await stranger.settlesOn(closedByNodeProxy);
      await work.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('A program in the network of the node is answered under STRICT', async () => {
      await ofNode.settlesOn(answered(200, '"pod":"backend-'));
      await stranger.settlesOn(closedByNodeProxy);
    });

    await lesson.step('And also where a policy admits the frontend alone', async () => {
      await cluster.change('40-frontend-only.yaml');
      await cluster.revert('20-strict.yaml');
      await cluster.eventually(
        'now it is the policy that refuses the stranger',
        ztunnelLog,
        (log) => connectionsFrom(legacyIp, log).at(-1)?.error.includes(notAllowed) === true,
        'kubectl',
        {
          tell: (log) => connectionsFrom(legacyIp, log).at(-1)?.text ?? '',
          beforeEachLook: () => legacy.newConnections(1, backend),
        },
      );
      await ofNode.settlesOn(answered(200, '"pod":"backend-'));
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await cluster.eventually(
        'to the backend its calls come from the address of the probes, as if the kubelet made them',
        serverLogCommand('deployment/backend'),
        (log) => clientsOf(log, 'from=node').join() === addressOfProbes,
        'kubectl',
        { tell: (log) => clientsOf(log, 'from=node').join() },
      );
      // Under whatever address they came: what ztunnel lets in is in its log.
      await lesson.check(
        'ztunnel has lines of the frontend and of the stranger, and none of them',
        callersOf((await cluster.kubectl(...ztunnelLog)).stdout, backendIp),
        (callers) => callers.join() === [frontendIp, legacyIp].toSorted().join(),
      );
    });
  },
);

/** Addresses from which calls with a mark in their query came, each once. */
function clientsOf(log: string, mark: string): string[] {
  const found = readAccessLog(log).filter(({ path }) => path.endsWith(mark));
  return [...new Set(found.map(({ client }) => client.replace('::ffff:', '')))];
}

/** Addresses from which ztunnel has logged connections to an address, each once. */
function callersOf(log: string, address: string): string[] {
  const found = readZtunnelLog(log).filter(
    ({ direction, to }) => direction === 'inbound' && to.address.startsWith(`${address}:`),
  );
  return [...new Set(found.map(({ from }) => from.address.split(':')[0] ?? ''))].toSorted();
}

/** How many packets hold a text. */
function holding(hexDump: string, text: string): number {
  return tcpPayloads(hexDump).filter((payload) => payload.includes(text)).length;
}

/** Ports of an address that packets came from or went to, each once, as the lines of headers have them. */
function portsOf(dump: string, address: string): string[] {
  const headers = dump.matchAll(/ IP (\S+)\.(\d+) > (\S+)\.(\d+): /g);
  const ports = Array.from(headers, ([, from, fromPort = '', , toPort = '']) => (from === address ? fromPort : toPort));
  return [...new Set(ports)];
}
