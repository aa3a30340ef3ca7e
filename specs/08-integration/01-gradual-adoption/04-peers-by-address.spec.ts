import {
  answered,
  cutOffFrom,
  exercise,
  linesOfCall,
  type Outcome,
  proxyLogCommand,
  readProxyLog,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm8-e1-peers';
const peer = `peers-0.peers.${namespace}`;
const byName = `http://${peer}.svc.cluster.local/`;
const identity = `spiffe://cluster.local/ns/${namespace}/sa/peers`;
const callerLog = proxyLogCommand('pod/peers-1');
const calledLog = proxyLogCommand('pod/peers-0');
const addressOf = (pod: string) => ['get', 'pod', pod, '-o', 'jsonpath={.status.podIP}'];
/** What a proxy was asked for in the TLS handshake of a connection to the Service, by a proxy. */
const asked = `outbound_.80_._.peers.${namespace}.svc.cluster.local`;
/** Connections that were no HTTP to the called proxy, from an address, and with that word in their handshake. */
const connectionsFrom = (address: string, log: string) =>
  readProxyLog(log).filter(
    ({ method, from, serverName, cluster }) =>
      method === '-' && from.startsWith(`${address}:`) && serverName === asked && cluster === 'inbound|80||',
  );

/** Answered by the peer; to its proxy it was a connection, into which no proxy writes a header. */
const answeredOverTcp: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200 by peers-0, without a header of any proxy',
  holds: ({ http }) =>
    http.status === 200 &&
    http.body.includes('"pod":"peers-0"') &&
    !/x-forwarded|x-envoy/.test(http.body) &&
    !Object.keys(http.headers).some((name) => name.startsWith('x-envoy')),
};

exercise(
  'Headless Service: a peer is in the mesh by its name, and by its bare address only over TCP',
  {
    persona: 'Ahmed Hassan',
    question:
      'Our clustered systems give each other addresses, not names. Do they still find each other when the mesh demands certificates?',
    proof:
      'One pod of a StatefulSet calls the other, and STRICT holds for both. By its name the peer answers, and it was shown the certificate of the caller. By its bare address the same peer gives no answer: the proxy of the caller logs that the call went to PassthroughCluster, which is its word for what it does not know, and the proxy of the called one has a connection from that address that fitted nothing it takes, as plaintext does under STRICT. In permissive mode the same call is answered. The same address is no hindrance if the call names the peer in its Host. Then one word is added to the Service: the port is TCP. By the bare address the peer answers now, still under STRICT, and its proxy has a connection from that caller with the word for this Service in its TLS handshake, which it had not before.',
    takeaway:
      'Call peers by name. Declared as TCP, a peer is reached by its address too, with mutual TLS, but its application is no longer told who calls. An HTTP call whose Host is an address leaves the mesh in plaintext.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e1.a8'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/traffic-routing/#headless-services',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('pod/peers-1');
    const { stdout: called } = await cluster.kubectl(...addressOf('peers-0'));
    const { stdout: from } = await cluster.kubectl(...addressOf('peers-1'));
    const name = caller.curl(byName);
    const address = caller.curl(`http://${called}/`);
    /** Demands mutual TLS of all in the namespace, or leaves it to them. */
    const demand = async (mode: 'STRICT' | 'PERMISSIVE') => {
      const patch = JSON.stringify({ spec: { mtls: { mode } } });
      await cluster.kubectl('patch', 'peerauthentication', 'default', '--type', 'merge', '--patch', patch);
    };
    const named = caller.curl('-H', `Host: ${peer}`, `http://${called}/`);

    await lesson.step('By its name the peer answers, and has seen the certificate of the caller', async () => {
      await name.settlesOn(answered(200, identity));
    });

    await lesson.step('By its bare address the call fails: it has left the mesh, in plaintext', async () => {
      const before = cutOffFrom((await cluster.kubectl(...calledLog)).stdout, from).length;
      await address.settlesOn(upstreamConnectError);
      await caller.newConnections(1, `http://${called}/?call=by-address`);
      await cluster.eventually(
        'the proxy of the caller has one line of such a call: 503, to PassthroughCluster',
        callerLog,
        (log) => {
          const lines = linesOfCall(log, 'call=by-address');
          return lines.length === 1 && lines[0]?.status === 503 && lines[0].cluster === 'PassthroughCluster';
        },
        'kubectl',
        { tell: (log) => linesOfCall(log, 'call=by-address')[0]?.text ?? '' },
      );
      await cluster.eventually(
        'that of the called one has more connections from the caller that fitted nothing it takes than before',
        calledLog,
        (log) => cutOffFrom(log, from).length > before,
        'kubectl',
        { tell: (log) => cutOffFrom(log, from).at(-1)?.text ?? '' },
      );
      await name.settlesOn(answered(200, identity));
    });

    await lesson.step('It is STRICT that ends it: in permissive mode the bare address answers', async () => {
      await demand('PERMISSIVE');
      await address.settlesOn(answered(200, '"pod":"peers-0"'));
      await demand('STRICT');
      await address.settlesOn(upstreamConnectError);
    });

    await lesson.step('The same address with the name as Host: the peer answers, with mutual TLS', async () => {
      await named.settlesOn(answered(200, identity));
      await caller.newConnections(1, '-H', `Host: ${peer}`, `http://${called}/?call=with-name`);
      await cluster.eventually(
        'the proxy of the caller has one line of such a call: 200, to the Service',
        callerLog,
        (log) => {
          const lines = linesOfCall(log, 'call=with-name');
          return (
            lines.length === 1 &&
            lines[0]?.status === 200 &&
            lines[0].cluster === `outbound|80||peers.${namespace}.svc.cluster.local`
          );
        },
        'kubectl',
        { tell: (log) => linesOfCall(log, 'call=with-name')[0]?.text ?? '' },
      );
      await lesson.check(
        'so far the proxy of the called one has no connection of this caller that is not HTTP',
        connectionsFrom(from, (await cluster.kubectl(...calledLog)).stdout).length,
        (count) => count === 0,
      );
      await address.settlesOn(upstreamConnectError);
    });

    await lesson.step('One word more in the Service: the port is TCP', async () => {
      await cluster.change('20-declared-tcp.yaml');
    });

    await lesson.step('After: by its bare address the peer answers, and STRICT still holds', async () => {
      await address.settlesOn(answeredOverTcp);
      await cluster.eventually(
        'the proxy of the called one has a connection of this caller, with the word for this Service in its handshake',
        calledLog,
        (log) => connectionsFrom(from, log).length > 0,
        'kubectl',
        { tell: (log) => connectionsFrom(from, log).at(-1)?.text ?? '' },
      );
      await cluster.eventually(
        'STRICT is demanded in the namespace',
        ['get', 'peerauthentications', '-o', 'jsonpath={.items[*].spec.mtls.mode}'],
        (modes) => modes === 'STRICT',
      );
      await name.settlesOn(answeredOverTcp);
    });
  },
);
