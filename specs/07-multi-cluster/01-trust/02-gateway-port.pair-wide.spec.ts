import {
  exercise,
  newAuthority,
  proxyAdminCommand,
  readProxyLog,
  readTlsCounters,
  readTlsEndings,
  tellTlsEndings,
  tlsCalls,
  tlsCountersCommand,
  type TlsEnding,
} from '../../../helpers/index.ts';

const namespace = 'm7-e1-port';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
/** How a proxy names port 80 of the ledger in TLS. */
const sni = `outbound_.80_._.ledger.${namespace}.svc.cluster.local`;
const ofGateway = ['--namespace', 'istio-system'];
const gateway = 'deployment/istio-eastwestgateway';
const gatewayLog = ['logs', gateway, ...ofGateway, '--tail=-1'];
const unmatched = ['exec', gateway, ...ofGateway, ...proxyAdminCommand('stats?filter=15443.no_filter_chain_match')];
const unmatchedIn = (stats: string) => Number(/no_filter_chain_match: (\d+)/.exec(stats)?.[1] ?? Number.NaN);
const listeners = (workload: string, port: number) => [
  'proxy-config',
  'listeners',
  workload,
  '--port',
  String(port),
  '-o',
  'json',
];
const authorizationz = [
  'exec',
  'deployment/istiod',
  ...ofGateway,
  '--',
  'pilot-discovery',
  'request',
  'GET',
  '/debug/authorizationz',
];
const tls = ['exec', 'deployment/ledger', ...tlsCountersCommand];
const times = 5;
/** Lines of the gateway's log about connections that asked for the ledger. */
const linesOfName = (log: string) => readProxyLog(log).filter(({ serverName }) => serverName === sni);

const each = (text: string, holds: (ending: TlsEnding) => boolean) =>
  readTlsEndings(text).length === times && readTlsEndings(text).every(holds);
const served = ({ shown, status }: TlsEnding) => shown === identity('ledger') && status === 200;
const forbidden = ({ shown, status, isForbidden }: TlsEnding) =>
  shown === identity('ledger') && status === 403 && isForbidden;
const ended = ({ shown, status, alert }: TlsEnding) => shown === identity('ledger') && status === 0 && alert !== '';

