import {
  answered,
  between,
  type Ending,
  exercise,
  failures,
  type Outcome,
  ProxyLines,
  type Reply,
} from '../../../helpers/index.ts';

const namespace = 'm8-e2-door';
const legacy = 'm8-e2-door-legacy';
const host = 'partner.oldbridge.example';
/** Where the name leads, curl is told; where the call goes, the proxy decides by the name. */
const partner = (query = '') => ['--connect-to', `${host}:80:partner.${legacy}:80`, `http://${host}/${query}`];
/** The same with TLS that curl makes itself, without a certificate of its own. */
const byTls = ['--insecure', '--connect-to', `${host}:443:partner.${legacy}:443`, `https://${host}/`];
const withoutTls = answered(400, 'The plain HTTP request was sent to HTTPS port');
const withoutCertificate = answered(400, 'No required SSL certificate was sent');
const seen = (address: string, name: string) =>
  answered(200, `client=${address} tls=TLSv1.3 subject=CN=${name} serial=`);
const [firstName, secondName] = ['oldbridge-gate', 'oldbridge-gate-2'];
const shows = (name: string) => (reply: Reply) => reply.body.includes(` subject=CN=${name} serial=`);
const serialIn = (reply: Reply | undefined) => /serial=([0-9A-F]+)/.exec(reply?.body ?? '')?.[1] ?? '';
const noWayOut: Outcome = {
  verdict: 'broken',
  says: 'is answered with HTTP 503 by the gate, which gets no connection to the partner',
  holds: ({ http }) => http.status === 503 && http.body.startsWith('upstream connect error'),
};
const handedOn = (status: number): Ending => ({ status, flags: [], details: 'via_upstream' });
const noKey: Ending = {
  status: 503,
  flags: ['UF', 'URX'],
  details: /^upstream_reset_before_response_started\{remote_connection_failure.*Secret_is_not_supplied_by_SDS.*\}$/,
};
/** Calls, some twenty a second, before and after the certificate is another one. */
const [earlier, later] = [50, 100];
/** Moments of the load. */
const [replacing, known] = ['the Secret is replaced', 'the partner has seen the other certificate'];
const account = (name: string) => `--as=system:serviceaccount:${namespace}:${name}`;
const gatePods = [
  'get',
  'pods',
  '-l',
  'app=gate',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}',
];
const pods = (where: string) => [
  '-n',
  where,
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount} {.status.initContainerStatuses[*].restartCount}{"\\n"}{end}',
];
/** What the pod of the billing could read a Secret from. */
const volumes = (fields: string) => ['get', 'pod', '-l', 'app=billing', '-o', `jsonpath=${fields}`];
/** Fetches a certificate that the partner has signed, with its key, and the certificate of the partner's authority. */
const fetched = (which: 'first' | 'second') => `set -e
of_partner() { kubectl -n ${legacy} exec deployment/partner -c nginx -- cat /tls/$1; }
of_partner ${which}.crt > tls.crt
of_partner ${which}.key > tls.key
of_partner ca.crt > ca.crt
files='--from-file=tls.crt --from-file=tls.key --from-file=ca.crt'
`;
const keep = `${fetched('first')}kubectl -n ${namespace} create secret generic partner-client $files`;
const replace = `${fetched('second')}kubectl -n ${namespace} create secret generic partner-client $files --dry-run=client -o yaml | kubectl replace -f -`;

