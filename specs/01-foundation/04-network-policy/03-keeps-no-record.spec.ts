import { answered, blockedByNetwork, exercise } from '../../../helpers/index.ts';

const log = ['logs', 'deployment/backend'];
const linesWith = (word: string, output: string) => output.split('\n').filter((line) => line.includes(word)).length;
// A probe that came late on a busy machine says nothing about a refused call.
const listed = '{range .items[*]}{.reason} {.involvedObject.kind}/{.involvedObject.name} {.count}{"\\n"}{end}';
const events = ['get', 'events', '--field-selector=reason!=Unhealthy', '-o', `jsonpath=${listed}`];

exercise(
  'NetworkPolicy keeps no record and encrypts nothing',
  {
    persona: 'Sarah Martinez',
    question: 'The auditor asks who was turned away last night, and who could have read the rest. What do I show?',
    proof:
      "Every call carries a word of its own. The words of answered calls are found in the backend's log, before the policy and under it, so the log works; the word of the refused ones is not, no event is added, and the policy itself has no status. Then tcpdump listens beside the backend: the secret that the frontend sends stands in the packets as it was typed.",
    takeaway: 'Who was refused is written nowhere, and who was let in can be read by anyone on the way.',
    needs: ['k8s', 'netpol', 'pcap'],
    proves: ['m1.e4.a8', 'm1.e4.a9'],
    errata: ['E113'],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attacker = cluster.client('pod/attacker');
    const frontend = cluster.client('deployment/frontend');

    await lesson.step('Before: a call of the attacker leaves a line in the log of the backend', async () => {
      await attacker.curl('http://backend/?call=before').settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        'the log has the calls of the attacker',
        log,
        (text) => linesWith('call=before', text) >= 5,
      );
    });

    await lesson.step('The policy is applied, and shuts the attacker out of the backend alone', async () => {
      await cluster.change('20-backend-policy.yaml');
      await attacker.curl('http://backend/?call=gate').settlesOn(blockedByNetwork, { inARow: 1 });
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('After: refused calls leave no line and no event', async () => {
      const before = (await cluster.kubectl(...events)).stdout;
      await attacker.curl('http://backend/?call=refused').settlesOn(blockedByNetwork);
      await frontend.curl('http://backend/?call=allowed').settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        'the log has the allowed calls of the same minute, and none of the refused ones',
        log,
        (text) => linesWith('call=allowed', text) >= 5 && linesWith('call=refused', text) === 0,
      );
      await cluster.eventually('no event was added', events, (after) => after === before, 'kubectl', {
        staysMs: 2_000,
      });
      await lesson.check(
        'the policy has no status that could count',
        (await cluster.kubectl('get', 'networkpolicy', 'backend-policy', '-o', 'yaml')).stdout,
        (yaml) => yaml.includes('podSelector') && !/^status:/m.test(yaml),
      );
    });

    await lesson.step('And what is let in travels in the clear', async () => {
      const address = ['get', 'pods', '-l', 'app=frontend', '-o', 'jsonpath={.items[0].status.podIP}'];
      const { stdout: ip } = await cluster.kubectl(...address);
      const wire = await cluster.capture('deployment/backend', { filter: `tcp port 80 and host ${ip}` }, async () => {
        await frontend.curl('-H', 'X-Account: 4711-0815', 'http://backend/').settlesOn(answered(200), { inARow: 1 });
      });
      const request = wire.text.slice(wire.text.lastIndexOf('GET /')).split('\n', 5);
      await lesson.check(
        'the packets show method, host and secret',
        request.map((line) => line.trim()),
        (lines) => ['GET / HTTP/1.1', 'Host: backend', 'X-Account: 4711-0815'].every((line) => lines.includes(line)),
      );
      lesson.table(
        'Questions to take along',
        ['question', 'answer'],
        [
          [
            'How would you audit what was allowed or denied?',
            'Allowed calls: in the log of each application, by address. Denied calls: not at all, as seen here.',
          ],
          [
            'Which controls are impossible with NetworkPolicy alone?',
            'Encryption and a record, as seen here; methods, paths and tokens, as seen in the claim before.',
          ],
        ],
      );
    });
  },
);
