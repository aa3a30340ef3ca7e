import { isDeepStrictEqual } from 'node:util';

import { answered, exercise, failsWith, connectionRefused } from '../../../helpers/index.ts';

const configMaps = ['get', 'configmaps', '-o', 'json'];
const running = [
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
];
/** What the text's two ConfigMaps hold. */
const wanted = {
  'logging-config': { 'log-level': 'info', format: 'json' },
  'retry-config': { 'max-retries': '3', timeout: '5s', backoff: 'exponential' },
};

exercise(
  'ConfigMap with retries makes nobody retry',
  {
    persona: 'Marcus Chen',
    question:
      'We have written our retry policy down once, in a ConfigMap for everyone. Why do my customers still see every hiccup?',
    proof:
      'The backend fails the first call of each key and answers the next, and it counts. The frontend calls it before the ConfigMap is there and after, each time with a key of its own: both times the failure reaches the caller, and the backend was asked once. That it would have helped to ask again is seen from a client that does: it is answered, and the backend was asked twice. The Deployments as they are stored mention no ConfigMap; and after the ConfigMap is edited the same pods run on, none restarted, and the next first call fails too.',
    takeaway: 'A setting in a ConfigMap is a wish until every team has written the code that reads it.',
    needs: ['k8s'],
    proves: ['m2.e2.a1', 'm2.e2.a3'],
    errata: ['E208'],
    readMore: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const failsFirst = async (key: string) => {
      await frontend
        .curl(`http://backend/?failFirst=1&key=${key}`)
        .settlesOn(failsWith(503, `"key":"${key}"`), { inARow: 1 });
      const asked = await frontend.run('curl', '--silent', `http://backend/hits?key=${key}`);
      await lesson.check(
        'the backend was asked once',
        asked.stdout,
        (answer) => (JSON.parse(answer) as { hits: number }).hits === 1,
      );
    };

    await lesson.step('Before: a first failure reaches the frontend', async () => {
      await failsFirst('before');
    });

    await lesson.step("The team's settings: two ConfigMaps, and a Service for health", async () => {
      await cluster.change('20-manual-infrastructure.yaml');
    });

    await lesson.step('They are there, key by key', async () => {
      await cluster.eventually('both ConfigMaps hold what was written', configMaps, (json) => {
        const { items } = JSON.parse(json) as { items: { metadata: { name: string }; data: object }[] };
        const found = new Map(items.map(({ metadata, data }) => [metadata.name, data]));
        return Object.entries(wanted).every(([name, data]) => isDeepStrictEqual(found.get(name), data));
      });
    });

    await lesson.step('The Service for health answers on its own port, and on no other', async () => {
      const welcome = answered(200, 'Welcome to nginx!');
      await frontend.curl('http://frontend-health:8080/').settlesOn(welcome);
      await frontend.curl('http://frontend-health:80/').settlesOn(connectionRefused);
      await frontend.curl('http://frontend-health:8080/').settlesOn(welcome, { inARow: 1 });
    });

    await lesson.step('After: with the retry policy in place a first failure reaches the frontend', async () => {
      await failsFirst('after');
      await lesson.check(
        'no Deployment mentions a ConfigMap, so nothing hands the policy to a program',
        (await cluster.kubectl('get', 'deployments', '-o', 'jsonpath={.items[*].spec.template.spec}')).stdout,
        (specs) => specs.includes('"image"') && !/retry-config|logging-config|configMap/.test(specs),
      );
    });

    await lesson.step('And a client that does ask again is answered', async () => {
      const retrying = [
        '--silent',
        '--retry',
        '3',
        '--retry-delay',
        '1',
        '--write-out',
        String.raw`\nHTTP %{http_code}`,
      ];
      const call = await frontend.run('curl', ...retrying, 'http://backend/?failFirst=1&key=own-code');
      const asked = await frontend.run('curl', '--silent', 'http://backend/hits?key=own-code');
      await lesson.check(
        'its last answer is 200, and the backend was asked twice',
        { answer: call.stdout.trim().split('\n').at(-1), hits: (JSON.parse(asked.stdout) as { hits: number }).hits },
        (seen) => seen.answer === 'HTTP 200' && seen.hits === 2,
      );
    });

    await lesson.step('An edit reaches nobody: the same pods run on, and fail as before', async () => {
      const before = (await cluster.kubectl(...running)).stdout;
      await cluster.kubectl('patch', 'configmap', 'retry-config', '--patch', '{"data":{"max-retries":"5"}}');
      await failsFirst('edited');
      await cluster.eventually(
        'the same pods run on, none restarted',
        running,
        (now) => now.trim().split('\n').length === 2 && now === before,
        'kubectl',
        { staysMs: 2_000 },
      );
    });
  },
);
