import { randomUUID } from 'node:crypto';

import { answeringPod, barChart, chanceOfOnlyOne, exercise, onceIn, tally } from '../../../helpers/index.ts';

const calls = 30;
const everyLog = ['logs', '-l', 'app=backend', '--prefix', '--tail=-1'];
const frontendPod = [
  'get',
  'pods',
  '-l',
  'app=frontend',
  '-o',
  'jsonpath={.items[*].metadata.name} {.items[*].status.podIP}',
];
/** Client address, user, time, request, status and size, referrer, program, forwarded-for: all that a line has. */
const accessLog = /^\S+ (\S+) - - \[[^\]]+\] "([A-Z]+) (\S+) HTTP\/1\.1" (\d{3}) \d+ "-" "curl\/[\d.]+" "-"$/;

exercise(
  'Logs name an address, not a caller',
  {
    persona: 'Sarah Martinez',
    question: 'Service A talked to service B. Can I prove it to an auditor with what Kubernetes gives me?',
    proof:
      'Every call carries an identifier that occurs nowhere else, so each line belongs to one call for certain. All 30 calls were answered and all 30 are in the logs of the three pods together: the logs work. Each line is read whole, field by field; there is no room in it for the name or the account of the caller. While the caller runs, its address leads to it; after its pod was replaced, the same question no longer does.',
    takeaway: 'An access log says that an address asked; who had that address is forgotten with the pod.',
    needs: ['k8s'],
    proves: ['m1.e3.a1', 'm1.e3.a2', 'm1.e3.a3', 'm1.e3.a4'],
    errata: ['E110', 'E112'],
    readMore: 'https://kubernetes.io/docs/concepts/cluster-administration/logging/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const run = randomUUID();
    const ofThisRun = (text: string) => text.split('\n').filter((line) => line.includes(run));
    const [name = '', ip = ''] = (await cluster.kubectl(...frontendPod)).stdout.split(' ');
    let log: string[] = [];

    await lesson.step(`The frontend calls the backend ${calls} times, and is answered each time`, async () => {
      await frontend.burstShows(
        'all three pods answer',
        ['http://backend/'],
        (replies) =>
          replies.every(({ status }) => status === 200) &&
          new Set(replies.map(({ body }) => answeringPod(body))).size === 3,
      );
      const replies = await frontend.newConnections(calls, `http://backend/?run=${run}`);
      await lesson.check(
        `all ${calls} were answered with 200`,
        [...tally(replies, ({ status }) => `${status}`)],
        (seen) => seen.join() === `200,${calls}`,
      );
    });

    await lesson.step('How much traffic was it? One log has a part, all logs have it all', async () => {
      await cluster.eventually(
        `the logs of all pods have ${calls} lines`,
        everyLog,
        (text) => ofThisRun(text).length === calls,
      );
      log = ofThisRun((await cluster.kubectl(...everyLog)).stdout);
      const one = ofThisRun((await cluster.kubectl('logs', 'deployment/backend')).stdout).length;
      await lesson.check(
        `kubectl logs deployment/backend has fewer (by chance one of three pods gets all ${calls} calls ${onceIn(chanceOfOnlyOne(calls, 3))})`,
        one,
        (lines) => lines < calls,
      );
      await lesson.show('Lines of the 30 calls, by pod', barChart('lines', tally(log, podOf)));
    });

    await lesson.step('Who called? Each line has an address, and nothing that names a workload', async () => {
      await lesson.check(
        `each line has address, method, path and status: ${ip}, GET, /?run=…, 200`,
        log,
        (lines) =>
          lines.length === calls && lines.every((line) => fields(line).join(' ') === `${ip} GET /?run=${run} 200`),
      );
      await lesson.check('no line names the frontend, its account or a decision', log, (lines) =>
        lines.every((line) => !/frontend|serviceaccount|spiffe|allow|den(y|ied)/i.test(line.slice(line.indexOf(' ')))),
      );
    });

    await lesson.step('And once the pod is replaced, the address leads to it no more', async () => {
      const owner = ['get', 'pods', '-A', `--field-selector=status.podIP=${ip}`, '-o', 'name'];
      await lesson.check('before, the address leads to the caller', (await cluster.kubectl(...owner)).stdout, (found) =>
        found.includes(`pod/${name}`),
      );
      await cluster.kubectl('delete', 'pod', name);
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=60s');
      await cluster.eventually(
        'the address leads to nobody, or to a pod that never called',
        owner,
        (found) => !found.includes(`pod/${name}`),
      );
      const later = (await cluster.kubectl(...frontendPod)).stdout;
      await lesson.check(
        'the frontend now has another name',
        { name, later },
        (seen) => !seen.later.includes(seen.name),
      );
      await lesson.check(
        'and the log still has the old address, which is all that it has',
        ofThisRun((await cluster.kubectl(...everyLog)).stdout),
        (lines) => lines.length === calls && lines.every((line) => fields(line)[0] === ip),
      );
    });
  },
);

/** Address, method, path and status of a line; none where it holds anything else besides. */
function fields(line: string): string[] {
  return accessLog.exec(line)?.slice(1) ?? [];
}

/** The prefix that kubectl puts before a line: `[pod/backend-…/hello]`. */
function podOf(line: string): string {
  return line.split('/')[1] ?? line;
}
