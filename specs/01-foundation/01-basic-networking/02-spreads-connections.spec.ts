import {
  answeringPod,
  barChart,
  chanceOfLeavingOut,
  chanceOfOnlyOne,
  exercise,
  onceIn,
  type Reply,
  tally,
} from '../../../helpers/index.ts';

const url = 'http://backend/';
const oneIsMissed = `of 40 calls; by chance one of three pods is missed ${onceIn(chanceOfLeavingOut(40, 3))}`;
const allMeetOne = `of 20 calls; by chance all meet the same pod ${onceIn(chanceOfOnlyOne(20, 3))}`;
const countingConnections = `curl --silent --output /dev/null --write-out %{num_connects} ${url}?n=[1-20]`.split(' ');
const whoAnswered = ({ body, status }: Reply) => answeringPod(body) ?? `HTTP ${status}`;
const pods = (replies: readonly Reply[]) => tally(replies, whoAnswered).size;
const answeredBy = (replies: readonly Reply[], count: (pods: number) => boolean) =>
  replies.every(({ status }) => status === 200) && count(pods(replies));

exercise(
  'Service spreads connections over its pods, not requests',
  {
    persona: 'Sarah Martinez',
    question: 'We never wrote a load balancer, and yet all three pods are busy. Who spreads the work, and how evenly?',
    proof:
      'Every answer names the pod that gave it. How seldom forty connections miss one of three pods by luck, or twenty all hit the same one, stands beside each result, so neither is chance. Between the bursts only the affinity of the Service is changed, and set back. curl itself counts the connections that it opens: one for the first of twenty requests, none for the others.',
    takeaway:
      'Kubernetes chooses a pod once for each connection, in the network of the node; requests on an open connection all go to the same pod.',
    needs: ['k8s'],
    proves: ['m1.e1.a6', 'm1.e1.a7', 'm1.e1.a8', 'm1.e1.a9'],
    errata: ['E105', 'E106'],
    readMore: 'https://kubernetes.io/docs/reference/networking/virtual-ips/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const debug = cluster.client('pod/debug');
    const clusterIp = (await cluster.kubectl('get', 'service', 'backend', '-o', 'jsonpath={.spec.clusterIP}')).stdout;
    const show = (title: string, replies: readonly Reply[]) =>
      lesson.show(title, barChart('answers', tally(replies, whoAnswered)));

    await lesson.step('Before: 40 new connections to one address reach all three pods', async () => {
      // The pods are ready first; the rules that send connections to them, kube-proxy writes a moment later.
      await debug.burstShows('the address leads to three pods', [url], (burst) =>
        answeredBy(burst, (count) => count === 3),
      );
      const replies = await debug.newConnections(40, url);
      await show('Who answered: 40 calls, each on a new connection', replies);
      await lesson.check(
        `all three pods answered (${oneIsMissed})`,
        [...tally(replies, whoAnswered)],
        (counts) => counts.length === 3 && answeredBy(replies, (count) => count === 3),
      );
      await lesson.check(
        'and each connection went to the address of the Service',
        [...new Set(replies.map(({ remoteIp }) => remoteIp))],
        (addresses) => addresses.join() === clusterIp,
      );
    });

    await lesson.step('Before: 20 requests on one connection all reach the same pod', async () => {
      await debug.eventually('curl opens one connection for 20 requests', countingConnections, ({ stdout }) =>
        /^10{19}$/.test(stdout),
      );
      const replies = await debug.oneConnection(20, url);
      await show('Who answered: 20 calls on one connection', replies);
      await lesson.check('one pod answered all 20', [...tally(replies, whoAnswered)], () =>
        answeredBy(replies, (count) => count === 1),
      );
    });

    await lesson.step('The Service is told to keep a client at its pod', async () => {
      await cluster.change('20-sticky.yaml');
    });

    await lesson.step('After: 20 new connections reach one pod', async () => {
      await debug.burstShows('new connections have stopped spreading', [url], (burst) =>
        answeredBy(burst, (count) => count === 1),
      );
      const replies = await debug.newConnections(20, url);
      await show('Who answered: 20 new connections, with affinity', replies);
      await lesson.check(`one pod answered all (${allMeetOne})`, [...tally(replies, whoAnswered)], () =>
        answeredBy(replies, (count) => count === 1),
      );
      await lesson.check(
        'the affinity lasts three hours',
        (await cluster.kubectl('get', 'service', 'backend', '-o', 'jsonpath={.spec.sessionAffinityConfig}')).stdout,
        (config) => config.includes('"timeoutSeconds":10800'),
      );
    });

    await lesson.step('And without affinity they spread again', async () => {
      await cluster.change('30-not-sticky.yaml');
      await debug.burstShows('new connections spread again', [url], (burst) => answeredBy(burst, (count) => count > 1));
      const replies = await debug.newConnections(20, url);
      await show('Who answered: 20 new connections, without affinity', replies);
      await lesson.check(`at least two pods answered (${allMeetOne})`, [...tally(replies, whoAnswered)], () =>
        answeredBy(replies, (count) => count > 1),
      );
    });

    await lesson.step('And who does this is the node: no pod, and no proxy beside the application', async () => {
      const mode = await cluster
        .client('pod/node-process')
        .run('curl', '--silent', '--max-time', '3', 'http://127.0.0.1:10249/proxyMode');
      await lesson.check(
        'the node names the mode of its kube-proxy, or has none that answers',
        `exit code ${mode.exitCode} ${mode.stdout}`,
        (said) => /^exit code 0 (iptables|nftables|ipvs|kernelspace)$|^exit code 7 /.test(said),
      );
      const found = mode.exitCode === 0 ? `kube-proxy in mode ${mode.stdout}` : 'not kube-proxy: it does not answer';
      lesson.table(
        'Questions to take along',
        ['question', 'answer'],
        [
          ['Which address was called in all requests?', `Always ${clusterIp}, the address of the Service.`],
          [
            'How did the answering pod change before and after the affinity?',
            'Before, three pods took turns; with it, one pod answered all calls of this client; without it, several again.',
          ],
          [
            'Where does the balancing happen?',
            `In the network of the node on which the caller runs, once for each connection. Here: ${found}.`,
          ],
        ],
      );
    });
  },
);
