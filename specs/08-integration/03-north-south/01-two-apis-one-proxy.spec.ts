import {
  answered,
  exercise,
  forbidden,
  handshakeRefused,
  linesOfCall,
  minorOfMesh,
  movedTo,
  notRouted,
  type Outcome,
  proxyLogCommand,
  readProxyLog,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm8-e3-shop';
const shop = 'shop.oldbridge.example';
const other = 'other.oldbridge.example';
const pay = 'pay.oldbridge.example';
const mark = 'mark.oldbridge.example';
const edgeGateway = 'gateways.gateway.networking.k8s.io/edge';
const tenantsRoute = 'httproutes.gateway.networking.k8s.io/pay';
/** A word on whether it works, e.g. `False AddressNotAssigned …`, and the addresses that were given out. */
const programmed =
  'jsonpath={range .status.conditions[?(@.type=="Programmed")]}{.status} {.reason}: {.message}{end}; addresses: {.status.addresses[*].value}';
const accepted =
  'jsonpath={range .status.parents[*].conditions[?(@.type=="Accepted")]}{.status} {.reason}: {.message}{"\\n"}{end}';
/** All of istiod's log: what it says of a pod it says when the pod comes, however long the lesson takes. */
const wholeIstiodLog = ['logs', 'deployment/istiod', '--namespace', 'istio-system', '--tail=-1'];
const istiodLog = ['logs', 'deployment/istiod', '--namespace', 'istio-system', '--since=5m'];
/** How long a call that must not get through is watched, or a word of a status; istiod is done in less. */
const staysMs = 2_000;

/** A certificate that names the shop; of its key nothing is printed. */
const makeCertificate = `cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${shop} -addext subjectAltName=DNS:${shop} -keyout key.pem -out cert.pem 2>/dev/null && openssl x509 -in cert.pem -noout -ext subjectAltName`;
const keepCertificate = `from() { kubectl exec -n ${namespace} pod/customer -- cat "/tmp/$1.pem"; }
kubectl create secret tls shop -n ${namespace} --cert=<(from cert) --key=<(from key)`;

/** A call by a name of the company, wherever the name leads: curl is told to go to this gateway. */
const byHttp = (gateway: string, host = shop, query = '') => [
  '--connect-to',
  `${host}:80:${gateway}:80`,
  `http://${host}/${query}`,
];
const byHttps = (gateway: string, host = shop, query = '') => [
  '--cacert',
  '/tmp/cert.pem',
  '--connect-to',
  `${host}:443:${gateway}:443`,
  `https://${host}/${query}`,
];
/** Asks under the right name in the handshake for another one in the call. */
const asOther = ['-H', `Host: ${other}`];
const served = answered(200, '"pod":"backend-');

/** What is asked of each gateway, and how it ends. */
const questions: readonly {
  readonly asks: string;
  readonly of: (gateway: string) => string[];
  readonly ends: Outcome;
}[] = [
  { asks: 'HTTPS, the name of the shop', of: (gateway) => byHttps(gateway), ends: served },
  {
    asks: 'HTTPS, the name of the shop in the handshake and another in the call',
    of: (gateway) => [...asOther, ...byHttps(gateway)],
    ends: notRouted,
  },
  { asks: 'HTTPS, another name in the handshake', of: (gateway) => byHttps(gateway, other), ends: handshakeRefused },
  { asks: 'HTTP, the name of the shop', of: (gateway) => byHttp(gateway), ends: movedTo(`https://${shop}/`) },
  { asks: 'HTTP, another name', of: (gateway) => byHttp(gateway, other), ends: notRouted },
];
/** How a call ended, in a few words. */
const cellOf = (status: number, headers: Readonly<Record<string, string>>) => {
  if (status === 0) return 'no answer: the handshake is refused';
  const to = headers['location'];
  return `HTTP ${status}${to === undefined ? '' : ` to ${to}`}`;
};

exercise(
  'Gateway of the Gateway API and Gateway of Istio answer five calls alike, but only one asks who may attach a route',
  {
    persona: 'Ahmed Hassan',
    question: 'Two languages describe a gateway. Which of them do we take, and who may put a route on our door?',
    proof: `A customer asks two gateways the same five things: by HTTPS and by HTTP, under the name of the shop and under another. One gateway is described by the Gateway API, and istiod makes account, Deployment and Service for it; there was no such Service before. The other is a proxy of our own with a description in Istio's words. The five ends are the same, and each gateway's log has the reason of those that lead nowhere. A policy at the backend then lets in the account of the first gateway alone: it is served, the other gateway and the customer itself get 403. Another team puts a route on the first gateway: its status says that this is not allowed, and the name leads nowhere until the owner lets that namespace in. The same team names the label of the second gateway, asks nobody, and is served there. Where it names the label of the first one, the release decides: by the sources 1.30 serves it and 1.31 leaves it out, and this run shows what its own release does. Last, of two copies of the second gateway the one whose account may not read Secrets refuses HTTPS and still answers HTTP.`,
    takeaway:
      'Both languages drive the same kind of proxy, and a gateway is a client with an account. The Gateway API asks the owner of a gateway who may attach a route; Istio’s own kind does not, so guard by RBAC who may write it.',
    needs: ['k8s', 'gwapi', 'sidecar'],
    proves: ['m8.e3.a1', 'm8.e3.a2', 'm8.e3.a3', 'm8.e3.a4', 'm8.e3.a5'],
    errata: ['E813'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const withoutRight = (
      await cluster.kubectl('get', 'pods', '-l', 'app=gate-without-right', '-o', 'jsonpath={.items[0].metadata.name}')
    ).stdout;
    /** The line of istiod about the certificate that this very pod may not have. */
    const withheld = (log: string) =>
      log
        .split('\n')
        .find(
          (line) =>
            line.includes(`proxy ${withoutRight}.${namespace} attempted to access unauthorized certificates shop`) &&
            line.includes('is not authorized to read secrets'),
        );
    const directly = customer.curl('http://backend/');
    const mayEdgeReadSecrets = async () => {
      const edge = `system:serviceaccount:${namespace}:edge-istio`;
      const asked = await cluster.attempt('kubectl', 'auth', 'can-i', 'list', 'secrets', '-n', namespace, '--as', edge);
      return asked.stdout.trim();
    };
    const answers = async (gateway: string) => customer.curl(...byHttps(gateway)).settlesOn(served);
    /** Asks one gateway all five things; then its log must have the reason of those that lead nowhere. */
    const askAll = async (gateway: string): Promise<string[]> => {
      const cells: string[] = [];
      for (const { of, ends } of questions) {
        const { http } = await customer.curl(...of(gateway)).settlesOn(ends);
        cells.push(cellOf(http.status, http.headers));
      }
      await customer.newConnections(1, ...asOther, ...byHttps(gateway, shop, '?call=other-by-https'));
      await customer.newConnections(1, ...byHttp(gateway, other, '?call=other-by-http'));
      const noRoute = (log: string, call: string) =>
        linesOfCall(log, `call=${call}`).filter(
          ({ status, flags, details }) => status === 404 && flags === 'NR' && details === 'route_not_found',
        );
      const noChain = (log: string) =>
        readProxyLog(log).filter(
          ({ status, flags, details, serverName }) =>
            status === 0 && flags === 'NR' && details === 'filter_chain_not_found' && serverName === other,
        );
      await cluster.eventually(
        `the log of ${gateway} has the two calls for which there is no route, and the handshake with a name that it does not know`,
        proxyLogCommand(`deployment/${gateway}`),
        (log) =>
          noRoute(log, 'other-by-https').length === 1 &&
          noRoute(log, 'other-by-http').length === 1 &&
          noChain(log).length > 0,
        'kubectl',
        {
          tell: (log) =>
            [...noRoute(log, 'other-by-https'), ...noRoute(log, 'other-by-http'), ...noChain(log).slice(0, 1)]
              .map(({ text }) => text)
              .join('\n'),
        },
      );
      return cells;
    };

    await lesson.step('A certificate for the name of the shop is made, and kept in a Secret', async () => {
      await customer.eventually(
        'the certificate names the shop',
        ['sh', '-c', makeCertificate],
        ({ exitCode, stdout }) => exitCode === 0 && stdout.includes(`DNS:${shop}`),
      );
      const { stdout, stderr } = await cluster.shell(keepCertificate);
      await lesson.check('the Secret is there', `${stdout}${stderr}`.trim(), (said) => said === 'secret/shop created');
    });

    await lesson.step('Before: the backend answers, and there is nothing that is called edge', async () => {
      await directly.settlesOn(served);
      const { stdout } = await cluster.kubectl('get', 'deployments,services,serviceaccounts', '-o', 'name');
      await lesson.check(
        'the namespace has a Service of the gate, and nothing of an edge',
        stdout,
        (list) => list.includes('service/gate\n') && !list.includes('edge'),
      );
    });

    await lesson.step('A Gateway of the Gateway API comes, with two routes', async () => {
      await cluster.change('20-edge.yaml');
    });

    await lesson.step('After: istiod has made account, Deployment and Service for it', async () => {
      const made = ['deployment.apps/edge-istio', 'service/edge-istio', 'serviceaccount/edge-istio'];
      await cluster.eventually(
        'there are a Deployment, a Service and a ServiceAccount edge-istio',
        ['get', 'deployments,services,serviceaccounts', '-o', 'name'],
        (list) => made.every((name) => list.split('\n').includes(name)),
      );
      await cluster.kubectl('rollout', 'status', 'deployment/edge-istio', '--timeout=90s');
    });

    await lesson.step('A Gateway that asks for a load balancer serves, whether or not it is "programmed"', async () => {
      const service = async (path: string) =>
        (await cluster.kubectl('get', 'service', 'edge-istio', '-o', `jsonpath={${path}}`)).stdout;
      await lesson.check(
        'the Service asks for a load balancer',
        await service('.spec.type'),
        (type) => type === 'LoadBalancer',
      );
      await cluster.eventually(
        'the Gateway waits for an address; in a cluster with a load balancer it has one',
        ['get', edgeGateway, '-o', programmed],
        (said) => isPending(said) || /^True Programmed: .*; addresses: \S+/s.test(said),
      );
      await answers('edge-istio');
      const { stdout: says } = await cluster.kubectl('get', edgeGateway, '-o', programmed);
      await lesson.check(
        'it has answered, and as long as nobody has given an address it still waits',
        { says, given: await service('.status.loadBalancer.ingress') },
        (now) => isPending(now.says) === (now.given === ''),
      );
    });

    await lesson.step('With an annotation that asks for no load balancer it is programmed', async () => {
      await cluster.change('30-edge-inside.yaml');
      await cluster.eventually(
        'the Gateway is programmed, and its address is the name of its Service',
        ['get', edgeGateway, '-o', programmed],
        (text) =>
          text.startsWith('True Programmed: ') &&
          text.endsWith(`; addresses: edge-istio.${namespace}.svc.cluster.local`),
      );
      await cluster.eventually(
        'its Service is for the inside alone',
        ['get', 'service', 'edge-istio', '-o', 'jsonpath={.spec.type}'],
        (type) => type === 'ClusterIP',
      );
    });

    let ofEdge: string[] = [];
    await lesson.step('Five calls: served, sent on to HTTPS, or led nowhere, each for its own reason', async () => {
      ofEdge = await askAll('edge-istio');
    });

    await lesson.step("The same in Istio's own words, for a proxy of our own", async () => {
      await cluster.change('40-gate.yaml');
    });

    await lesson.step('After: the same five calls end alike', async () => {
      const ofGate = await askAll('gate');
      lesson.table(
        'Five calls, two languages',
        ['what is asked', 'Gateway API', "Istio's Gateway"],
        questions.map(({ asks }, index) => [asks, ofEdge[index] ?? '', ofGate[index] ?? '']),
      );
      await lesson.check('the two columns are the same', { ofEdge, ofGate }, (seen) => {
        return seen.ofEdge.length === questions.length && seen.ofEdge.join('|') === seen.ofGate.join('|');
      });
    });

    await lesson.step('A policy at the backend lets in the account of the edge alone', async () => {
      const { http } = await customer.curl(...byHttps('edge-istio')).settlesOn(served);
      await lesson.check('the backend is told the account of the edge', toldCertificates(http.body), (told) => {
        return told.at(-1)?.caller === `spiffe://cluster.local/ns/${namespace}/sa/edge-istio`;
      });
      await cluster.change('50-only-the-edge.yaml');
    });

    await lesson.step('After: through the edge it is served; through the gate and directly it is refused', async () => {
      await directly.settlesOn(forbidden);
      await answers('edge-istio');
      await customer.curl(...byHttps('gate')).settlesOn(forbidden);
      await cluster.revert('50-only-the-edge.yaml');
      await directly.settlesOn(served);
      await answers('gate');
    });

    const payAtEdge = customer.curl(...byHttp('edge-istio', pay));
    const payAtGate = customer.curl(...byHttp('gate', pay));
    const servedByTenant = answered(200, '"pod":"pay-');

    await lesson.step(
      'Another team puts a route on the edge: it is not allowed, and the name leads nowhere',
      async () => {
        await payAtEdge.settlesOn(notRouted);
        await cluster.change('60-tenants-route.yaml');
        await cluster.eventually(
          'the status of its route says that the listener does not allow it',
          ['get', tenantsRoute, '-n', 'm8-e3-tenant', '-o', accepted],
          (said) => said.startsWith('False NotAllowedByListeners: '),
          'kubectl',
          { staysMs },
        );
        await payAtEdge.settlesOn(notRouted);
      },
    );

    await lesson.step('The owner lets that namespace in: the same route is accepted, and serves', async () => {
      await cluster.change('70-edge-lets-in.yaml');
      await payAtEdge.settlesOn(servedByTenant);
      await cluster.eventually(
        'the status of the route says that it is accepted',
        ['get', tenantsRoute, '-n', 'm8-e3-tenant', '-o', accepted],
        (said) => said.startsWith('True Accepted: '),
      );
      await cluster.change('30-edge-inside.yaml');
      await payAtEdge.settlesOn(notRouted);
      await cluster.revert('60-tenants-route.yaml');
    });

    let earlier = new Set<string>();
    await lesson.step("The same team writes two of Istio's Gateways, by the labels of both", async () => {
      await payAtGate.settlesOn(notRouted);
      earlier = new Set(leftOut((await cluster.kubectl(...istiodLog)).stdout));
      await cluster.change('80-tenants-gateways.yaml');
    });

    await lesson.step('After: at the gate it is served, and nobody was asked', async () => {
      await payAtGate.settlesOn(servedByTenant);
      await answers('gate');
      await customer.curl(...byHttp('gate')).settlesOn(movedTo(`https://${shop}/`));
    });

    await lesson.step('At the edge the release decides: Istio 1.31 leaves it out, 1.30 does not', async () => {
      const version = await cluster.attempt('istioctl', 'version', '--output', 'json');
      await customer.curl(...byHttp('edge-istio', mark)).settlesOn(served);
      if (minorOfMesh(version.stdout) >= 31) {
        await cluster.eventually(
          "istiod's log says that it leaves the Gateway out",
          istiodLog,
          (log) => leftOut(log).some((line) => !earlier.has(line)),
          'kubectl',
          { tell: (log) => leftOut(log).at(-1) ?? '' },
        );
        await payAtEdge.settlesOn(notRouted);
      } else await payAtEdge.settlesOn(servedByTenant);
      await answers('edge-istio');
    });

    await lesson.step(
      'Last, a copy of the gate whose account may not read Secrets has no certificate for HTTPS',
      async () => {
        await customer.curl(...byHttp('gate-without-right')).settlesOn(movedTo(`https://${shop}/`));
        await customer.curl(...byHttps('gate-without-right')).settlesOn(handshakeRefused);
        await cluster.eventually(
          'the log of istiod says why: the account is not authorised to read Secrets',
          wholeIstiodLog,
          (log) => withheld(log) !== undefined,
          'kubectl',
          { tell: (log) => withheld(log) ?? '' },
        );
        await answers('gate');
        await lesson.check(
          'the account that istiod made for the edge may not read them either, and needs not to',
          await mayEdgeReadSecrets(),
          (may) => may === 'no',
        );
        await answers('edge-istio');
      },
    );
  },
);

/** True if the Gateway waits for an address, by its own word. */
function isPending(status: string): boolean {
  return status.startsWith('False AddressNotAssigned: ') && status.includes('address pending for hostname');
}

/** Lines of istiod about the Gateway that it leaves out. */
function leftOut(log: string): string[] {
  return log.split('\n').filter((line) => line.includes('skipping gateway m8-e3-tenant/at-the-edge'));
}
