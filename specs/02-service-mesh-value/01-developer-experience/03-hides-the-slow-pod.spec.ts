import {
  answeringPod,
  exercise,
  onceIn,
  onNewConnections,
  readReplies,
  type Reply,
  spread,
  tally,
} from '../../../helpers/index.ts';

const namespace = 'm2-e1-slow-pod';
const calls = 36;
/** That they all meet the two others. */
const luck = onceIn((2 / 3) ** calls);
/** How long the third backend waits before each answer. */
const delaySeconds = 0.8;
/** What takes less was not held up, on a busy machine either. */
const briefSeconds = 0.3;
const services = ['get', 'services', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.spec.clusterIP}{"\\n"}{end}'];
const pods = [
  'get',
  'pods',
  '-l',
  'app=backend',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}',
];
const served = [
  'get',
  'endpointslices',
  '-l',
  'kubernetes.io/service-name=backend',
  '-o',
  'jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}',
];
const table = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line): [string, string] => {
      const [name = '', address = ''] = line.split(' ');
      return [name, address];
    });

exercise(
  'Service hides which of its pods is slow',
  {
    persona: 'Marcus Chen',
    question:
      'Every third page takes almost a second. Which of my backends is it, and why does finding out take hours?',
    proof: `With two backends no call of ${calls} takes as long as the third one will; with the third the timings fall into two groups with next to none between them. If each call meets each backend equally often, ${calls} calls miss the slow one ${luck}. Whatever the client is given is then compared between the groups: address, status, headers and the name in the answer are the same, and neither a pod's name nor its address occurs. That one pod is the cause, and could be named, is seen by going round the Service and calling each pod by itself.`,
    takeaway: 'A client sees one address and two speeds; which pod is the slow one is known to nobody it can ask.',
    needs: ['k8s'],
    proves: ['m2.e1.a5', 'm2.e1.a6'],
    errata: ['E206'],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const debug = cluster.client('pod/debug');
    const addresses = new Map(table((await cluster.kubectl(...services)).stdout));
    const backendAddress = addresses.get('backend') ?? '';

    await lesson.step("A name leads to the Service's address, and to no pod", async () => {
      for (const [name, address] of addresses) {
        const fullName = `${name}.${namespace}.svc.cluster.local`;
        await debug.eventually(
          `${fullName} is ${address}`,
          ['nslookup', fullName],
          ({ stdout }) =>
            (/^Name:\s*(\S+)\nAddress:\s*(\S+)/m.exec(stdout) ?? []).slice(1).join() === `${fullName},${address}`,
        );
      }
    });

    await lesson.step("The text's command prints the page, and a single sample", async () => {
      const typed = await debug.run('curl', '-w', String.raw`Time: %{time_total}s\n`, 'http://frontend/');
      await lesson.check(
        'a page and one time',
        typed.stdout,
        (text) => text.includes('<!DOCTYPE html>') && text.match(/^Time: [\d.]+s$/gm)?.length === 1,
      );
      const only = String.raw`for i in $(seq ${calls}); do curl -s -o /dev/null -w '%{time_total}\n' http://frontend/; done`;
      await debug.eventually(
        `with the page thrown away ${calls} times stand in ${calls} lines`,
        ['sh', '-c', only],
        ({ stdout }) => stdout.match(/^\d+\.\d+$/gm)?.length === calls && stdout.trim().split('\n').length === calls,
      );
    });

    await lesson.step('Before: two backends, and no call is slow', async () => {
      // Again where a single call was late: on a busy machine one is, but a slow pod of two delays every second call.
      await debug.eventually(
        `all ${calls} calls are answered, none after ${delaySeconds} s or more (they miss one of two pods by chance ${onceIn(0.5 ** calls)})`,
        onNewConnections(calls, ['http://backend/']),
        ({ stdout }) => {
          const replies = readReplies(stdout);
          return (
            replies.filter(({ status }) => status === 200).length === calls &&
            replies.every(({ seconds }) => seconds < delaySeconds)
          );
        },
        {
          tell: (output) =>
            `seconds: ${readReplies(output)
              .map(({ seconds }) => seconds)
              .join(', ')}`,
        },
      );
    });

    await lesson.step('A third backend joins them, and takes its time', async () => {
      await cluster.change('20-third-backend.yaml');
    });

    let replies: readonly Reply[] = [];
    await lesson.step('After: some calls are slow, and the others are as before', async () => {
      await cluster.eventually(
        'the Service has three pods',
        served,
        (list) => list.split(' ').filter((word) => word !== '').length === 3,
      );
      await debug.eventually(
        'calls of the Service reach the third one too: one took its time',
        ['curl', '-s', '-o', '/dev/null', '-w', '%{time_total}', 'http://backend/'],
        ({ stdout }) => Number(stdout) >= delaySeconds,
      );
      replies = await debug.newConnections(calls, 'http://backend/');
      const seconds = replies.map((reply) => reply.seconds);
      const groups = tally(replies, (reply) =>
        reply.seconds < briefSeconds ? 'brief' : reply.seconds < delaySeconds ? 'between' : 'slow',
      );
      await lesson.show(
        `Seconds of ${calls} calls of one name`,
        spread('seconds', seconds, new Map([['delay of one pod', delaySeconds]])),
      );
      await lesson.check(
        `they fall into two groups, under ${briefSeconds} s and over ${delaySeconds} s, with fewer between than in either (${calls} calls miss one of three pods by chance ${luck})`,
        Object.fromEntries(groups),
        ({ brief = 0, between = 0, slow: delayed = 0 }) => between < Math.min(brief, delayed),
      );
    });

    const backends = table((await cluster.kubectl(...pods)).stdout);
    await lesson.step('And nothing that the client was given says which pod it is', async () => {
      const given = tally(replies, (reply) =>
        [
          `HTTP ${reply.status} from ${reply.remoteIp}`,
          ...Object.keys(reply.headers),
          `by ${answeringPod(reply.body)}`,
        ].join(', '),
      );
      await lesson.check(
        "slow or not, it is the Service's address, with the same headers, by the same name",
        [...given],
        (seen) => seen.length === 1 && seen[0]?.[0].includes(`from ${backendAddress}, `) === true,
      );
      const everything = JSON.stringify(replies);
      await lesson.check(
        'neither a name nor an address of the three pods occurs in any answer',
        backends.flat(),
        (words) => words.length === 6 && words.every((word) => word !== '' && !everything.includes(word)),
      );
    });

    await lesson.step('Only who goes round the Service, pod by pod, finds it', async () => {
      const measured: [string, number][] = [];
      for (const [name, address] of backends) {
        const three = await debug.newConnections(3, `http://${address}/`);
        measured.push([name, Math.min(...three.map(({ seconds }) => seconds))]);
      }
      lesson.table(
        'Each pod called by its own address',
        ['pod', 'seconds'],
        measured.map(([name, seconds]) => [name, seconds.toFixed(3)]),
      );
      await lesson.check(
        'one pod is slow each time, and it is the third',
        measured.filter(([, seconds]) => seconds >= delaySeconds).map(([name]) => name),
        (names) => names.join() === 'backend-third',
      );
    });
  },
);
