import { randomUUID } from 'node:crypto';

import { answered, exercise, connectionRefused, percentile, spread, tally } from '../../../helpers/index.ts';

const log = ['logs', '-l', 'app=backend', '--tail=-1'];
const timed = 100;
const metricsPorts = [15020, 15090];

exercise(
  'Logs miss the calls that failed, and nothing measures the others',
  {
    persona: 'Sarah Martinez',
    question: 'Last night some calls failed and some were slow. Which ones, and how slow? Where do I look?',
    proof:
      'Every call carries an identifier of its own. The failed calls are seen to fail at the caller, and the calls that it makes right after them are in the log: so the log works, and the failed ones are not in it. The search for errors that the text proposes finds nothing after five failures, and finds something after a healthy call whose path has the word in it. Nothing near the pods counts requests: the ports where a mesh would publish its numbers have no listener, on the same address whose port 80 answers.',
    takeaway:
      'Kubernetes records neither failed calls nor latency nor traffic between services; what one client measured is all there is.',
    needs: ['k8s'],
    proves: ['m1.e3.a5', 'm1.e3.a6', 'm1.e3.a7', 'm1.e3.a8'],
    errata: ['E111', 'E113'],
    readMore: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const namespace = cluster.namespaces[0] ?? '';
    const frontend = cluster.client('deployment/frontend');
    const ip = (await cluster.kubectl('get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={..podIP}')).stdout;
    const [closed, open] = [randomUUID(), randomUUID()];
    const search = async () => {
      const { exitCode, stdout } = await cluster.shell(`set -e
kubectl --namespace ${namespace} logs -l app=backend --tail=-1 | grep -i error
echo "on to the next question"`);
      return { exitCode, stdout };
    };

    await lesson.step('Did any calls fail? Five do at the caller, and leave no line', async () => {
      await frontend.curl(`http://${ip}:81/?run=${closed}`).settlesOn(connectionRefused);
      await frontend.curl(`http://${ip}/?run=${open}`).settlesOn(answered(200, 'backend-'));
      await cluster.eventually(
        'the log has the five calls made after them, and none of the failed ones',
        log,
        // More than five where one of them had to be made again.
        (text) => text.split(open).length - 1 >= 5 && !text.includes(closed),
      );
    });

    await lesson.step('And a search for errors finds words, not failures', async () => {
      await lesson.check(
        'after five failed calls it finds nothing, ends with 1 and stops the script',
        await search(),
        ({ exitCode, stdout }) => exitCode === 1 && stdout === '',
      );
      await frontend.curl('http://backend/error-free').settlesOn(answered(200), { inARow: 1 });
      await cluster.eventually('the healthy call is in the log', log, (text) => text.includes('/error-free'));
      await lesson.check(
        'after one healthy call it finds something',
        await search(),
        ({ exitCode, stdout }) => exitCode === 0 && stdout.includes('/error-free') && stdout.includes(' 200 '),
      );
    });

    await lesson.step(`How fast is it? ${timed} timed calls, seen by this one client only`, async () => {
      const replies = await frontend.newConnections(timed, 'http://backend/');
      const ms = replies.map(({ seconds }) => Math.round(seconds * 1e5) / 100);
      const [p50, p99] = [percentile(ms, 50), percentile(ms, 99)];
      await lesson.check(
        `all ${timed} were answered`,
        [...tally(replies, ({ status }) => `${status}`)],
        (seen) => seen.join() === `200,${timed}`,
      );
      await lesson.check(
        'half of them took less than a second',
        { p50, p99 },
        (seen) => seen.p50 > 0 && seen.p50 < 1000,
      );
      const marks = new Map([
        ['p50', p50],
        ['p99', p99],
      ]);
      await lesson.show(`How long each of ${timed} calls took`, spread('milliseconds', ms, marks));
      lesson.table(
        `Measured here, from one client, n = ${timed}`,
        ['the one call of the text', 'p50', 'p99', 'slowest'],
        [[ms[0] ?? 0, p50, p99, Math.max(...ms)].map((value) => `${value} ms`)],
      );
    });

    await lesson.step('And no mesh counts requests here yet: nothing publishes istio_requests_total', async () => {
      for (const port of metricsPorts)
        await frontend.curl(`http://${ip}:${port}/stats/prometheus`).settlesOn(connectionRefused, { inARow: 2 });
      await frontend.curl(`http://${ip}/`).settlesOn(answered(200, 'backend-'), { inARow: 1 });
      lesson.table(
        'Questions to take along',
        ['question', 'answer'],
        [
          [
            'What can you learn about communication between services?',
            'Calls that arrived: address, method, path and status, in the log of each pod, as the claim before shows.',
          ],
          [
            'Which visibility is missing for security and troubleshooting?',
            'Who the caller was, calls that never arrived, latency and traffic beyond one client, and any count of them.',
          ],
        ],
      );
    });
  },
);
