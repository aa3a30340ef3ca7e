import {
  answered,
  answeringPod,
  chanceOfOnlyOne,
  chanceOutside,
  exercise,
  forbidden,
  linesOfCall,
  onceIn,
  proxyLogCommand,
  readReplies,
  type Reply,
  tally,
  toldCertificates,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm4-e1-wall';
const other = `${namespace}-other`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const backend = `http://backend.${namespace}/`;
const rogue = `http://rogue.${namespace}/`;
/** What the caller's proxy counts about the servers behind the name. */
const cluster80 = `outbound|80||backend.${namespace}.`;
const clusters = [
  'proxy-config',
  'clusters',
  `deployment/frontend.${namespace}`,
  '--fqdn',
  `backend.${namespace}.svc.cluster.local`,
  '--direction',
  'outbound',
  '--output',
  'json',
];
const luck = onceIn(chanceOfOnlyOne(40, 2));
/**
 * A call fails if the proxy meets the other pod with its first attempt, and with both further ones, each of which tries
 * six times to find another pod than before.
 */
const badLuck = onceIn(chanceOutside(40, 0.5 * (0.5 ** 6) ** 2, 0, 2));
/** Accounts that the caller's proxy accepts of a server, each once. */
const acceptedIn = (json: string) =>
  [...new Set(Array.from(json.matchAll(/"exact":\s*"(spiffe:[^"]+)"/g), ([, id = '']) => id))].toSorted();
/** Who answered: the workload, by the beginning of its pod's name. */
const answeredBy = ({ status, body }: Reply) =>
  status === 200 ? (answeringPod(body)?.split('-')[0] ?? 'nobody') : `HTTP ${status}`;
const counts = (replies: readonly Reply[]): Record<string, number> => Object.fromEntries(tally(replies, answeredBy));

exercise(
  'DestinationRule pins who may be the server, which a label does not',
  {
    persona: 'Sarah Martinez',
    question:
      'Both sides prove who they are, you say. Somebody in the same namespace starts a pod with the label of our backend. Who notices?',
    proof: `Before, all of forty calls are answered by the backend. Then a second pod carries the same label under another account, and some of forty calls are answered by it, over mutual TLS; by chance none of them would be ${luck}. The caller's proxy shows why: it accepts both accounts, for it takes them from the pods with the label. With the account pinned, the second pod answers none of forty. While a true pod is left, the proxy tries again there, so the calls are answered, and the counter of refused servers has grown. With no true pod left each call ends with 503 and the flag for a failed connection, while the second pod is alive under its own name and has counted none of these calls. Without the pin it answers under the name of the backend again, and counts. Who calls is another matter: the second pod runs under the account of the frontend, so a policy for the frontend lets it in. An account of the same name in another namespace is refused.`,
    takeaway:
      'A namespace is the wall: whoever may create pods in it may be any account of it, and any Service whose clients do not pin one.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e1.a10', 'm4.e1.a11', 'm4.e1.a12'],
    errata: ['E403', 'E404'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#secure-naming',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const impostor = cluster.client('deployment/rogue');
    const stranger = cluster.client('pod/stranger', other);
    const work = frontend.curl(backend);
    const impostorsCall = impostor.curl(backend);
    const strangersCall = stranger.curl(`${backend}?call=stranger`);
    const refusedServers = async () => (await frontend.proxyStats(cluster80))('ssl.fail_verify_san');

    await lesson.step('Before: one pod carries the label, and it answers all calls', async () => {
      await work.settlesOn(answered(200, '"pod":"backend-'));
      const replies = await frontend.newConnections(40, backend);
      await lesson.check(
        'the backend answers forty of forty',
        counts(replies),
        (seen) => Object.keys(seen).join() === 'backend' && seen['backend'] === 40,
      );
      await cluster.eventually(
        "the caller's proxy accepts one account of a server",
        clusters,
        (json) => acceptedIn(json).join() === identity('backend'),
        'istioctl',
        { tell: (json) => acceptedIn(json).join('\n') },
      );
    });

    await lesson.step('Somebody starts a pod with the same label, under another account', async () => {
      await cluster.kubectl('scale', 'deployment/rogue', '--replicas=1');
      await cluster.kubectl('rollout', 'status', 'deployment/rogue', '--timeout=80s');
      const burst = await frontend.burstShows(
        `the new pod answers some of forty calls, and the backend the others (one of two alone by chance ${luck})`,
        [backend],
        (replies) => Object.keys(counts(replies)).toSorted().join() === 'backend,rogue',
      );
      const served = readReplies(burst.stdout).filter((reply) => answeredBy(reply) === 'rogue');
      await lesson.check(
        'its answers came over mutual TLS: it proved the account of the frontend, and so did the caller',
        [
          ...new Set(
            served.map(({ body }) => JSON.stringify(toldCertificates(body).map(({ by, caller }) => [by, caller]))),
          ),
        ],
        (told) => told.join() === JSON.stringify([[identity('frontend'), identity('frontend')]]),
      );
      await cluster.eventually(
        "the caller's proxy accepts both accounts, those of all pods with the label",
        clusters,
        (json) => acceptedIn(json).join() === [identity('backend'), identity('frontend')].join(),
        'istioctl',
        { tell: (json) => acceptedIn(json).join('\n') },
      );
    });

    const before = await refusedServers();

    await lesson.step('One rule says which account a server of this name must prove', async () => {
      await cluster.change('20-pinned-account.yaml');
    });

    await lesson.step('After: the other pod answers nobody, the backend answers in its place', async () => {
      await frontend.burstShows(
        `the backend answers at least thirty-eight of forty calls, the other pod none (if both were accepted, by chance ${luck}; three fail by bad luck ${badLuck})`,
        [backend],
        (replies) => (counts(replies)['backend'] ?? 0) >= 38 && counts(replies)['rogue'] === undefined,
      );
      await cluster.eventually(
        "the caller's proxy accepts the pinned account only",
        clusters,
        (json) => acceptedIn(json).join() === identity('backend'),
        'istioctl',
        { tell: (json) => acceptedIn(json).join('\n') },
      );
      await lesson.check(
        'it has refused the other pod for its account, and asked the backend in its place',
        { before, now: await refusedServers() },
        (refused) => refused.now > refused.before,
      );
    });

    await lesson.step('But as a caller the other pod is the frontend, whose account it runs under', async () => {
      await impostorsCall.settlesOn(answered(200, '"pod":"backend-'));
      await strangersCall.settlesOn(answered(200, '"pod":"backend-'));
      await cluster.change('30-only-frontend.yaml');
      await strangersCall.settlesOn(forbidden);
      await impostorsCall.settlesOn(answered(200, '"pod":"backend-'));
      await work.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('And the account of the same name in another namespace stays outside', async () => {
      const refused = (log: string) =>
        linesOfCall(log, 'call=stranger').filter(
          ({ status, details }) => status === 403 && details === 'rbac_access_denied_matched_policy[none]',
        );
      const earlier = refused((await cluster.kubectl(...proxyLogCommand('deployment/backend'))).stdout).length;
      await cluster.eventually(
        "the backend's proxy logs that no rule allows this caller",
        proxyLogCommand('deployment/backend'),
        (log) => refused(log).length > earlier,
        'kubectl',
        { beforeEachLook: () => stranger.run('curl', '--silent', '--max-time', '3', `${backend}?call=stranger`) },
      );
      await stranger.curl(rogue).settlesOn(answered(200, '"pod":"rogue-'));
      await cluster.revert('30-only-frontend.yaml');
      await strangersCall.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('With no true pod left, calls fail rather than meet the other one', async () => {
      await cluster.kubectl('scale', 'deployment/backend', '--replicas=0');
      await cluster.eventually(
        'no pod of the backend is left',
        ['get', 'pods', '-l', 'team=accounts', '-o', 'name'],
        (names) => names === '',
      );
      await frontend.curl(`${backend}?key=pinned&call=pinned`).settlesOn(upstreamConnectError);
      const ends: { status: number | undefined; refused: number }[] = [];
      let earlier = await refusedServers();
      for (let call = 1; call <= 5; call += 1) {
        const [reply] = await frontend.newConnections(1, `${backend}?key=pinned&call=only-the-rogue`);
        const now = await refusedServers();
        ends.push({ status: reply?.status, refused: now - earlier });
        earlier = now;
      }
      await lesson.check(
        'five calls end with HTTP 503, and with each the proxy has refused a server for its account at least once',
        ends,
        (seen) => seen.length === 5 && seen.every(({ status, refused }) => status === 503 && refused >= 1),
      );
      await cluster.eventually(
        "the caller's log has the flag of a failed connection beside each of them",
        proxyLogCommand('deployment/frontend'),
        (log) => {
          const lines = linesOfCall(log, 'call=only-the-rogue');
          return (
            lines.length === 5 && lines.every(({ status, flags }) => status === 503 && flags.split(',').includes('UF'))
          );
        },
      );
    });

    await lesson.step('And the other pod is alive under its own name, and has had none of these calls', async () => {
      await frontend.curl(`${rogue}?key=alive`).settlesOn(answered(200, '"pod":"rogue-'));
      await frontend.curl(`${rogue}hits?key=pinned`).settlesOn(answered(200, '"hits":0'));
    });

    await lesson.step('And without the rule it answers under the name of the backend again', async () => {
      await cluster.revert('20-pinned-account.yaml');
      await frontend.curl(`${backend}?key=pinned`).settlesOn(answered(200, '"pod":"rogue-'));
      await frontend.eventually(
        'and it counts these calls, as it would have counted the earlier ones',
        ['curl', '--silent', '--max-time', '3', `${rogue}hits?key=pinned`],
        ({ stdout }) => /"hits":[1-9]/.test(stdout),
      );
    });
  },
);
