import type { X509Certificate } from 'node:crypto';

import {
  answeredByVersion,
  certificatesIn,
  exercise,
  isSignedBy,
  newAuthority,
  proxyLogCommand,
  readProxyLog,
  readSecrets,
  spiffeIds,
  toldCertificates,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm7-e1-root';
const identity = `spiffe://cluster.local/ns/${namespace}/sa/ledger`;
const gatewaySecrets = ['proxy-config', 'secret', 'deployment/istio-eastwestgateway.istio-system', '-o', 'json'];
const bootstrapOf = (workload: string) => ['proxy-config', 'bootstrap', workload, '-o', 'json'];
const published = ['get', 'configmap', 'istio-ca-root-cert', '-o', String.raw`jsonpath={.data.root-cert\.pem}`];
const proxyLog = proxyLogCommand('deployment/frontend');
/** Calls that the caller's proxy is to count as refused. */
const times = 5;
const nameOf = (certificate: X509Certificate | undefined) => certificate?.subject.replaceAll('\n', ', ') ?? 'nobody';
const fingerprint = (certificate: X509Certificate | undefined) => certificate?.fingerprint256 ?? '';
const meshId = (json: string) => /"MESH_ID": ?"([^"]*)"/.exec(json)?.[1] ?? '';

exercise(
  'Secret cacerts joins two clusters under one root, and a stranger with the right name is refused',
  {
    persona: 'Jennifer',
    question: 'Is the ledger of the other region our ledger, and who could pretend to be it?',
    proof:
      "The certificates of both gateways are read out of their proxies. They name the same account, so the name alone does not tell the cluster. Each is signed by an intermediate of its own cluster, the two intermediates differ, and both are signed by one root, which both clusters publish. With the other cluster's intermediate neither chain is in order, so the check can fail. Then the frontend in west calls the ledger, which runs in east alone. Two servers there have the same name, labels, path and identity; the run has made a certificate for each, one signed by the intermediate of east, and one by a root of its own. With the first behind the Service the call is answered. The Service is pointed at the second, and nothing else changes: the proxy of the frontend gets no connection, it has counted a certificate that it does not trust for each call, and the stranger's log, which has the questions of the kubelet, has no call. Pointed back, the Service is answered again. The frontend's proxy has a mesh ID of its own all the time; a server in east whose proxy has another mesh ID, and demands certificates, answers it and is told its account.",
    takeaway:
      'A shared root makes every name valid in both clusters: nothing in a certificate says from which cluster it came, and a mesh ID decides nothing.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e1.a1', 'm7.e1.a2', 'm7.e1.a7'],
    errata: ['E711'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/deployment-models/#trust-within-a-mesh',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    await east.giveCertificate('ledger-ours', identity);
    await east.giveCertificate(
      'ledger-stranger',
      identity,
      await newAuthority('O=Stranger, CN=Root CA', 'CN=Stranger'),
    );
    await east.deploy('11-servers.east.yaml');
    const frontend = west.client('deployment/frontend');
    const call = frontend.curl('http://ledger/?call=ledger');
    const untrusted = async () =>
      (await frontend.proxyStats(`outbound|80||ledger.${namespace}.`))('ssl.fail_verify_error');

    await lesson.step('Two gateways have one name, two signers and one root', async () => {
      const read = async (cluster: typeof west) => {
        const { chain, roots } = readSecrets((await cluster.attempt('istioctl', ...gatewaySecrets)).stdout);
        const [leaf, signer] = chain;
        const [root] = certificatesIn((await cluster.kubectl(...published)).stdout);
        return { leaf, signer, roots, root };
      };
      const [ours, theirs] = [await read(west), await read(east)];
      await lesson.check(
        'both gateways have the same account',
        { west: spiffeIds(ours.leaf), east: spiffeIds(theirs.leaf) },
        (ids) =>
          ids.west.join() === ids.east.join() &&
          ids.west.join().startsWith('spiffe://cluster.local/ns/istio-system/sa/'),
      );
      await lesson.check(
        'each was signed by the intermediate of its own cluster, and these are two',
        { west: nameOf(ours.signer), east: nameOf(theirs.signer) },
        (signers) =>
          signers.west.includes('L=west') &&
          signers.east.includes('L=east') &&
          fingerprint(ours.signer) !== fingerprint(theirs.signer),
      );
      await lesson.check(
        'both trust the root that both clusters publish, and no other',
        {
          published: { west: fingerprint(ours.root), east: fingerprint(theirs.root) },
          trusted: { west: ours.roots.map(fingerprint), east: theirs.roots.map(fingerprint) },
        },
        (seen) =>
          seen.published.west !== '' &&
          [seen.published.east, ...seen.trusted.west, ...seen.trusted.east].every(
            (each) => each === seen.published.west,
          ),
      );
      const inOrder = (leaf: X509Certificate, signer: X509Certificate | undefined) =>
        signer !== undefined && isSignedBy([leaf, signer], ours.roots);
      await lesson.check(
        'each chain is in order with its own intermediate, and not with that of the other cluster',
        {
          own: [inOrder(ours.leaf, ours.signer), inOrder(theirs.leaf, theirs.signer)],
          exchanged: [inOrder(ours.leaf, theirs.signer), inOrder(theirs.leaf, ours.signer)],
        },
        ({ own, exchanged }) => own.every(Boolean) && !exchanged.some(Boolean),
      );
    });

    await lesson.step('Before: the ledger in east is answered for by a certificate of the shared root', async () => {
      await call.settlesOn(answeredByVersion('ours'));
      await east.eventually(
        'the log of that server has the call, so a call leaves a line there',
        ['logs', 'pod/ledger-ours', '--tail=-1'],
        (log) => log.includes('"/?call=ledger"'),
      );
    });

    await lesson.step('The mesh ID of the caller is another one, and decides nothing', async () => {
      const ids = {
        frontend: meshId((await west.attempt('istioctl', ...bootstrapOf(`deployment/frontend.${namespace}`))).stdout),
        books: meshId((await east.attempt('istioctl', ...bootstrapOf(`deployment/books.${namespace}`))).stdout),
      };
      await lesson.check(
        'the proxy of the frontend has a mesh ID of its own, and that of the books in east has another',
        ids,
        ({ frontend: own, books }) => own === 'kestrel' && books !== '' && books !== own,
      );
      const { http } = await frontend.curl('http://books/').settlesOn(answeredByVersion('books'));
      await lesson.check(
        'the books, whose proxy demands certificates, are told the account of the frontend',
        toldCertificates(http.body).map(({ caller }) => caller),
        (callers) => callers.join() === `spiffe://cluster.local/ns/${namespace}/sa/frontend`,
      );
    });

    await lesson.step('The Service leads to a stranger of the same name, whose root is another', async () => {
      await east.change('20-stranger.east.yaml');
    });

    await lesson.step("After: the caller's proxy refuses the stranger, which never hears of a call", async () => {
      await call.settlesOn(upstreamConnectError);
      const before = await untrusted();
      await frontend.newConnections(times, 'http://ledger/?call=counted');
      await lesson.check(
        `for ${times} calls the proxy of the frontend has counted as many certificates that it does not trust, or more`,
        { before, after: await untrusted() },
        (count) => count.after - count.before >= times,
      );
      await west.eventually('its log has the flag UF for each of them', proxyLog, (log) => {
        const lines = readProxyLog(log).filter(({ path }) => path === '/?call=counted');
        return (
          lines.length === times &&
          lines.every(({ status, flags }) => status === 503 && flags.split(',').includes('UF'))
        );
      });
      await lesson.check(
        'the log of the stranger has the questions of the kubelet, and no call',
        (await east.kubectl('logs', 'pod/ledger-stranger', '--tail=-1')).stdout,
        (log) => log.includes('"/healthz"') && !log.includes('call='),
      );
    });

    await lesson.step('And with ours behind the Service it is answered again', async () => {
      await east.change('30-ours-again.east.yaml');
      await call.settlesOn(answeredByVersion('ours'));
    });
  },
);
