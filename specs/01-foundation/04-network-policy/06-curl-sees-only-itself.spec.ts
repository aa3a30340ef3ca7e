import { answered, exercise, isEncrypted, tcpPayloads } from '../../../helpers/index.ts';

/** The check of the course text, word for word but for the namespace. */
const verbose = (namespace: string) =>
  `kubectl -n ${namespace} exec deployment/frontend -- curl -v http://backend 2>&1 | grep -E "(GET|Host|User-Agent)"`;

exercise(
  'curl -v prints the same lines with and without encryption',
  {
    persona: 'Sarah Martinez',
    question: 'curl shows me the headers in plain text. Is that the proof that our traffic is not encrypted?',
    proof:
      'The same command is run in two namespaces with the same workloads: one is plain, in the other the sidecars take mutual TLS only. What curl prints of its request is the same to the letter. What tcpdump sees beside the two backends during those very calls is not: in one the request can be read, in the other there are records of encrypted data, and the request is in no packet; that it cannot be read alone would prove nothing, for headers can be compressed.',
    takeaway: 'A client shows what it says, not what travels; only the wire tells whether the wire is encrypted.',
    needs: ['k8s', 'sidecar', 'pcap'],
    proves: ['m1.e4.a10'],
    errata: ['E118'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#mutual-tls-authentication',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const [plain = '', encrypted = ''] = cluster.namespaces;
    const printed: string[] = [];
    const listen = async (namespace: string) => {
      await cluster
        .client('deployment/frontend', namespace)
        .curl('http://backend/')
        .settlesOn(answered(200, 'backend-'));
      return cluster.capture('deployment/backend', { namespace, filter: 'tcp port 80', print: 'hex' }, async () => {
        // How quick the lookup was decides whether curl shows a meter and remarks `* Host backend:80 was resolved.`
        const request = (await cluster.shell(verbose(namespace))).stdout.match(/> (?:GET|Host|User-Agent).*/g) ?? [];
        printed.push(request.join('\n'));
      });
    };

    await lesson.step('Without a mesh curl prints the request, and so does the wire', async () => {
      const wire = await listen(plain);
      const requests = tcpPayloads(wire.text).map((payload) => payload.toString('latin1').split('\r\n').slice(0, 3));
      await lesson.check(
        'the packets show the request to the backend',
        requests.find(([, host]) => host === 'Host: backend') ?? [],
        ([first, , agent]) => first === 'GET / HTTP/1.1' && agent?.startsWith('User-Agent: curl') === true,
      );
    });

    await lesson.step('Under mutual TLS curl prints the request, and the wire does not', async () => {
      const wire = await listen(encrypted);
      const payloads = tcpPayloads(wire.text);
      const seen = {
        packets: wire.packets,
        withContents: payloads.length,
        encryptedRecords: payloads.filter(isEncrypted).length,
        readable: payloads.filter((payload) => /GET \/|Host: |User-Agent/.test(payload.toString('latin1'))).length,
      };
      await lesson.check(
        'there are records of encrypted data, and no line of the request in any packet',
        seen,
        ({ encryptedRecords, readable }) => encryptedRecords > 0 && readable === 0,
      );
    });

    await lesson.step('So what curl prints is no evidence of either', async () => {
      await lesson.check(
        'curl printed the same lines of its request both times',
        printed,
        ([first = '', second]) => /^> GET \/ HTTP/m.test(first) && /^> Host: backend/m.test(first) && first === second,
      );
    });
  },
);
