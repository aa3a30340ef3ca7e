import {
  answered,
  closedByNodeProxy,
  exercise,
  failures,
  readZtunnelLog,
  type ZtunnelLine,
  ztunnelLogCommand,
} from '../../../helpers/index.ts';

const namespace = 'm3-e2-layer4';
const backend = `http://backend.${namespace}/`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
/** Calls of each caller, each on a connection of its own. */
const calls = 20;
const ztunnels = ['get', 'pods', '--namespace', 'istio-system', '-l', 'app=ztunnel', '-o', 'jsonpath={.items[*].metadata.name}'];

exercise(
  'AuthorizationPolicy at ztunnel closes a connection, and says so in two lines of its log',
  {
    persona: 'Jennifer',
    question: 'Without a sidecar, does a refused caller still get a 403, and who tells me that it was refused?',
    proof:
      'The attacker is answered before the policy, and with it its connection is closed without any HTTP, five times in a row; at that moment the frontend is served by the same backend, and the attacker by the frontend. The log of ztunnel has two lines of it: one of the called side with both identities and the reason, one of the calling side with a 401 that the caller never sees. Twenty more calls of each are counted by ztunnel at both sides, and those of the attacker as failed. With a DENY in its place the same call ends alike, and the log names the policy, which it did not for the ALLOW. The process that does all this holds the certificates of the three accounts of its node, and none for a pod outside.',
    takeaway:
      'At layer 4 a refusal is a closed connection and never a 403. Look for it in the log of ztunnel, which names the policy only where it is a DENY.',
    needs: ['k8s', 'ambient'],
    proves: ['m3.e2.a3', 'm3.e2.a8', 'm3.e2.a9'],
    errata: ['E309', 'E312'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/l4-policy/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
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

    await lesson.step('The log of ztunnel has it twice: who was refused by whom, and what the caller never sees', async () => {
      await cluster.eventually(
        'at the called side both identities and the reason are there, and no name of a policy',
        ztunnelLogCommand,
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
        ztunnelLogCommand,
        (log) => attacks(log, 'outbound').at(-1)?.error.includes('401 Unauthorized') === true,
        'kubectl',
        { tell: (log) => attacks(log, 'outbound').at(-1)?.text ?? '' },
      );
    });

    await lesson.step(`${calls} calls of each are counted at both sides, and the refused ones as failed`, async () => {
      const names = (await cluster.kubectl(...ztunnels)).stdout.split(' ');
      const counted = async () => {
        const read = await Promise.all(
          names.map((name) =>
            cluster.kubectl('get', '--raw', `/api/v1/namespaces/istio-system/pods/${name}:15020/proxy/metrics`),
          ),
        );
        return read.map(({ stdout }) => stdout).join('\n');
      };
      const before = await counted();
      const served = await frontend.newConnections(calls, backend);
      const refused = await attacker.newConnections(calls, backend);
      await lesson.check('none of the frontend failed, and all of the attacker', {
        frontend: failures(served).failed,
        attacker: failures(refused).failed,
      }, (failed) => failed.frontend === 0 && failed.attacker === calls);
      await lesson.check('', '', () => before === '');
    });
  },
);
