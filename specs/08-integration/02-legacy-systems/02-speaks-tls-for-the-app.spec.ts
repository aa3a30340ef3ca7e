import {
  answered,
  declaredHostCommand,
  type Ending,
  exercise,
  ProxyLines,
  readDeclaredHost,
  tellDeclaredHost,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm8-e2-tls';
const legacy = 'm8-e2-tls-legacy';
const host = 'mainframe.oldbridge.example';
/** Where the name leads, curl is told; where the call goes, the proxy decides by the name. */
const mainframe = (query = '') => ['--connect-to', `${host}:80:mainframe.${legacy}:80`, `http://${host}/${query}`];
/** The same with TLS that curl makes itself, of which the mainframe's certificate is not checked here. */
const byTls = ['--insecure', '--connect-to', `${host}:443:mainframe.${legacy}:443`, `https://${host}/`];
const known = declaredHostCommand('deployment/frontend', host, namespace);
/** What nginx says to a call that is not encrypted. */
const plaintextRefused = answered(400, 'The plain HTTP request was sent to HTTPS port');
const overTls = answered(200, `tls=TLSv1.3 sni=${host}`);
const refusedByProxy: Ending = {
  status: 503,
  flags: ['UF', 'URX'],
  details: /^upstream_reset_before_response_started\{.+\}$/,
};
const withoutSelector =
  'fixtures/08-integration/02-legacy-systems/02-speaks-tls-for-the-app/20-tls-without-selector.yaml';
const analysis = ['analyze', '--namespace', namespace] as const;
/** IST0129: a port of a DestinationRule makes TLS and verifies nobody. */
const warnsOfRule = (report: string) => /\[IST0129\] \(DestinationRule [^)]*mainframe/.test(report);
/** Who runs in a namespace, and how often its containers were restarted. */
const pods = (where: string) => [
  '-n',
  where,
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount} {.status.initContainerStatuses[*].restartCount}{"\\n"}{end}',
];
/** Calls that are to end in the handshake. */
const times = 5;
/** What a proxy counts of handshakes that it refused. */
const reasons = ['ssl.fail_verify_error', 'ssl.fail_verify_san'] as const;
/** Certificates of authorities are no secrets, but a rule takes them from one. */
const handOver = `set -e
kubectl -n ${legacy} exec deployment/mainframe -c nginx -- cat /tls/ca.crt > ca.crt
kubectl -n ${legacy} exec deployment/mainframe -c nginx -- cat /tls/other-ca.crt > other-ca.crt
kubectl -n ${namespace} create secret generic mainframe-ca --from-file=ca.crt
kubectl -n ${namespace} create secret generic other-ca --from-file=ca.crt=other-ca.crt`;

