import {
  answered,
  blockedByNetwork,
  closedByNodeProxy,
  exercise,
  heldUpByNetwork,
  madeAt,
  refusedTo,
  type ZtunnelLine,
  ZtunnelLines,
} from '../../../helpers/index.ts';

const namespace = 'm3-e7-ports';
const backend = `http://backend.${namespace}/`;
const addressOfProbes = '169.254.7.127';
/** How ztunnel tells of a tunnel that the network does not let through: packets dropped, or rejected. */
const heldUp = /maybe a NetworkPolicy is blocking HBONE port 15008|Connection refused/;
/** ztunnel gives a connection up after ten seconds, and logs it then. */
const givenUpMs = 20_000;
/** Ten probes. */
const tenProbesMs = 20_000;
const readiness = [
  'get',
  'pods',
  '-l',
  'app=backend',
  '-o',
  'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}',
];
/** Three probes, and what is called meanwhile. */
const probeLog = ['logs', 'deployment/backend', '--container', 'server', '--since=6s'];
/** How long a port is watched that is to stay blocked: a network heeds a policy within a second. */
const staysMs = 5_000;
/** Asks the other port from the frontend, and prints 000 where no answer comes. */
const statusOfOtherPort = [
  'exec',
  'deployment/frontend',
  '--',
  'sh',
  '-c',
  `curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' http://backend.${namespace}:8081/; true`,
];

exercise(
  'NetworkPolicy below ambient sees port 15008, and nothing behind it',
  {
    persona: 'Jennifer',
    question: 'Do our firewall rules survive when we enrol a namespace?',
    proof:
      'A policy admits the frontend to port 80 of a backend with two ports. Before enrolment it does what it says: the frontend is answered at 80 and blocked at 8081, the attacker is blocked. A second policy adds port 15008 and is taken away again, and 8081 stays blocked for five seconds: it is not the list that will open it. Enrolled, the frontend itself gets no answer, although its call is to port 80, and ztunnel logs that it gets no connection for its tunnel. With the second policy it is answered again and the attacker is not, so the network still tells the pods apart; but 8081, which neither of them lists, is answered too. A rule of ztunnel closes it: the call is closed there, for which ztunnel gives the rule as the reason, and served at 80, and without that rule it is answered once more. The probes of the pod are let in before and after.',
    takeaway:
      'Below ambient a NetworkPolicy says which pods may come, and no longer to which port: that rule moves into an AuthorizationPolicy.',
    needs: ['k8s', 'ambient', 'netpol'],
    proves: ['m3.e7.a1', 'm3.e7.a2', 'm3.e7.a3', 'm3.e7.a4'],
    errata: ['E310'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/networkpolicy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnel = new ZtunnelLines(cluster, await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('deployment/attacker');
    const work = frontend.curl(backend);
    const otherPort = frontend.curl(`http://backend.${namespace}:8081/`);
    const attack = attacker.curl(backend);
    const elsewhere = attacker.curl(`http://frontend.${namespace}/`);
    const served = answered(200, '"pod":"backend-');
    const isReady = async (says: string) =>
      cluster.eventually(says, readiness, (list) => list.trim() === 'True', 'kubectl', { staysMs: tenProbesMs });
    const isProbedFrom = async (says: string, holds: (client: string) => boolean) =>
      cluster.eventually(
        says,
        probeLog,
        (log) => {
          const clients = probesIn(log);
          return clients.length > 0 && clients.every(holds);
        },
        'kubectl',
        { tell: (log) => [...new Set(probesIn(log))].join(', ') },
      );
    /** Waits until the log of ztunnel tells what holds a caller up, which its own ending alone does not. */
    const isToldBy = async (caller: string) =>
      ztunnel.tell(
        `ztunnel tells what holds up the ${caller}: it gets no connection to the port of tunnels`,
        ({ direction, from, to, error }) =>
          direction === 'outbound' &&
          from.namespace === namespace &&
          from.workload.startsWith(`${caller}-`) &&
          to.workload.startsWith('backend-') &&
          heldUp.test(error),
        { settleMs: givenUpMs },
      );
    const notListed = refusedTo({ namespace, workload: 'backend' }, 'allow policies exist, but none allowed');
    const isOfFrontend = ({ from }: ZtunnelLine) =>
      from.identity === `spiffe://cluster.local/ns/${namespace}/sa/frontend`;

    await lesson.step('Before: the policy admits the frontend to port 80, and nobody to anything else', async () => {
      await work.settlesOn(served);
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
      await otherPort.settlesOn(blockedByNetwork);
      await attack.settlesOn(blockedByNetwork);
      await isProbedFrom(
        'probes come from another address than ambient gives them',
        (client) => client !== addressOfProbes,
      );
    });

    await lesson.step('A second policy lists port 15008 too, which changes nothing yet', async () => {
      await cluster.change('30-tunnel-port.yaml');
      await work.settlesOn(served);
      await cluster.eventually('port 8081 is not answered', statusOfOtherPort, (code) => code === '000', 'kubectl', {
        staysMs,
      });
      await otherPort.settlesOn(blockedByNetwork);
      await attack.settlesOn(blockedByNetwork);
      await cluster.revert('30-tunnel-port.yaml');
    });

    await lesson.step('The namespace is enrolled', async () => {
      await cluster.change('20-enrol.yaml');
    });

    await lesson.step('After: port 80 is open in the list, and the frontend gets no answer from it', async () => {
      await work.settlesOn(heldUpByNetwork);
      await isToldBy('frontend');
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And the probes still come in, from an address that ambient gives them', async () => {
      await isReady('the backend is Ready');
      await isProbedFrom(
        'probes come from the address that ambient gives them',
        (client) => client === addressOfProbes,
      );
    });

    await lesson.step('The second policy comes back: the frontend is answered, and the attacker is not', async () => {
      await cluster.change('30-tunnel-port.yaml');
      await work.settlesOn(served);
      await attack.settlesOn(heldUpByNetwork);
      await isToldBy('attacker');
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And so is the port that nobody has listed', async () => {
      await otherPort.settlesOn(served);
    });

    await lesson.step('The rule about ports, where ports can be seen: at ztunnel', async () => {
      await cluster.change('40-port-rule.yaml');
      await otherPort.settlesOn(closedByNodeProxy);
      await ztunnel.tell(
        'ztunnel has refused the account of the frontend there: no ALLOW fits',
        (line) => notListed(line) && isOfFrontend(line),
      );
      await work.settlesOn(served);
    });

    await lesson.step('And without it the port is open again', async () => {
      await cluster.revert('40-port-rule.yaml');
      await otherPort.settlesOn(served);
    });
  },
);

/** Addresses from which probes came, as the log of the test server has them. */
function probesIn(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"path":"/healthz"'))
    .map((line) => (JSON.parse(line) as { client: string }).client.replace('::ffff:', ''));
}
