import {
  answered,
  copyKeyScript,
  exercise,
  expiredRefused,
  forbidden,
  handshakeRefused,
  linesOfCall,
  proxyLogCommand,
  rbacCountersCommand,
  rbacCountersOf,
  rbacSince,
  readRbacCounters,
  readTlsCounters,
  tlsCountersCommand,
  type ToldCertificate,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm4-e1-key';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
/** The header by which a proxy tells its application who called, written by the caller itself. */
const claimingToBe = (account: string) => ['-H', `x-forwarded-client-cert: URI=${identity(account)}`];
const server = 'https://backend:80/';
/**
 * TLS made by curl instead of a proxy. The server's certificate names an account and no host, so curl is not to check it;
 * with TLS 1.2 the server's refusal of a certificate falls into the handshake.
 */
const withTls = ['--insecure', '--tls-max', '1.2', '--http1.1'];
const showing = (file: string) => [...withTls, '--cert', `/tmp/${file}`];
/** An authority of the attacker's own, and a certificate signed by it that says what the frontend's says. */
const forge = `cd /tmp
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=cluster.local -days 1 -keyout root.key -out root.pem
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -keyout forged.key -out forged.csr
echo subjectAltName=critical,URI:${identity('frontend')} > forged.ext
openssl x509 -req -in forged.csr -CA root.pem -CAkey root.key -CAcreateserial -days 1 -extfile forged.ext -out forged.crt
cat forged.crt forged.key > forged.pem`;
/** Whom a copied certificate names, how long it lasts, its hash, and whether the key belongs to it. */
const describe = (file: string) => [
  'sh',
  '-c',
  `cd /tmp; openssl x509 -in ${file} -noout -ext subjectAltName -enddate -fingerprint -sha256; [ "$(openssl x509 -in ${file} -noout -pubkey)" = "$(openssl pkey -in ${file} -pubout)" ] && echo the key belongs to it`,
];
const isWhole = (account: string) => (text: string) =>
  text.includes(`URI:${identity(account)}\n`) && text.includes('the key belongs to it');
const tls = ['exec', 'deployment/backend', ...tlsCountersCommand];
const rbac = ['exec', 'deployment/backend', ...rbacCountersCommand];
const proxyLog = proxyLogCommand('deployment/backend');

exercise(
  "A certificate of the mesh's root is taken for its account, and no other is",
  {
    persona: 'Sarah Martinez',
    question: 'Our red team took a private key out of a pod. What could they have done with it here, and for how long?',
    proof:
      'The attacker always makes the same call, past its own proxy, and changes only what it shows. A certificate that it signed itself is refused during the handshake, although it names the frontend and is in order by its own root; so is a call that shows none. Its own certificate of the mesh is taken, so the way and the tool are in order. Then a policy lets in the account of the frontend alone. The own certificate is refused with 403, also with a header that names the admitted account. A copy of the key of the frontend, made at that moment, is answered with 200, and the called side names the frontend and the very certificate that was copied. Then the frontend is seen to show its next certificate, and the copy of the earlier one is answered as before. When the copied certificate has ended, the same call is refused during the handshake, while the frontend itself is answered. The proxy counts each refused handshake with its reason. A connection that was open before the end would go on; this exercise only makes new ones.',
    takeaway:
      'Whoever holds the key is the account until the certificate ends, even when its owner has the next one: keep that time short, and guard who may enter pods.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e1.a2', 'm4.e1.a3', 'm4.e1.a6', 'm4.e1.a7', 'm4.e1.a8', 'm4.e1.a9'],
    errata: ['E404', 'E405'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#pki',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attacker = cluster.client('pod/attacker');
    /** A copy that was made while the certificate was renewed may not be whole, and is made again. */
    const remade = (workload: string, file: string) => ({
      beforeEachLook: () => cluster.shell(copyKeyScript(namespace, workload, 'attacker', `/tmp/${file}`)),
      tell: (text: string) => text,
    });
    const work = cluster.client('deployment/frontend').curl(...claimingToBe('ceo'), 'http://backend/');
    const withOwnKey = attacker.curl(...showing('own.pem'), ...claimingToBe('ceo'), `${server}?call=own-key`);
    const withStolenKey = attacker.curl(...showing('stolen.pem'), `${server}?call=stolen-key`);
    const counted = async () => readTlsCounters((await cluster.kubectl(...tls)).stdout);
    /** Makes five calls that are to end in the handshake, and sees that the proxy counts them for this reason. */
    const fiveRefused = async (what: string, args: readonly string[], reason: 'untrusted' | 'without') => {
      const before = await counted();
      const calls = await attacker.newConnections(5, ...args);
      await lesson.check(
        `five calls ${what} end during the handshake, none has an HTTP answer`,
        calls.map(({ curlExit, status }) => `curl ${curlExit}, HTTP ${status}`),
        () => calls.every(({ curlExit, status }) => [35, 56, 60].includes(curlExit) && status === 0),
      );
      await cluster.eventually(
        `the called proxy has counted those five as refused handshakes: ${reason === 'without' ? 'no certificate' : 'a certificate that it does not trust'}`,
        tls,
        (text) => {
          const now = readTlsCounters(text);
          return now[reason] === before[reason] + 5 && now.handshakes === before.handshakes;
        },
      );
    };

    await lesson.step('The attacker takes its own certificate of the mesh, and signs one for itself', async () => {
      await cluster.eventually(
        'its own certificate, as it lies in its pod, names the attacker',
        ['exec', 'pod/attacker', '--', ...describe('own.pem')],
        isWhole('attacker'),
        'kubectl',
        remade('pod/attacker', 'own.pem'),
      );
      await attacker.run('sh', '-c', forge);
      await attacker.eventually('the forged one names the frontend', describe('forged.pem'), ({ stdout }) =>
        isWhole('frontend')(stdout),
      );
      await attacker.eventually(
        'by the root of the attacker it is a good certificate of a client',
        ['openssl', 'verify', '-purpose', 'sslclient', '-CAfile', '/tmp/root.pem', '/tmp/forged.crt'],
        ({ stdout }) => stdout.trim() === '/tmp/forged.crt: OK',
      );
    });

    await lesson.step('A certificate of the mesh is taken, and the called side knows its account', async () => {
      const { http } = await withOwnKey.settlesOn(answered(200, '"pod":"backend-'));
      await lesson.check(
        'the header holds what the attacker forged, and behind it, at the end, the account that it proved',
        toldCertificates(http.body),
        (told) =>
          told.length === 2 &&
          told[0]?.caller === identity('ceo') &&
          told[1]?.caller === identity('attacker') &&
          told[1].by === identity('backend'),
      );
      const { http: through } = await work.settlesOn(answered(200, '"pod":"backend-'));
      await lesson.check(
        'through a proxy the same forged header does not arrive: one element, and it names the frontend',
        toldCertificates(through.body),
        (told) => told.length === 1 && told[0]?.caller === identity('frontend') && told[0].by === identity('backend'),
      );
    });

    await lesson.step('A certificate of another root is refused, whatever name it says, and so is none', async () => {
      await attacker.curl(...showing('forged.pem'), server).settlesOn(handshakeRefused);
      await fiveRefused('with the forged certificate', [...showing('forged.pem'), server], 'untrusted');
      await attacker.curl(...withTls, server).settlesOn(handshakeRefused);
      await fiveRefused('without a certificate', [...withTls, server], 'without');
      await withOwnKey.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('A policy lets in the account of the frontend, and no other', async () => {
      await cluster.change('20-only-frontend.yaml');
    });

    await lesson.step('After: the own certificate is refused, for the policy reads it and not the header', async () => {
      const asAdmitted = [...showing('own.pem'), ...claimingToBe('frontend')];
      await attacker.curl(...asAdmitted, `${server}?call=as-admitted`).settlesOn(forbidden);
      const before = await rbacCountersOf(cluster, 'deployment/backend');
      await attacker.newConnections(5, ...asAdmitted, `${server}?call=five-more`);
      await cluster.eventually('the called proxy has counted five more refusals, and nothing allowed', rbac, (text) => {
        const since = rbacSince(before, readRbacCounters(text));
        return since.denied === 5 && since.allowed === 0;
      });
      await cluster.eventually('its log says of each of them that no rule allows it', proxyLog, (log) => {
        const lines = linesOfCall(log, 'call=five-more');
        return (
          lines.length === 5 && lines.every(({ details }) => details === 'rbac_access_denied_matched_policy[none]')
        );
      });
      await work.settlesOn(answered(200, '"pod":"backend-'));
    });

    let stolenHash = '';
    const isTheCopy = ({ stolen, told }: { stolen: string; told: readonly ToldCertificate[] }) =>
      told.length === 1 && told[0]?.caller === identity('frontend') && told[0].hash === stolen && stolen !== '';
    const showsTheNext = (body: string) => {
      const [told, ...others] = toldCertificates(body);
      return (
        others.length === 0 && told?.caller === identity('frontend') && told.hash !== stolenHash && told.hash !== ''
      );
    };
    await lesson.step("A copy of the frontend's key is the frontend, for the policy as well", async () => {
      const described = await cluster.eventually(
        "a copy of the frontend's certificate and key lies in the attacker's pod",
        ['exec', 'pod/attacker', '--', ...describe('stolen.pem')],
        isWhole('frontend'),
        'kubectl',
        remade('deployment/frontend', 'stolen.pem'),
      );
      stolenHash = (/Fingerprint=(\S+)/.exec(described)?.[1] ?? '').replaceAll(':', '').toLowerCase();
      const { http } = await withStolenKey.settlesOn(answered(200, '"pod":"backend-'));
      await lesson.check(
        'the called side was shown that very certificate, and names the frontend as the caller',
        { stolen: stolenHash, told: toldCertificates(http.body) },
        isTheCopy,
      );
      await withOwnKey.settlesOn(forbidden);
    });

    await lesson.step('The frontend gets its next certificate, and the copy is the frontend still', async () => {
      await cluster.eventually(
        'the frontend is answered, and shows another certificate than the copied one',
        ['exec', 'deployment/frontend', '--', 'curl', '--silent', '--max-time', '3', 'http://backend/'],
        showsTheNext,
        'kubectl',
        // It is renewed when half of its minute is over.
        { settleMs: 50_000, tell: (body) => JSON.stringify(toldCertificates(body)) },
      );
      const { http } = await withStolenKey.settlesOn(answered(200, '"pod":"backend-'));
      await lesson.check(
        'the called side was shown the copied certificate, and names the frontend as the caller',
        { stolen: stolenHash, told: toldCertificates(http.body) },
        isTheCopy,
      );
    });

    await lesson.step('When the copied certificate has ended, the copy is worth nothing', async () => {
      await cluster.eventually(
        'the time of the copied certificate is over',
        [
          'exec',
          'pod/attacker',
          '--',
          'sh',
          '-c',
          'date -u; openssl x509 -in /tmp/stolen.pem -noout -enddate -checkend 0 || true',
        ],
        (text) => /^Certificate will expire$/m.test(text),
        'kubectl',
        // It was made for sixty seconds, of which some were over when it was copied.
        { settleMs: 75_000, tell: (text) => text },
      );
      await withStolenKey.settlesOn(expiredRefused);
      await fiveRefused('with the stolen key', [...showing('stolen.pem'), server], 'untrusted');
      await withOwnKey.settlesOn(forbidden);
      const { http } = await work.settlesOn(answered(200, '"pod":"backend-'));
      await lesson.check(
        'the frontend itself is answered, and shows another certificate than the copied one',
        { stolen: stolenHash, told: toldCertificates(http.body) },
        () => showsTheNext(http.body),
      );
    });

    await lesson.step('And without the policy the own certificate is taken again', async () => {
      await cluster.revert('20-only-frontend.yaml');
      await withOwnKey.settlesOn(answered(200, '"pod":"backend-'));
    });
  },
);
