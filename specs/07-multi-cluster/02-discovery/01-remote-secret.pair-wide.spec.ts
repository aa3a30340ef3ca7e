import {
  bothClustersAnswer,
  eastWestAddressCommand,
  eastWestPort,
  endpointsCommand,
  exercise,
  oneClusterAnswers,
  readEndpoints,
  readRemoteClusters,
  remoteClustersCommand,
  sharedByChance,
  tellRemoteClusters,
  tellWeights,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-secret';
const backend = 'http://backend/';
/** Calls without the other cluster, and with it; how many of those each cluster answers at least. */
const alone = 30;
const shared = { calls: 100, least: 20 };
const statusOf = (output: string) =>
  Object.fromEntries(readRemoteClusters(output).map(({ name, status }) => [name, status]));
/** What may be asked of the API server, and what it is expected to say. */
const rights = {
  'list secrets': 'yes',
  'watch secrets': 'yes',
  'create pods': 'no',
  'delete services': 'no',
} as const;
const canary = ['get', 'secret', 'canary', '--namespace', namespace, '-o', 'go-template={{.data.word | base64decode}}'];
/** With the credential that east holds, which is a kubeconfig. */
const whatItMay = `kubectl --context east -n istio-system get secret istio-remote-secret-west -o jsonpath='{.data.west}' | base64 -d > kubeconfig
ask() { kubectl --kubeconfig kubeconfig "$@"; }
echo "word: $(ask -n ${namespace} get secret canary -o jsonpath='{.data.word}' | base64 -d)"
echo "keys: $(ask -n istio-system get secret cacerts -o go-template='{{range $key, $value := .data}}{{$key}} {{end}}')"
${Object.keys(rights)
  .map((right) => `echo "${right}: $(ask auth can-i ${right} --all-namespaces)"`)
  .join('\n')}`;
const told = (output: string, key: string) =>
  output
    .split('\n')
    .find((line) => line.startsWith(`${key}: `))
    ?.slice(key.length + 2)
    .trim();
const ofAnother = ['--as', `system:serviceaccount:${namespace}:default`];

exercise(
  'Secret with a credential for another cluster makes one name answer from both',
  {
    persona: 'Jennifer',
    question:
      'What does it take for a name to be answered from both clusters, how do I see that it works, and what do I hand over with it?',
    proof: `The same Service has a pod in each cluster and a caller in east. East's credential for west is taken away: remote-clusters lists east alone, and all of ${alone} calls stay in east. With a credential for west it is listed as synced, the caller's proxy has a pod of east and west's gateway, and of ${shared.calls} calls each cluster answers ${shared.least} or more; with fair shares that fails by chance ${sharedByChance(shared)}. Then the credential itself is used, as whoever reads east's Secret could: it reads a Secret of this lesson in west, whose word is the one that its owner reads, and sees the key of west's authority among the keys of cacerts. It may list all Secrets and may not create pods. An account of the same namespace without its role is refused the same Secret. Last, the credential is taken away again and one with a wrong address is put in its place: it is listed as syncing and then as timeout, and all calls stay in east.`,
    takeaway:
      'A remote secret is what joins two clusters, and it is a kubeconfig that reads every Secret of the other one: guard it like the key of that cluster’s authority.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e2.a1', 'm7.e2.a2', 'm7.e2.a4'],
    errata: ['E708'],
    readMore: 'https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = east.client('deployment/frontend');
    const gateway = (await west.kubectl(...eastWestAddressCommand)).stdout;
    const calls = { caller: frontend, url: backend, whose: 'the caller' };
    const allStay = async () => oneClusterAnswers(lesson, 'east', calls, alone);
    const lists = async (says: string, holds: (status: Readonly<Record<string, string>>) => boolean) =>
      east.eventually(
        `istiod of east lists ${says}`,
        remoteClustersCommand,
        (output) => holds(statusOf(output)),
        'istioctl',
        { tell: tellRemoteClusters },
      );
    const leadsTo = async (says: string, holds: (ports: readonly string[]) => boolean) =>
      east.eventually(
        `the proxy in east has ${says}`,
        endpointsCommand('deployment/frontend', 'backend', namespace),
        (json) =>
          holds(
            readEndpoints(json)
              .map(({ address, port }) => (address === gateway ? `gateway ${port}` : `${port}`))
              .toSorted(),
          ),
        'istioctl',
        { tell: tellWeights },
      );

    await lesson.step('Without the credential east knows itself alone, and all calls stay', async () => {
      await east.withdrawRemoteSecret(west);
      await lists('itself alone', (status) => Object.keys(status).join() === 'east');
      await leadsTo('one pod of its own', (ports) => ports.join() === '80');
      await allStay();
    });

    await lesson.step('East gets the credential for west', async () => {
      await east.giveRemoteSecret(west);
    });

    await lesson.step('After: west is listed as synced, and both clusters answer', async () => {
      await lists('west as synced', ({ west: status }) => status === 'synced');
      await leadsTo("a pod of its own and west's gateway", (ports) => ports.join() === `80,gateway ${eastWestPort}`);
      await bothClustersAnswer(lesson, calls, shared);
    });

    await lesson.step('What the credential may: it reads Secrets of every namespace', async () => {
      const own = (await west.kubectl(...canary)).stdout;
      const { stdout } = await east.shell(whatItMay);
      await lesson.check(
        'it reads the word in a Secret of this lesson',
        { own, word: told(stdout, 'word') },
        (seen) => seen.own !== '' && seen.word === seen.own,
      );
      await lesson.check(
        "it sees the key of west's authority among the keys of its Secret",
        told(stdout, 'keys') ?? '',
        (keys) => keys.split(' ').includes('ca-key.pem'),
      );
      await lesson.check(
        'it may list and watch all Secrets, and neither create pods nor delete Services',
        Object.fromEntries(Object.keys(rights).map((right) => [right, told(stdout, right)])),
        (seen) => Object.entries(rights).every(([right, answer]) => seen[right] === answer),
      );
    });

    await lesson.step('And an account without its role is refused the same Secret', async () => {
      const { exitCode, stderr } = await west.attempt('kubectl', ...canary, ...ofAnother);
      await lesson.check(
        'the API server of west says Forbidden',
        { exitCode, stderr },
        (seen) => seen.exitCode !== 0 && seen.stderr.includes('(Forbidden)') && seen.stderr.includes('canary'),
      );
    });

    await lesson.step('A credential with a wrong address in its place is taken, and comes to nothing', async () => {
      await east.withdrawRemoteSecret(west);
      await lists('itself alone', (status) => Object.keys(status).join() === 'east');
      await east.giveRemoteSecret(west, { server: 'https://127.0.0.1:6444' });
      await lists('west as syncing', ({ west: status }) => status === 'syncing');
      await lists('west as timeout', ({ west: status }) => status === 'timeout');
      await allStay();
    });
  },
);