exercise(
  'The key of one intermediate opens the other cluster, and the gateway between them asks nobody',
  {
    persona: 'Jennifer',
    question:
      'Each region has a certificate authority of its own. Does a break-in there stay there, and does the gateway stop it?',
    proof:
      "A pod in east without a proxy speaks TLS itself, through the gateway of west, to a Service of west. Its certificates are made by the run, as somebody would who has east's key. A policy of the Service admits one account of west alone. A certificate that the intermediate of east has signed for that account gets the Service's answer, five times of five. Under the same intermediate another account, answered before the policy, gets 403, so the name is read and not the root alone. Under a root of nobody's the admitted name is refused in the handshake, and the Service's proxy counts it. Then the gateway itself: without the protocol of proxies the call is shown no certificate, the gateway counts it and logs that it knows no way; with the protocol, and without a certificate, the call is shown that of the Service, never one of the gateway, and it is the Service's proxy that counts it as refused. At last a policy that denies this very name is laid on the gateway. istiod lists it, and the call is answered as before. The same rule at the Service, which istiod gets later, refuses the call; at that moment the listener of the gateway has no filter that could ask a policy.",
    takeaway:
      'Any intermediate of the root signs any name, and the gateway forwards whoever knows the name of a Service: what refuses is the proxy of the server.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e1.a3', 'm7.e1.a4', 'm7.e1.a5'],
    errata: ['E709', 'E710'],
    readMore: 'https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const stranger = await newAuthority('O=Stranger, CN=Root CA', 'O=Stranger, CN=Intermediate CA');
    await east.giveCertificate('frontend', identity('frontend'));
    await east.giveCertificate('auditor', identity('auditor'));
    await east.giveCertificate('stranger', identity('frontend'), stranger);
    await east.deploy('11-probe.east.yaml');
    const probe = east.client('pod/probe');
    const address = await west.kubectl(
      'get',
      'service',
      'istio-eastwestgateway',
      ...ofGateway,
      '-o',
      'jsonpath={.status.loadBalancer.ingress[0].ip}',
    );
    const to = `${address.stdout.trim()}:15443`;
    /** Makes five calls under the name of a folder of keys, or under none, until all of them end so. */
    const see = async (says: string, as: string | undefined, holds: (ending: TlsEnding) => boolean, protocol?: '') => {
      const call = { to, serverName: sni, ...(as && { keys: `/keys/${as}` }), ...(protocol === '' && { protocol }) };
      const options = { tell: tellTlsEndings };
      await probe.eventually(says, tlsCalls(times, call), ({ stdout }) => each(stdout, holds), options);
    };
    const counted = async () => readTlsCounters((await west.kubectl(...tls)).stdout);

    await lesson.step("East's key signs two names of west, and a stranger's key signs one of them", async () => {
      const read = (name: string) => `openssl x509 -in /keys/${name}/tls.crt -noout -issuer -ext subjectAltName`;
      for (const [file, account, issuer] of [
        ['frontend', 'frontend', 'L = east'],
        ['auditor', 'auditor', 'L = east'],
        ['stranger', 'frontend', 'O = Stranger'],
      ] as const)
        await probe.eventually(
          `the certificate in the folder ${file} names the ${account} of west, and was signed by ${issuer}`,
          ['sh', '-c', read(file)],
          ({ stdout }) =>
            stdout.includes(`URI:${identity(account)}\n`) &&
            stdout
              .replaceAll(/ ?= ?/g, ' = ')
              .split('\n')
              .some((line) => line.startsWith('issuer') && line.includes(issuer)),
        );
    });

    await lesson.step('Before: without a policy both names are answered by the Service in west', async () => {
      await see('the call under the name of the frontend is answered by the ledger', 'frontend', served);
      await see('the call under the name of the auditor is answered by the ledger', 'auditor', served);
    });

    await lesson.step('The gateway asks nobody: it knows names, and it passes on', async () => {
      const before = unmatchedIn((await west.kubectl(...unmatched)).stdout);
      const earlier = linesOfName((await west.kubectl(...gatewayLog)).stdout);
      await see(
        'without the protocol of proxies the call is shown no certificate',
        'frontend',
        ({ connected, shown, status }) => connected && shown === '' && status === 0,
        '',
      );
      await west.eventually(
        'the gateway has counted them as connections for which it has no way, five at least',
        unmatched,
        (stats) => unmatchedIn(stats) >= before + times,
      );
      const server = await counted();
      await see(
        'with the protocol and without a certificate the call is shown that of the ledger, and then refused',
        undefined,
        ended,
      );
      await west.eventually(
        'it is the proxy of the ledger that has counted connections without a certificate, five at least',
        tls,
        (text) => readTlsCounters(text).without >= server.without + times,
      );
      await see("under the stranger's root the name of the frontend is refused in the handshake", 'stranger', ended);
      await west.eventually(
        'the proxy of the ledger has counted certificates that it does not trust, five at least',
        tls,
        (text) => readTlsCounters(text).untrusted >= server.untrusted + times,
      );
      await west.eventually(
        'the log of the gateway has lines of connections that it passed on, with that name, ten at least, and five with the flag NR, for those without the protocol',
        gatewayLog,
        (log) => {
          const lines = linesOfName(log).slice(earlier.length);
          const passedOn = lines.filter(({ cluster, flags }) => cluster === sni && flags !== 'NR');
          return passedOn.length >= 2 * times && lines.filter(({ flags }) => flags === 'NR').length >= times;
        },
        'kubectl',
        {
          tell: (log) =>
            linesOfName(log)
              .slice(earlier.length)
              .map(({ text }) => text)
              .join('\n'),
        },
      );
    });

    await lesson.step('A policy admits one account of west', async () => {
      await west.change('20-only-the-frontend.west.yaml');
    });

    await lesson.step("After: east's key is that account, and no other name opens", async () => {
      await see('the call under the name of the auditor is refused by the policy', 'auditor', forbidden);
      await see('the call under the name of the frontend is answered by the ledger', 'frontend', served);
      const before = await counted();
      await see("under the stranger's root the name of the frontend is refused in the handshake", 'stranger', ended);
      await west.eventually(
        'the proxy of the ledger has counted these too',
        tls,
        (text) => readTlsCounters(text).untrusted >= before.untrusted + times,
      );
    });

    await lesson.step('A policy that denies the name has no effect at the gateway', async () => {
      await west.change('30-deny-at-the-gateway.west.yaml');
      await west.eventually('istiod lists the policy', authorizationz, (text) => text.includes('m7-e1-deny'));
      await see('the call under the name of the frontend is answered as before', 'frontend', served);
    });

    await lesson.step('The same rule at the server refuses', async () => {
      await west.change('40-deny-at-the-server.west.yaml');
      await see('the call under the name of the frontend is refused by the policy', 'frontend', forbidden);
      const atGateway = await west.attempt('istioctl', ...listeners(`${gateway}.istio-system`, 15_443));
      const atServer = await west.attempt('istioctl', ...listeners(`deployment/ledger.${namespace}`, 15_006));
      const filtersIn = (json: string) => [
        ...new Set(Array.from(json.matchAll(/"name": "(envoy\.filters\.[\w.]+)"/g), ([, name = '']) => name)),
      ];
      await lesson.check(
        'the listener of the gateway passes TCP on and has no filter for policies; that of the server has one',
        { gateway: filtersIn(atGateway.stdout), server: filtersIn(atServer.stdout) },
        (filters) =>
          filters.gateway.includes('envoy.filters.network.tcp_proxy') &&
          !filters.gateway.some((name) => name.endsWith('.rbac')) &&
          filters.server.includes('envoy.filters.http.rbac'),
      );
      await west.revert('40-deny-at-the-server.west.yaml');
      await west.revert('30-deny-at-the-gateway.west.yaml');
      await west.revert('20-only-the-frontend.west.yaml');
      await see('without policies the auditor is answered again', 'auditor', served);
    });
  },
);
