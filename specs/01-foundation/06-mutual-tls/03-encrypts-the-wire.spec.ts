import {
  answered,
  type Capture,
  exercise,
  isClientHello,
  isEncrypted,
  resetByProxy,
  tcpPayloads,
} from '../../../helpers/index.ts';

const namespace = 'm1-e6-wire';
const backend = `http://backend.${namespace}/`;
const server = `outbound_.80_._.backend.${namespace}.svc.cluster.local`;
/** Sent in a header, so that it can be looked for on the wire. */
const marker = { meshed: 'account-of-the-frontend', plaintext: 'account-of-the-legacy' } as const;

exercise(
  'Mutual TLS hides on the wire what loopback still shows',
  {
    persona: 'Sarah Martinez',
    question: 'Configuration is a promise. Can you show the auditor the packets themselves?',
    proof:
      "tcpdump listens at the network interface of the receiver, while two callers send a marker each. The one without a proxy is the control: its marker is read off that very wire, so the method can see one; the frontend's is not there, TLS records are. Under STRICT there is no readable marker left. On the loopback of the same pod, behind its proxy, the frontend's marker is readable, so it did arrive, and what hid it was the encryption. A sniffer in a pod of its own listens at the same time, on every interface and for more than the course text asks, and gets no packet, neither before nor after: its silence means nothing.",
    takeaway:
      'Between the proxies nothing of a request can be read; what remains is who talks to whom, how much, and the name of the Service.',
    needs: ['k8s', 'sidecar', 'pcap'],
    proves: ['m1.e6.a7', 'm1.e6.a8'],
    errata: ['E134', 'E135', 'E136'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#mutual-tls-authentication',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const meshed = cluster.client('deployment/frontend').curl('-H', `X-Account: ${marker.meshed}`, backend);
    const plaintext = cluster
      .client('pod/legacy', `${namespace}-legacy`)
      .curl('-H', `X-Account: ${marker.plaintext}`, backend);

    /** Listens beside the backend and in the sniffer's pod, at the same time. */
    const listen = async (traffic: () => Promise<void>): Promise<{ wire: Capture; sniffer: Capture }> => {
      let wire: Capture | undefined;
      const everywhere = { namespace: `${namespace}-legacy`, interface: 'any', filter: 'tcp port 80' };
      const sniffer = await cluster.capture('pod/sniffer', everywhere, async () => {
        wire = await cluster.capture('deployment/backend', { filter: 'tcp port 80', print: 'hex' }, traffic);
      });
      if (wire === undefined) throw new Error('The capture beside the backend has no result.');
      return { wire, sniffer };
    };

    await lesson.step('Before: one caller can be read on the wire, the other has TLS', async () => {
      const { wire, sniffer } = await listen(async () => {
        await meshed.settlesOn(answered(200, 'backend-'));
        await plaintext.settlesOn(answered(200, 'backend-'));
      });
      const seen = contents(wire);
      await lesson.check(
        'the marker of the caller without a proxy is read, so this capture can see one',
        seen,
        ({ plaintextMarkers }) => plaintextMarkers > 0,
      );
      await lesson.check(
        "the frontend's marker is not there, records of encrypted data are",
        seen,
        ({ meshedMarkers, encryptedRecords }) => meshedMarkers === 0 && encryptedRecords > 0,
      );
      await lesson.check(
        'the first message of the handshake names the Service in clear',
        tcpPayloads(wire.text)
          .filter(isClientHello)
          .map((payload) => /outbound_[\w.-]+/.exec(payload.toString('latin1'))?.[0] ?? ''),
        (names) => names.includes(server),
      );
      await lesson.check(
        'the sniffer in its own pod sees no packet of it',
        sniffer.packets,
        (packets) => packets === 0,
      );
    });

    await lesson.step('One resource demands mutual TLS in this namespace', async () => {
      await cluster.change('20-strict-mtls.yaml');
      await plaintext.settlesOn(resetByProxy);
    });

    await lesson.step('After: the same two calls, and nothing readable on the wire', async () => {
      const { wire, sniffer } = await listen(async () => {
        await meshed.settlesOn(answered(200, 'backend-'));
        await plaintext.settlesOn(resetByProxy);
      });
      await lesson.check(
        'the marker of the frontend is not there, and encrypted records are',
        contents(wire),
        ({ meshedMarkers, encryptedRecords }) => meshedMarkers === 0 && encryptedRecords > 0,
      );
      await lesson.check('no answer of the backend can be read either', contents(wire), ({ answers }) => answers === 0);
      await lesson.check('the sniffer sees as little as before', sniffer.packets, (packets) => packets === 0);
    });

    await lesson.step('And behind the proxy the same call is in clear', async () => {
      const loopback = await cluster.capture(
        'deployment/backend',
        { interface: 'lo', filter: 'tcp port 80', print: 'hex' },
        async () => {
          await meshed.settlesOn(answered(200, 'backend-'));
        },
      );
      await lesson.check(
        "the frontend's marker is read on loopback, where nothing is encrypted",
        contents(loopback),
        ({ meshedMarkers, encryptedRecords }) => meshedMarkers > 0 && encryptedRecords === 0,
      );
    });
  },
);

/** What can be told from captured packets. */
function contents({ text, packets }: Capture) {
  const payloads = tcpPayloads(text);
  const holding = (word: string) => payloads.filter((payload) => payload.includes(word)).length;
  return {
    packets,
    meshedMarkers: holding(marker.meshed),
    plaintextMarkers: holding(marker.plaintext),
    answers: holding('HTTP/1.1 200'),
    encryptedRecords: payloads.filter(isEncrypted).length,
  };
}
