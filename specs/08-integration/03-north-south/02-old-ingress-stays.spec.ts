import {
  answered,
  type Client,
  cutOffFrom,
  exercise,
  linesOfCall,
  type Outcome,
  proxyLogCommand,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm8-e3-ingress';
const account = `spiffe://cluster.local/ns/${namespace}/sa/edge`;
/** A call that asks an ingress for a name. */
const call = (ingress: string, host: string, query = '') => ['-H', `Host: ${host}`, `http://${ingress}/${query}`];
const shop = 'shop.oldbridge.example';
const news = 'news.oldbridge.example';
const edgeLog = proxyLogCommand('deployment/edge');
const served = answered(200, '"pod":"backend-');
/** nginx gets no answer, because the connection is cut off. */
const badGateway: Outcome = {
  verdict: 'blocked',
  says: 'is answered with HTTP 502 by nginx, which gets no answer',
  holds: ({ http }) => http.status === 502 && http.body.includes('502 Bad Gateway'),
};
/** nginx gets an answer, but it is one of its own proxy. */
const noConnection: Outcome = {
  verdict: 'blocked',
  says: 'is answered with HTTP 503 in the words of the proxy beside nginx, which gets no connection',
  containing: 'upstream connect error',
  holds: ({ http }) => http.status === 503 && http.body.startsWith('upstream connect error'),
};

exercise(
  "VirtualService for the customers' name lets an old ingress stay in front of a backend that takes mutual TLS only",
  {
    persona: 'Ahmed Hassan',
    question:
      'We keep our nginx in front. Is it enough to give it a proxy, and what does it see of our customers then?',
    proof:
      'Two copies of the same nginx stand in front of one backend, and one of them has a proxy. Both pass on the name that customers ask for. While the backend takes plaintext both are served, and it is told of no certificate; the proxy beside nginx notes that it passes on what it does not know. Under STRICT the copy without a proxy answers 502, and the backend’s proxy notes that it cut it off; the one with a proxy answers 503. At that moment the same nginx is served if it is asked for the name of the Service, with the certificate of its account. Then one VirtualService knows the customers’ name, nothing changes in nginx, and the call is served under STRICT with that certificate, while another name still gets 503. Last, the log of nginx: with a proxy two customers have one and the same address in it, 127.0.0.6, without a proxy each has its own. Once its proxy leaves calls from outside to nginx, each has its own there too, and the backend is still called with the certificate.',
    takeaway:
      'An ingress with a proxy still sends the customers’ name, which the mesh does not know, and so it goes out in plaintext. Tell the mesh that name; and where addresses of customers count, lead calls from outside past that proxy; then nothing of the mesh guards that door, and nginx must.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e3.a7', 'm8.e3.a8', 'm8.e3.a9'],
    errata: ['E809'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/traffic-routing/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const partner = cluster.client('pod/partner');
    const withProxy = customer.curl(...call('edge', shop));
    const withoutProxy = customer.curl(...call('edge-without-proxy', shop));
    const byServiceName = customer.curl(...call('edge', 'backend'));
    const podIp = async (...pod: readonly string[]) =>
      (await cluster.kubectl('get', 'pod', ...pod, '-o', 'jsonpath={..status.podIP}')).stdout.trim();
    const addressOf = {
      customer: await podIp('customer'),
      partner: await podIp('partner'),
      plain: await podIp('--selector', 'app=edge-without-proxy'),
    };
    /** Served, with the certificate of the account of nginx, or with none. */
    const servedAs = async (probe: typeof withProxy, caller: string | undefined) => {
      const { http } = await probe.settlesOn(served);
      await lesson.check(
        caller === undefined ? 'the backend was told of no certificate' : 'the backend was told the account of nginx',
        toldCertificates(http.body).map((told) => told.caller),
        (callers) => callers.join() === (caller ?? ''),
      );
    };
    /** Makes one call with a mark, and waits for the line of its way out of the proxy beside nginx. */
    const wayOut = async (mark: string, says: string, status: number, destination: RegExp, flags: RegExp) => {
      await customer.newConnections(1, ...call('edge', shop, `?call=${mark}`));
      const lines = (log: string) =>
        linesOfCall(log, `call=${mark}`).filter(
          (line) => line.status === status && destination.test(line.cluster) && flags.test(line.flags),
        );
      await cluster.eventually(says, edgeLog, (log) => lines(log).length === 1, 'kubectl', {
        tell: (log) => lines(log)[0]?.text ?? '',
      });
    };
    /** Each of two callers makes a call with a mark of its own; nginx has their addresses in its log. */
    const addressesAre = async (ingress: string, says: string, mark: string, wanted: readonly [string, string]) => {
      const callers: readonly [string, Client][] = [
        ['customer', customer],
        ['partner', partner],
      ];
      for (const [name, client] of callers) {
        await client.curl(...call(ingress, shop)).settlesOn(served, { inARow: 1 });
        await client.newConnections(1, ...call(ingress, shop, `?${mark}=${name}`));
      }
      const seen = (log: string) => callers.map(([name]) => addressIn(log, `/?${mark}=${name}`));
      await cluster.eventually(
        says,
        ['logs', `deployment/${ingress}`, '--container', 'nginx', '--tail=-1'],
        (log) => seen(log).join() === wanted.join(),
        'kubectl',
        { tell: (log) => callers.map(([name], index) => `${name}: ${seen(log)[index]}`).join('\n') },
      );
    };

    await lesson.step('Before: both copies are served, in plaintext, the one with a proxy too', async () => {
      await servedAs(withoutProxy, undefined);
      await servedAs(withProxy, undefined);
      await wayOut(
        'permissive',
        'the proxy beside nginx has passed the call on to a name that it does not know: PassthroughCluster',
        200,
        /^PassthroughCluster$/,
        /^-$/,
      );
    });

    await lesson.step('The backend is to take mutual TLS only', async () => {
      await cluster.change('20-strict.yaml');
    });

    await lesson.step('After: neither is served, and the proxy beside nginx has not helped', async () => {
      await withoutProxy.settlesOn(badGateway);
      await cluster.eventually(
        "the log of the backend's proxy has connections from the copy without a proxy, which it cut off",
        proxyLogCommand('deployment/backend'),
        (log) => cutOffFrom(log, addressOf.plain).length > 0,
        'kubectl',
        { tell: (log) => cutOffFrom(log, addressOf.plain)[0]?.text ?? '' },
      );
      await withProxy.settlesOn(noConnection);
      await wayOut(
        'strict',
        'the proxy beside nginx still passes it on as before, and now gets no answer',
        503,
        /^PassthroughCluster$/,
        /^(UC|UF)(,|$)/,
      );
    });

    await lesson.step('And the same nginx is served, if it is asked for the name of the Service', async () => {
      await servedAs(byServiceName, account);
      await withProxy.settlesOn(noConnection);
    });

    await lesson.step("A VirtualService knows the customers' name; nothing changes in nginx", async () => {
      await cluster.change('30-customer-name.yaml');
    });

    await lesson.step('After: that name is served under STRICT, with the certificate of the account', async () => {
      await servedAs(withProxy, account);
      await wayOut(
        'known',
        'the proxy beside nginx has sent the call to the Service',
        200,
        new RegExp(`^outbound\\|80\\|\\|backend\\.${namespace}\\.`),
        /^-$/,
      );
    });

    await lesson.step('And another name is not served, nor is the copy without a proxy', async () => {
      await customer.curl(...call('edge', news)).settlesOn(noConnection);
      await withoutProxy.settlesOn(badGateway);
      await servedAs(withProxy, account);
    });

    await lesson.step('Without STRICT the copy without a proxy is served again, and so is the other name', async () => {
      await cluster.revert('20-strict.yaml');
      await servedAs(withoutProxy, undefined);
      await customer.curl(...call('edge', news)).settlesOn(served);
    });

    await lesson.step('The log of nginx: two customers have one address where there is a proxy', async () => {
      await addressesAre(
        'edge-without-proxy',
        'without a proxy the log of nginx has the address of each of the two',
        'plain',
        [addressOf.customer, addressOf.partner],
      );
      await addressesAre('edge', 'with a proxy it has 127.0.0.6 for both of them', 'proxied', [
        '127.0.0.6',
        '127.0.0.6',
      ]);
    });

    await lesson.step('An annotation leaves calls from outside to nginx, past its proxy', async () => {
      const annotations = { 'traffic.sidecar.istio.io/includeInboundPorts': '' };
      const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
      await cluster.kubectl('patch', 'deployment', 'edge', '--patch', patch);
      await cluster.kubectl('rollout', 'status', 'deployment/edge', '--timeout=90s');
    });

    await lesson.step('After: the log has the address of each, and the backend the certificate', async () => {
      await servedAs(withProxy, account);
      await addressesAre('edge', 'the log of nginx has the address of each of the two', 'direct', [
        addressOf.customer,
        addressOf.partner,
      ]);
    });
  },
);

/** Address that nginx has noted for the call of a path; empty unless there is one line of it. */
function addressIn(log: string, path: string): string {
  const lines = log.split('\n').filter((line) => line.includes(`"GET ${path} HTTP/1.1"`));
  return lines.length === 1 ? (lines[0]?.split(' ')[0] ?? '') : '';
}
