import { randomUUID } from 'node:crypto';

import { type Answer, answered, exercise } from '../../../helpers/index.ts';

const calls = 20;
const logOf = (tier: string) => ['logs', '-l', `app=${tier}`, '--tail=-1'];
/** Of both tiers behind the frontend at once. */
const logsBehind = ['logs', '-l', 'app in (backend, database)', '--tail=-1', '--max-log-requests=10'];
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
/** Calls in the log of a web server but for the kubelet's probes. */
const callsIn = (log: string) =>
  lines(log).filter((line) => / HTTP\/1\.1" \d/.test(line) && !line.includes('kube-probe/'));
/** Connections from other pods in PostgreSQL's log; those of its own probe come from 127.0.0.1. */
const connectionsIn = (log: string) => [...log.matchAll(/connection received: host=(\S+)/g)].map(([, host]) => host);
const strangersIn = (log: string) => connectionsIn(log).filter((host) => host !== '127.0.0.1' && host !== '[local]');

exercise(
  "Tiers of the text's images call nobody; a chained server passes one marker through all three",
  {
    persona: 'Marcus Chen',
    question: 'Frontend, backend, database: that is my company in small. Which of them is the bottleneck?',
    proof: `The customer's ${calls} calls stand in the frontend's log, so there was load. After them the backend has not one call and the database not one connection from outside, though both of their logs work: a call and a connection made on purpose show in them. Then the three Deployments get programs that do call each other, under the same names, and the same call carries a word that occurs nowhere else; the answer shows it at the second tier, and the database's log at the third.`,
    takeaway: 'Three Deployments side by side are no system: without a call between them there is nothing to be slow.',
    needs: ['k8s'],
    proves: ['m2.e1.a7'],
    errata: ['E203'],
    readMore: 'https://kubernetes.io/docs/tasks/access-application-cluster/connecting-frontend-backend/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const marker = `m-${randomUUID()}`;

    await lesson.step(`Before: ${calls} calls reach the frontend, and no tier behind it notices`, async () => {
      const replies = await customer.newConnections(calls, 'http://frontend/');
      await lesson.check(
        `all ${calls} are answered`,
        replies.map(({ status }) => status),
        (statuses) => statuses.every((status) => status === 200),
      );
      await cluster.eventually(
        `the frontend's log has ${calls} calls`,
        logOf('frontend'),
        (log) => callsIn(log).length === calls,
      );
      await cluster.eventually(
        'the backend has only ever been asked by the kubelet, and the database by its own probe',
        logsBehind,
        (log) =>
          log.includes('kube-probe/') &&
          callsIn(log).length === 0 &&
          connectionsIn(log).length > 0 &&
          strangersIn(log).length === 0,
        'kubectl',
        { staysMs: 2_000 },
      );
    });

    await lesson.step('And their logs would tell: a call and a connection made on purpose show', async () => {
      await customer.curl('http://backend/').settlesOn(answered(200, 'backend-'), { inARow: 1 });
      await cluster.eventually("the call is in the backend's log", logOf('backend'), (log) => callsIn(log).length > 0);
      // A web client that speaks to a database gets no answer, and yet is heard.
      await customer.run('curl', '--silent', '--max-time', '3', 'telnet://database:5432');
      await cluster.eventually(
        "the connection is in the database's log",
        logOf('database'),
        (log) => strangersIn(log).length > 0,
      );
    });

    await lesson.step('The same names get programs that call each other', async () => {
      await cluster.change('20-chained-tiers.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');
    });

    await lesson.step('After: one call goes through all three, and its marker with it', async () => {
      const { http } = await customer
        .curl('-H', `x-marker: ${marker}`, 'http://frontend/')
        .settlesOn(answered(200, 'backend-'));
      const frontend = JSON.parse(http.body) as Answer;
      const backend = frontend.next?.body as Answer | undefined;
      await lesson.check(
        'the answer comes from the frontend; behind it the backend saw the marker, and so did the database',
        {
          frontend: frontend.pod,
          backend: backend?.pod,
          seen: backend?.headers['x-marker'],
          database: backend?.database,
        },
        (seen) =>
          seen.frontend.startsWith('frontend-') &&
          seen.backend?.startsWith('backend-') === true &&
          seen.seen === marker &&
          seen.database?.marker === marker,
      );
      await cluster.eventually(
        "the marker stands in the database's log, beside the backend that asked",
        logOf('database'),
        (log) => log.includes(marker) && strangersIn(log).length > 0,
      );
    });
  },
);