exercise(
  'DestinationRule speaks TLS for an application that does not, if it names its workloads',
  {
    persona: 'Ahmed Hassan',
    question:
      'The mainframe speaks TLS, and our applications speak plain HTTP. Can the mesh encrypt without a change on either side?',
    proof: `The same http:// command is typed before and after each rule. Before, the mainframe answers that a plain request came to its TLS port. A rule that looks complete changes nothing: istiod accepts it without a warning, the proxy shows its name and makes no TLS, and the answer is the same. The rule with one line more, which names the workload, makes the mainframe report TLS 1.3 and the expected name; the proxy has counted handshakes, none of which it refused. Then one value at a time is wrong. With the certificate of another authority ${times} calls end in 503, and of the two counters for refused certificates only that for the authority grows; with another expected name only that for the name grows. With the right values the same command is answered again. At the end the pods on both sides are those of the beginning, and no container was restarted.`,
    takeaway:
      'A rule with credentialName needs a workloadSelector at a sidecar: without it the calls stay plaintext, and here only istioctl analyze warned of it.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e2.a4', 'm8.e2.a5', 'm8.e2.a6'],
    errata: ['E810'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const callersLog = new ProxyLines(cluster, 'deployment/frontend', 'call');
    const call = frontend.curl(...mainframe());
    const allPods = async () =>
      (await cluster.kubectl(...pods(namespace))).stdout + (await cluster.kubectl(...pods(legacy))).stdout;
    const podsBefore = await allPods();
    const sees = async (says: string, rule: string, makesTls: boolean) =>
      cluster.eventually(
        says,
        known,
        (json) => {
          const [port, ...others] = readDeclaredHost(json);
          return others.length === 0 && port?.port === 80 && port.rule === rule && port.makesTls === makesTls;
        },
        'istioctl',
        { tell: tellDeclaredHost },
      );
    const stats = async () => {
      const stat = await frontend.proxyStats(`outbound|80||${host}`);
      return { handshakes: stat('ssl.handshake'), refused: reasons.map((reason) => stat(reason)) };
    };
    /** Makes calls that the proxy is to end because of one thing in the certificate, and sees that it counts them so. */
    const endForOneReason = async (mark: string, says: string, reason: (typeof reasons)[number]) => {
      await call.settlesOn(upstreamConnectError);
      const before = await stats();
      const replies = await frontend.newConnections(times, ...mainframe(`?call=${mark}`));
      await lesson.check(
        `${times} calls end in 503, and none is answered by the mainframe`,
        replies.map(({ status, body }) => `${status} ${body.slice(0, 22)}`),
        (seen) => seen.length === times && seen.every((reply) => reply === '503 upstream connect error'),
      );
      await callersLog.countsOf(mark, [[times, refusedByProxy]]);
      const after = await stats();
      await lesson.check(
        `the proxy has refused certificates ${says}, ${times} or more, and for no other reason`,
        Object.fromEntries(
          reasons.map((name, index) => [name, (after.refused[index] ?? 0) - (before.refused[index] ?? 0)]),
        ),
        (more) => reasons.every((name) => (name === reason ? (more[name] ?? 0) >= times : more[name] === 0)),
      );
    };

    await lesson.step('Before: the mainframe takes TLS alone, and the application speaks plain HTTP', async () => {
      const { exitCode } = await cluster.shell(handOver);
      await lesson.check('the certificates of both authorities are in Secrets', exitCode, (code) => code === 0);
      await call.settlesOn(plaintextRefused);
      await frontend.curl(...byTls).settlesOn(overTls);
      await sees('its proxy knows the mainframe, has no rule for it, and makes no TLS', '', false);
    });

    await lesson.step('A rule with mode SIMPLE and the right authority is accepted without a word', async () => {
      const { stdout, stderr } = await cluster.kubectl('apply', '--dry-run=server', '-f', withoutSelector);
      await lesson.check(
        'the API server and istiod have taken it, and nobody warns',
        { stdout, stderr },
        (said) => said.stdout.includes('created') && !/warning/i.test(said.stderr),
      );
      await cluster.change('20-tls-without-selector.yaml');
    });

    await lesson.step('After: the rule has arrived, and the call is as plain as before', async () => {
      await sees('the proxy has the rule, and makes no TLS', 'mainframe', false);
      await call.settlesOn(plaintextRefused);
      const { stdout, exitCode } = await cluster.attempt('istioctl', ...analysis);
      await lesson.check(
        'istioctl analyze names the rule (IST0129), as a warning that ends with exit code 0',
        { stdout, exitCode },
        (seen) => warnsOfRule(seen.stdout) && seen.exitCode === 0,
      );
    });

    await lesson.step('The same rule names the workload that it is for', async () => {
      await cluster.change('30-tls.yaml');
    });

    await lesson.step('After: the same http:// command is answered, and the mainframe tells of TLS 1.3', async () => {
      await call.settlesOn(overTls);
      await sees('the proxy has the rule, and makes TLS', 'mainframe', true);
      await lesson.check(
        'the proxy has made handshakes, and has refused no certificate',
        await stats(),
        ({ handshakes, refused }) => handshakes > 0 && refused.every((count) => count === 0),
      );
      const { stdout } = await cluster.attempt('istioctl', ...analysis);
      await lesson.check('the analysis no longer names it', stdout, (report) => !warnsOfRule(report));
    });

    await lesson.step('With the certificate of another authority the proxy refuses the mainframe', async () => {
      await cluster.change('40-other-authority.yaml');
      await endForOneReason('other-authority', 'for their authority', 'ssl.fail_verify_error');
    });

    await lesson.step('With the right values the call is answered again', async () => {
      await cluster.change('30-tls.yaml');
      await call.settlesOn(overTls);
    });

    await lesson.step('With another name that the certificate must have, the proxy refuses it too', async () => {
      await cluster.change('50-other-name.yaml');
      await endForOneReason('other-name', 'for their name', 'ssl.fail_verify_san');
    });

    await lesson.step('And with the right values it is answered once more', async () => {
      await cluster.change('30-tls.yaml');
      await call.settlesOn(overTls);
    });

    await lesson.step('And on neither side a pod has changed', async () => {
      await lesson.check(
        'the pods of the application and of the mainframe are those of the beginning, and no container was restarted',
        { before: podsBefore, now: await allPods() },
        ({ before, now }) => now === before && before.includes('frontend-') && before.includes('mainframe-'),
      );
    });
  },
);
