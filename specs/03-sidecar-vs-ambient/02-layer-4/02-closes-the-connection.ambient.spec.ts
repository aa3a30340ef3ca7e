import {
  answered,
  closedByNodeProxy,
  connectionsCounted,
  exercise,
  failures,
  nodeNameOf,
  madeAt,
  readZtunnelLog,
  type ZtunnelLine,
  ztunnelLogCommand,
  ztunnelMetricsCommand,
  ztunnelOf,
} from '../../../helpers/index.ts';

const namespace = 'm3-e2-layer4';
const backend = `http://backend.${namespace}/`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
/** The labels by which ztunnel's counters of this namespace are told from others. */
const ofNamespace = { source_workload_namespace: namespace };
/** Calls of each caller, each on a connection of its own. */
const calls = 20;

exercise(
  'AuthorizationPolicy at ztunnel closes a connection, and says so in two lines of its log',
  {
    persona: 'Jennifer',
    question: 'Without a sidecar, does a refused caller still get a 403, and who tells me that it was refused?',
    proof:
      'The attacker is answered before the policy, and with it its connection is closed without any HTTP, five times in a row; at that moment the frontend is served by the same backend, and the attacker by the frontend. The log of ztunnel has two lines of it: one of the called side with both identities and the reason, one of the calling side with a 401 that the caller never sees. Twenty more calls of each are counted by ztunnel at both sides, and those of the attacker as failed. With a DENY in its place the same call ends alike, and the log names the policy, which it did not for the ALLOW. The process that does all this holds the certificate of each account that the namespace has on its node, and none for a pod outside that runs there too.',
    takeaway:
      'At layer 4 a refusal is a closed connection and never a 403. Look for it in the log of ztunnel, which names the policy only where it is a DENY.',
    needs: ['k8s', 'ambient'],
    proves: ['m3.e2.a3', 'm3.e2.a8', 'm3.e2.a9'],
    errata: ['E309', 'E312'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/l4-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnelLog = ztunnelLogCommand(await madeAt(cluster, namespace));
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('deployment/attacker');
    const work = frontend.curl(backend);
    const attack = attacker.curl(backend);
    const elsewhere = attacker.curl(`http://frontend.${namespace}/`);
    const isAttack = ({ from, to }: ZtunnelLine) =>
      from.namespace === namespace && from.workload.startsWith('attacker-') && to.workload.startsWith('backend-');
    /** Lines of the attacker's connections to the backend, of one side. */
    const attacks = (log: string, direction: ZtunnelLine['direction']) =>
      readZtunnelLog(log).filter((line) => isAttack(line) && line.direction === direction);

    await lesson.step('Before: both are answered', async () => {
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await attack.settlesOn(answered(200, '"pod":"backend-'));
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('The policy lists the account of the frontend', async () => {
      await cluster.change('20-frontend-only.yaml');
    });

    await lesson.step('After: the connection of the attacker is closed, and there is no 403', async () => {
      await attack.settlesOn(closedByNodeProxy);
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step(
      'The log of ztunnel has it twice: who was refused by whom, and what the caller never sees',
      async () => {
        await cluster.eventually(
          'at the called side both identities and the reason are there, and no name of a policy',
          ztunnelLog,
          (log) => {
            const last = attacks(log, 'inbound').at(-1);
            return (
              last?.from.identity === identity('attacker') &&
              last.to.identity === identity('backend') &&
              last.error.includes('allow policies exist, but none allowed') &&
              !last.error.includes('frontend-only')
            );
          },
          'kubectl',
          { tell: (log) => attacks(log, 'inbound').at(-1)?.text ?? '' },
        );
        await cluster.eventually(
          'at the calling side it is a tunnel that was refused with 401',
          ztunnelLog,
          (log) => attacks(log, 'outbound').at(-1)?.error.includes('401 Unauthorized') === true,
          'kubectl',
          { tell: (log) => attacks(log, 'outbound').at(-1)?.text ?? '' },
        );
      },
    );

    await lesson.step(`${calls} calls of each are counted at both sides, and the refused ones as failed`, async () => {
      const metrics = {
        source: ztunnelMetricsCommand(await ztunnelOf(cluster, 'frontend')),
        destination: ztunnelMetricsCommand(await ztunnelOf(cluster, 'backend')),
      };
      const before = {
        source: (await cluster.kubectl(...metrics.source)).stdout,
        destination: (await cluster.kubectl(...metrics.destination)).stdout,
      };
      const served = await frontend.newConnections(calls, backend);
      const refused = await attacker.newConnections(calls, backend);
      await lesson.check(
        'none of the frontend has failed, and each of the attacker',
        { frontend: failures(served).failed, attacker: failures(refused).failed },
        (failed) => failed.frontend === 0 && failed.attacker === calls,
      );
      for (const [side, flags] of [
        ['source', 'CONNECT'],
        ['destination', 'DENY'],
      ] as const) {
        const more = (text: string, counter: 'opened' | 'failed', caller: string, labels = {}) => {
          const wanted = {
            reporter: side,
            source_workload: caller,
            destination_workload: 'backend',
            ...ofNamespace,
            ...labels,
          };
          return connectionsCounted(text, counter, wanted) - connectionsCounted(before[side], counter, wanted);
        };
        await cluster.eventually(
          `ztunnel as ${side} has opened ${calls} more of each, and ${calls} more of the attacker have failed with ${flags}`,
          metrics[side],
          (text) =>
            more(text, 'opened', 'frontend') === calls &&
            more(text, 'opened', 'attacker') === calls &&
            more(text, 'failed', 'attacker', { response_flags: flags }) === calls &&
            more(text, 'failed', 'frontend') === 0,
          'kubectl',
          { tell: (text) => linesOf(text).join('\n') },
        );
      }
    });

    await lesson.step('A DENY in its place ends the call alike, and its name is in the log', async () => {
      await cluster.change('30-deny-attacker.yaml');
      await cluster.revert('20-frontend-only.yaml');
      await cluster.eventually(
        'a refusal of the attacker names the policy',
        ztunnelLog,
        (log) =>
          attacks(log, 'inbound').at(-1)?.error.includes(`explicitly denied by: ${namespace}/deny-attacker`) === true,
        'kubectl',
        {
          tell: (log) => attacks(log, 'inbound').at(-1)?.text ?? '',
          beforeEachLook: () => attacker.newConnections(1, backend),
        },
      );
      await attack.settlesOn(closedByNodeProxy);
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await elsewhere.settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And without it the attacker is answered', async () => {
      await cluster.revert('30-deny-attacker.yaml');
      await attack.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('Whoever takes over that process has the certificates of each account of its node', async () => {
      const name = await ztunnelOf(cluster, 'backend');
      const seen = await cluster.eventually(
        'it holds one of the backend',
        ['ztunnel-config', 'certificates', `${name}.istio-system`, '-o', 'json'],
        (text) => identitiesIn(text).includes(identity('backend')),
        'istioctl',
        { tell: (text) => identitiesIn(text).join('\n') },
      );
      const held = identitiesIn(seen).filter((each) => each.includes(`/ns/${namespace}`));
      const accounts = 'jsonpath={.items[*].spec.serviceAccountName}';
      const onNode = [
        'get',
        'pods',
        '--field-selector',
        `spec.nodeName=${await nodeNameOf(cluster, 'backend')}`,
        '-o',
        accounts,
      ];
      const { stdout: running } = await cluster.kubectl(...onNode);
      await lesson.check(
        'and of each account that runs there in the namespace, and of none outside the mesh',
        { held: held.toSorted(), running: running.split(' ').map(identity).toSorted() },
        (now) => now.held.length > 0 && now.held.join() === now.running.join(),
      );
    });
  },
);

/** Lines of connections in this namespace. */
function linesOf(metrics: string): string[] {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('istio_tcp_connections_') && line.includes(`"${namespace}"`));
}

/** Accounts whose certificates a ztunnel holds, each once. */
function identitiesIn(text: string): string[] {
  return [...new Set((JSON.parse(text) as { identity: string }[]).map((each) => each.identity))];
}
