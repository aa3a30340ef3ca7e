import {
  answered,
  certificatesIn,
  exercise,
  isSignedBy,
  lifetimeHours,
  readSecrets,
  spiffeIds,
} from '../../../helpers/index.ts';

const namespace = 'm1-e6-identity';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const server = `outbound_.80_._.backend.${namespace}.svc.cluster.local`;
const clusters = [
  'proxy-config',
  'clusters',
  `deployment/frontend.${namespace}`,
  '--fqdn',
  `backend.${namespace}.svc.cluster.local`,
  '--direction',
  'outbound',
];
const statistics = 'exec deployment/backend --container istio-proxy -- pilot-agent request GET'.split(' ');
const handshakesIn = (counter: string) => Number(/ssl\.handshake: (\d+)/.exec(counter)?.[1]);

/** The part of a cluster's configuration that says how connections are made. */
interface Cluster {
  readonly transportSocket?: { readonly name: string };
  readonly transportSocketMatches?: readonly {
    readonly name: string;
    readonly match: Readonly<Record<string, string>>;
    readonly transportSocket: { readonly name: string; readonly typedConfig: { readonly sni?: string } };
  }[];
}

exercise(
  'Automatic mutual TLS gives a call two identities that the mesh vouches for',
  {
    persona: 'Sarah Martinez',
    question: 'Nobody configured TLS anywhere. How can I tell that it is on, and who vouches for whom?',
    proof:
      "Four witnesses that know nothing of each other. The configuration of the caller's proxy has TLS for endpoints in the mesh. The certificate is read out of that proxy and checked here with the mesh's root, which is taken from the cluster and not from the proxy. The backend's application is told both identities with each call. And the proxy of the backend counts TLS handshakes and calls by identity. A caller without a proxy is the control: it is served, yet without an identity, even if it claims one, and it adds no handshake.",
    takeaway:
      'Every workload in the mesh has a certificate of its own, valid for a day, and each call between two of them proves both.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e6.a4', 'm1.e6.a5', 'm1.e6.a9', 'm1.e6.a10'],
    errata: ['E131', 'E133', 'E147'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#pki',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const backend = `http://backend.${namespace}/`;
    const frontend = cluster.client('deployment/frontend');
    const legacy = cluster.client('pod/legacy', `${namespace}-legacy`);

    await lesson.step(
      "The caller's proxy has TLS for endpoints in the mesh, though the table does not say so",
      async () => {
        await frontend.curl(backend).settlesOn(answered(200, '"pod":"backend-'));
        const table = await cluster.attempt('istioctl', ...clusters);
        await lesson.check(
          'the table of clusters has the backend, and no word of TLS',
          table.stdout,
          (text) => /^backend\S* +80 .*outbound +EDS *$/m.test(text) && !/tls/i.test(text),
        );
        const { stdout } = await cluster.attempt('istioctl', ...clusters, '--output', 'json');
        const [backendCluster] = JSON.parse(stdout) as readonly Cluster[];
        await lesson.check(
          'the JSON has nothing at .[0].transportSocket.name',
          backendCluster?.transportSocket?.name ?? null,
          (name) => backendCluster !== undefined && name === null,
        );
        const match = backendCluster?.transportSocketMatches?.find(({ name }) => name === 'tlsMode-istio');
        await lesson.check(
          'it has TLS for endpoints in the mesh, and asks for the Service by name',
          { match: match?.match, socket: match?.transportSocket.name, sni: match?.transportSocket.typedConfig.sni },
          ({ match: of, socket, sni }) =>
            of?.['tlsMode'] === 'istio' && socket === 'envoy.transport_sockets.tls' && sni === server,
        );
      },
    );

    await lesson.step(
      "The certificate in the caller's proxy names its account, lives a day, and is the mesh's",
      async () => {
        const secrets = ['proxy-config', 'secret', `deployment/frontend.${namespace}`, '--output', 'json'];
        const { chain, roots } = readSecrets((await cluster.attempt('istioctl', ...secrets)).stdout);
        const [leaf] = chain;
        const published = await cluster.kubectl(
          'get',
          'configmap',
          'istio-ca-root-cert',
          '-o',
          String.raw`jsonpath={.data.root-cert\.pem}`,
        );
        const meshRoots = certificatesIn(published.stdout);
        await lesson.check(
          'it names one identity: the account of the frontend',
          spiffeIds(leaf),
          (ids) => ids.length === 1 && ids[0] === identity('frontend'),
        );
        await lesson.check(
          'it is valid now, and for a day in all, some minutes more for clocks that differ',
          { from: leaf.validFrom, to: leaf.validTo, hours: lifetimeHours(leaf) },
          ({ from, to, hours }) =>
            hours >= 24 && hours < 24.1 && Date.parse(from) < Date.now() && Date.now() < Date.parse(to),
        );
        await lesson.check(
          'it is signed by the root that the cluster publishes, which is the one the proxy trusts',
          {
            signedBy: meshRoots.map(({ subject }) => subject),
            years: meshRoots.map((root) => lifetimeHours(root) / 8766),
          },
          () =>
            isSignedBy(chain, meshRoots) &&
            meshRoots.every(({ fingerprint256 }) => roots.some((root) => root.fingerprint256 === fingerprint256)),
        );
        lesson.table(
          'Certificates of the mesh',
          ['of', 'identity', 'valid from', 'valid to'],
          [
            ['the frontend', spiffeIds(leaf).join(), leaf.validFrom, leaf.validTo],
            ...meshRoots.map(({ subject, validFrom, validTo }) => [`root ${subject}`, 'none', validFrom, validTo]),
          ],
        );
      },
    );

    await lesson.step('The application of the backend is told who called and who was called', async () => {
      const { http } = await frontend.curl(backend).settlesOn(answered(200, 'x-forwarded-client-cert'));
      await lesson.check(
        'the header has both identities',
        clientCertificate(http.body),
        (header) => header.includes(`By=${identity('backend')};`) && header.includes(`URI=${identity('frontend')}`),
      );
      const claimed = `X-Forwarded-Client-Cert: By=${identity('backend')};URI=${identity('frontend')}`;
      const { http: plain } = await legacy.curl('-H', claimed, backend).settlesOn(answered(200, '"pod":"backend-'));
      await lesson.check(
        'a caller without a proxy is served without it, and the header it forged is gone',
        clientCertificate(plain.body),
        (header) => header === '',
      );
    });

    await lesson.step("And the backend's proxy counts calls by identity, and handshakes only of the mesh", async () => {
      const counted = async () => {
        const metrics = await cluster.kubectl(...statistics, 'stats/prometheus?filter=istio_requests_total');
        const handshakes = await cluster.kubectl(...statistics, 'stats?filter=15006.ssl.handshake');
        return { ...callsIn(metrics.stdout), handshakes: handshakesIn(handshakes.stdout) };
      };
      const start = await counted();
      await legacy.newConnections(4, backend);
      const afterLegacy = await counted();
      await frontend.newConnections(6, backend);
      const end = await counted();
      lesson.table(
        "Counted by the backend's proxy",
        ['', 'calls with both identities', 'calls without', 'TLS handshakes so far'],
        Object.entries({
          'at the start': start,
          'after 4 calls without a proxy': afterLegacy,
          'after 6 calls of the frontend': end,
        }).map(([when, { mutual, plaintext, handshakes }]) => [when, `${mutual}`, `${plaintext}`, `${handshakes}`]),
      );
      await lesson.check(
        'four calls without a proxy count as such, and add no TLS handshake',
        { plaintext: afterLegacy.plaintext - start.plaintext, handshakes: afterLegacy.handshakes - start.handshakes },
        ({ plaintext, handshakes }) => plaintext === 4 && handshakes === 0,
      );
      await lesson.check(
        'six calls of the frontend count with both identities, on connections that began with a handshake',
        { mutual: end.mutual - afterLegacy.mutual, handshakes: end.handshakes },
        ({ mutual, handshakes }) => mutual === 6 && handshakes >= 1,
      );
    });
  },
);

/** What the test server was sent about the client's certificate; empty if nothing. */
function clientCertificate(body: string): string {
  const { headers } = JSON.parse(body) as { headers: Readonly<Record<string, string>> };
  return headers['x-forwarded-client-cert'] ?? '';
}

/** Calls with the identities of frontend and backend, and calls without any; Istio's own metrics say both in other words. */
function callsIn(metrics: string): { readonly mutual: number; readonly plaintext: number } {
  const series = metrics.split('\n').filter((line) => /istio_requests_total\{.*reporter="destination"/.test(line));
  const sum = (lines: readonly string[]) => lines.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  const mutual = series.filter(
    (line) =>
      line.includes(`source_principal="${identity('frontend')}"`) &&
      line.includes(`destination_principal="${identity('backend')}"`),
  );
  const plaintext = series.filter((line) => !line.includes('source_principal="spiffe:'));
  return { mutual: sum(mutual), plaintext: sum(plaintext) };
}
