import {
  answeredByVersion,
  between,
  eastWestPort,
  endpointsCommand,
  exercise,
  failures,
  moments,
  readEndpoints,
  readRemoteClusters,
  remoteClustersCommand,
  tally,
  tellRemoteClusters,
  tellWeights,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-rotate';
const backend = 'http://backend/';
/** Calls of the load while and after the credential is replaced. */
const least = 200;
const secretsOfWest = ['get', 'secrets', '--namespace', 'istio-system', '-o', 'name'];
/** The day on which a token in a Secret was last used, as the API server notes it on the Secret. */
const lastUseOf = (secret: string) => [
  'get',
  'secret',
  secret,
  '--namespace',
  'istio-system',
  '-o',
  String.raw`jsonpath={.metadata.labels.kubernetes\.io/legacy-token-last-used}`,
];
const firstToken = 'istio-reader-service-account-istio-remote-secret-token';
const statusOfWest = (output: string) => readRemoteClusters(output).find(({ name }) => name === 'west')?.status;
/** Tokens are told by their digests, and by what they claim. */
const tokens = `token() { sed -n 's/^ *token: //p'; }
digest() { token | tr -d '\\n' | openssl dgst -sha256 -r | cut -c1-16; }
create() { istioctl --context west create-remote-secret --name west 2>/dev/null; }
echo "first: $(create | digest)"
echo "again: $(create | digest)"
echo "in east: $(kubectl --context east -n istio-system get secret istio-remote-secret-west -o jsonpath='{.data.west}' | base64 -d | digest)"
echo "claims: $(create | token | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null)"`;
const told = (output: string, key: string) => new RegExp(`^${key}: (.+)$`, 'm').exec(output)?.[1]?.trim() ?? '';
/** The digest of no token at all is none. */
const isDigest = (text: string) => /^[0-9a-f]{16}$/.test(text) && text !== 'e3b0c44298fc1c14';

exercise(
  'Secret with a new token takes the place of the old one without a failed call, and create-remote-secret makes none',
  {
    persona: 'Jennifer',
    question: 'How do we replace the credential that one cluster has for the other, without losing calls?',
    proof: `Each time create-remote-secret is run it prints a token with the same digest, which is that of the token that east has; and the token claims no time at which it ends. Then west gets a second token, east the credential made of it, and the first token is deleted, while a caller in east makes calls all the time: none of ${least} or more fails. The API server of west has noted the use of the second token before the first goes, and both clusters answer before and after that. West is listed as synced, the token in east has another digest, and a pod more in west shows in east. Last, a credential with a wrong address is put in the place of the good one: istiod of east lists it as syncing and then as timeout, calls are still answered by west, and a pod less in west still shows in east, as the old connection goes on until a new one has synced. So a status that is not synced is no outage, and calls that are answered are no proof of the credential.`,
    takeaway:
      'A new credential needs a new token Secret: make it, hand it over, see synced and a change arrive, and only then delete the old one.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e2.a3'],
    errata: ['E707'],
    readMore: 'https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = east.client('deployment/frontend');
    const lists = async (status: string) =>
      east.eventually(
        `istiod of east lists west as ${status}`,
        remoteClustersCommand,
        (output) => statusOfWest(output) === status,
        'istioctl',
        { tell: tellRemoteClusters },
      );
    /** Scales the pods in west, and sees that east hears of it. */
    const isHeardOf = async (pods: number) => {
      await west.kubectl('scale', 'deployment/backend', `--replicas=${pods}`);
      await east.eventually(
        `the proxy in east has west's gateway with weight ${pods}`,
        endpointsCommand('deployment/frontend', 'backend', namespace),
        (json) => readEndpoints(json).some(({ port, weight }) => port === eastWestPort && weight === pods),
        'istioctl',
        { tell: tellWeights },
      );
    };
    const tokenInEast = async () => told((await east.shell(tokens)).stdout, 'in east');
    let before = '';

    await lesson.step(
      'create-remote-secret prints the token that is in use, each time, and it has no end',
      async () => {
        const { stdout } = await east.shell(tokens);
        before = told(stdout, 'in east');
        await lesson.check(
          'the digests of two of them and of the token that east has are equal',
          ['first', 'again', 'in east'].map((key) => told(stdout, key)),
          (digests) => digests.every(isDigest) && new Set(digests).size === 1,
        );
        await lesson.check(
          'the token is that of the Secret, and claims no time at which it ends (exp)',
          told(stdout, 'claims'),
          (claims) => claims.includes(firstToken) && !claims.includes('"exp"'),
        );
      },
    );

    await lesson.step('East gets a credential with a token of which the lesson may dispose', async () => {
      await west.change('20-reader-1.west.yaml');
      await east.giveRemoteSecret(west, { account: 'reader-1' });
      before = await tokenInEast();
      await lists('synced');
      await isHeardOf(1);
    });

    await lesson.step('West gets a second token, east the credential with it, and the first token goes', async () => {
      const load = await frontend.whileCalling([backend], async (calling) => {
        await calling.calls(20);
        await west.change('30-reader-2.west.yaml');
        await west.eventually('west has the Secret reader-2', secretsOfWest, (list) =>
          list.split('\n').includes('secret/reader-2'),
        );
        await calling.mark('new credential');
        await east.giveRemoteSecret(west, { account: 'reader-2' });
        await west.eventually(
          'the API server of west has noted that the second token was used',
          lastUseOf('reader-2'),
          (day) => day.trim() !== '',
        );
        await lists('synced');
        await calling.calls(20);
        await calling.mark('old token deleted');
        await west.revert('20-reader-1.west.yaml');
        await calling.calls(least);
      });
      await lesson.check(
        `none of ${least} calls or more failed`,
        failures(load.replies),
        ({ calls, failed }) => calls >= least && failed === 0,
      );
      await lesson.check(
        'both clusters have answered them, before the old token was deleted and after that',
        {
          'with the new credential': Object.fromEntries(
            tally(between(load, 'new credential', 'old token deleted'), versionOf),
          ),
          'without the old token': Object.fromEntries(tally(between(load, 'old token deleted'), versionOf)),
        },
        (seen) => Object.values(seen).every(({ west: far = 0, east: near = 0 }) => far > 0 && near > 0),
      );
      await lesson.show(
        'Who answered while the credential was replaced',
        timeline(moments(load.replies, versionOf), load.milestones),
      );
    });

    await lesson.step('After: east has another token, and hears of west by it', async () => {
      await lesson.check(
        'the token in east has another digest than before',
        { before, now: await tokenInEast() },
        (seen) => isDigest(seen.now) && seen.now !== seen.before,
      );
      await lists('synced');
      await isHeardOf(2);
    });

    await lesson.step('A credential with a wrong address in its place: a status, and no outage', async () => {
      await east.giveRemoteSecret(west, { server: 'https://127.0.0.1:6444' });
      await lists('syncing');
      await lists('timeout');
      await isHeardOf(1);
      await frontend.curl(backend).settlesOn(answeredByVersion('west'), { inARow: 1 });
    });
  },
);