exercise(
  'An egress gateway holds the client certificate that a partner demands, and the application cannot read it',
  {
    persona: 'Ahmed Hassan',
    question:
      'A partner demands a client certificate. Today each application that calls it has a copy of the key. Can it lie in one place, and be renewed there?',
    proof: `The partner tells in each answer who called: address, TLS version, and subject and serial number of the certificate that it was shown. Before, a plain call of the billing ends with 400, and one with TLS too, since it has no certificate. After, the same http:// command is answered, and what the partner saw is the address of the gate and the gate's certificate. The account of the billing may not read the Secret nor list Secrets, and no volume of its pod comes from one. Then the gate runs under an account that may not list Secrets, in a new pod that is else the same: calls end in 503, the log of the gate says that no Secret was given to it, and istiod's log names the new pod and the certificate that it refused. Under its own account the gate is answered again. At last the Secret gets another certificate while calls are made all the time. The partner sees the new serial number, ${later} calls or more after that and all before it are answered with 200, and every pod is the same, without a restart.`,
    takeaway:
      'Put the key where a gateway uses it and the application cannot read it; the right to list Secrets decides whether the gateway is given it, and to renew it is to replace a Secret.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e2.a10', 'm8.e2.a11', 'm8.e2.a12'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway-tls-origination/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const billing = cluster.client('deployment/billing');
    const call = billing.curl(...partner());
    const billingsLog = new ProxyLines(cluster, 'deployment/billing', 'call');
    const gatesLog = new ProxyLines(cluster, 'deployment/gate', 'call');
    const gate = async (except = '') => {
      const list = await cluster.eventually('the gate is one pod', gatePods, (output) => {
        const lines = output.trim().split('\n');
        return lines.length === 1 && /^gate-\S+ \d/.test(output) && (except === '' || !output.startsWith(`${except} `));
      });
      const [pod = '', address = ''] = list.trim().split(' ');
      return { pod, address };
    };
    const gateRunsAs = async (name: string) => {
      const { pod } = await gate();
      await cluster.kubectl('set', 'serviceaccount', 'deployment/gate', name);
      await cluster.kubectl('rollout', 'status', 'deployment/gate', '--timeout=80s');
      return gate(pod);
    };
    const mayOrNot = async (answer: 'yes' | 'no', name: string, ...what: readonly string[]) => {
      const { stdout } = await cluster.attempt('kubectl', '-n', namespace, 'auth', 'can-i', ...what, account(name));
      await lesson.check(`the answer for the account ${name} is ${answer}`, stdout.trim(), (said) => said === answer);
    };

    await lesson.step('Before: the partner takes TLS alone, and a certificate that the billing has not', async () => {
      const { exitCode } = await cluster.shell(keep);
      await lesson.check('certificate and key lie in a Secret', exitCode, (code) => code === 0);
      await call.settlesOn(withoutTls);
      await billing.curl(...byTls).settlesOn(withoutCertificate);
    });

    await lesson.step('Calls to the partner go to a gate, and the gate shows the certificate', async () => {
      await cluster.change('20-one-door.yaml');
    });

    let { address } = await gate();
    await lesson.step('After: the partner is called by the gate, with its certificate, and answers', async () => {
      await call.settlesOn(seen(address, firstName));
      const replies = await billing.newConnections(1, ...partner('?call=by-the-gate'));
      await lesson.check('one call is made', replies.map(shows(firstName)), (all) => all.join() === 'true');
      const { cluster: ofBilling } = await billingsLog.tellsOf('by-the-gate', handedOn(200));
      const { cluster: ofGate } = await gatesLog.tellsOf('by-the-gate', handedOn(200));
      await lesson.check(
        'the billing went to the gate, and the gate to the partner',
        { ofBilling, ofGate },
        (targets) =>
          targets.ofBilling === `outbound|443||gate.${namespace}.svc.cluster.local` &&
          targets.ofGate === `outbound|443||${host}`,
      );
      await billing.curl(...byTls).settlesOn(withoutCertificate);
    });

    await lesson.step('The billing itself cannot get at the key', async () => {
      await mayOrNot('no', 'billing', 'get', 'secret/partner-client');
      await mayOrNot('no', 'billing', 'list', 'secrets');
      await mayOrNot('yes', 'gate', 'list', 'secrets');
      const names = (await cluster.kubectl(...volumes('{.items[0].spec.volumes[*].name}'))).stdout;
      const secrets = (
        await cluster.kubectl(
          ...volumes(
            '{.items[0].spec.volumes[*].secret.secretName}{.items[0].spec.volumes[*].projected.sources[*].secret.name}',
          ),
        )
      ).stdout;
      await lesson.check(
        'its pod has volumes, and none of them comes from a Secret',
        { volumes: names, secrets },
        (held) => held.volumes !== '' && held.secrets === '',
      );
    });

    await lesson.step('The gate runs under an account that may not list Secrets: no key, no connection', async () => {
      await mayOrNot('no', 'porter', 'list', 'secrets');
      const { pod } = await gateRunsAs('porter');
      await call.settlesOn(noWayOut);
      await billing.newConnections(1, ...partner('?call=without-key'));
      await gatesLog.tellsOf('without-key', noKey);
      await billingsLog.tellsOf('without-key', handedOn(503));
      const refused = `proxy ${pod}.${namespace} attempted to access unauthorized certificates partner-client`;
      await cluster.eventually(
        'istiod has refused the certificate to this pod',
        ['-n', 'istio-system', 'logs', 'deployment/istiod', '--since=5m'],
        (log) => log.includes(refused),
        'kubectl',
        { tell: (log) => log.split('\n').findLast((line) => line.includes(refused)) ?? '' },
      );
    });

    await lesson.step('Under its own account it is given the key again', async () => {
      ({ address } = await gateRunsAs('gate'));
      await call.settlesOn(seen(address, firstName));
    });

    await lesson.step('The Secret gets another certificate while the billing calls all the time', async () => {
      const all = async () =>
        (await cluster.kubectl(...pods(namespace))).stdout + (await cluster.kubectl(...pods(legacy))).stdout;
      const podsBefore = await all();
      const load = await billing.whileCalling(partner(), async (calls) => {
        await calls.calls(earlier);
        await calls.mark(replacing);
        await cluster.shell(replace);
        await calls.until('shows the second certificate', shows(secondName));
        await calls.mark(known);
        await calls.calls(later);
      });
      await lesson.check(
        `no call of at least ${earlier + later} fails`,
        failures(load.replies),
        ({ calls, failed }) => calls >= earlier + later && failed === 0,
      );
      const before = between(load, '', replacing);
      const after = between(load, known);
      await lesson.check(
        'the partner saw the first certificate in each call before the change, and the second in each at the end',
        {
          before: before.length,
          ofFirst: before.filter(shows(firstName)).length,
          after: after.length,
          ofSecond: after.filter(shows(secondName)).length,
        },
        (count) =>
          count.before >= earlier &&
          count.ofFirst === count.before &&
          count.after >= later &&
          count.ofSecond === count.after,
      );
      await lesson.check(
        'its serial number is another',
        { first: serialIn(before[0]), second: serialIn(after[0]) },
        (serial) => serial.first !== '' && serial.second !== '' && serial.first !== serial.second,
      );
      const firstShown = between(load, replacing).find(shows(secondName));
      await lesson.measure(
        'm8.e2.a12',
        'from the command to the first call with the new certificate',
        (firstShown?.at ?? Number.NaN) - (load.milestones[0]?.seconds ?? Number.NaN),
        'seconds',
      );
      await lesson.check(
        'every pod is the one of before, and no container was restarted',
        { before: podsBefore, now: await all() },
        ({ before: then, now }) => now === then && then.includes('gate-'),
      );
    });
  },
);
