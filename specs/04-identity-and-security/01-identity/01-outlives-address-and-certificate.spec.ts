import type { X509Certificate } from 'node:crypto';

import {
  answered,
  between,
  blockedByNetwork,
  certificateHash,
  certificatesIn,
  exercise,
  failures,
  forbidden,
  isSignedBy,
  lifetimeHours,
  moments,
  readSecrets,
  type Reply,
  spiffeIds,
  tally,
  timeline,
  toldCertificates,
} from '../../../helpers/index.ts';

const namespace = 'm4-e1-outlives';
const legacy = `${namespace}-legacy`;
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
/** Seconds of a certificate's life that lie before it was made, for clocks that differ. */
const before = 120;
const secondsOf = (certificate: X509Certificate) => Math.round(lifetimeHours(certificate) * 3600) - before;
const secondsLeft = ({ validTo }: X509Certificate) => Math.round((Date.parse(validTo) - Date.now()) / 1000);
const addressNow = ['get', 'pods', '-l', 'app=frontend', '-o', 'jsonpath={.items[*].status.podIP}'];
const processNow = [
  'get',
  'pods',
  '-l',
  'app=frontend',
  '-o',
  'jsonpath={.items[*].metadata.uid} restarts: {.items[*].status.initContainerStatuses[*].restartCount} {.items[*].status.containerStatuses[*].restartCount}',
];
/** What the proxy proves itself with on its connections. */
const certificatesInUse = 'exec deployment/frontend --container istio-proxy -- pilot-agent request GET certs'.split(
  ' ',
);
/** Calls before the new certificate is there, and after. */
const least = { before: 50, after: 150 } as const;

/** How a call ended. */
type Ended = Pick<Reply, 'status'>;

/** The part of the proxy's answer that is read here. */
interface CertificatesInUse {
  readonly certificates: readonly { readonly cert_chain: readonly { readonly serial_number: string }[] }[];
}

exercise(
  'A certificate keeps naming the account when address, pod and certificate change',
  {
    persona: 'Sarah Martinez',
    question:
      'Our rules are lists of addresses, and every deployment breaks one. What is an identity here, and how long does it hold?',
    proof:
      'The same frontend is let in by two rules: one names its account, the other its address. Then the pod is replaced twice, and each time it is seen to have another address. The call under the account is answered each time. The call under the address is refused from the first replacement on, and it is answered again as soon as the list has the new address, so that server was alive all the time. A caller without a certificate is refused under the account, so that rule is in force. The certificate is renewed while some two hundred calls are made, each on a connection of its own. The called side tells for each of them which certificate it was shown: first the old one, then the new one and never the old one again, all of the same account, and no call fails. The pod is the same before and after.',
    takeaway:
      'The identity is the account: addresses, pods and certificates come and go, and a rule that names the account goes on to hold.',
    needs: ['k8s', 'sidecar', 'netpol'],
    proves: ['m4.e1.a1', 'm4.e1.a4', 'm4.e1.a5'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#istio-identity',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const work = frontend.curl('http://backend/');
    const visit = frontend.curl(`http://archive.${legacy}:8080/`);
    const stranger = cluster.client('deployment/archive', legacy).curl(`http://backend.${namespace}/`);
    const rows: string[][] = [];
    const certificateOf = async (workload: string) => {
      const words = ['proxy-config', 'secret', `deployment/${workload}.${namespace}`, '--output', 'json'];
      return readSecrets((await cluster.attempt('istioctl', ...words)).stdout);
    };
    /** Gives the frontend a new pod, with an address that it has not had yet; a network may give an old one once more. */
    const replaceFrontend = async (had: readonly string[]): Promise<string> => {
      let address = '';
      for (let attempt = 0; attempt < 3 && (address === '' || had.includes(address)); attempt += 1) {
        const old = (await cluster.kubectl(...addressNow)).stdout;
        await cluster.kubectl('rollout', 'restart', 'deployment/frontend');
        await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');
        address = await cluster.eventually(
          'one pod of the frontend is left, with another address',
          addressNow,
          (text) => text !== '' && text !== old && !text.includes(' '),
        );
      }
      await lesson.check(
        'no pod of the frontend has had this address yet',
        { now: address, earlier: had },
        ({ now, earlier }) => now !== '' && !earlier.includes(now),
      );
      return address;
    };
    /** Adds what the frontend is now to the table; its certificate has to name the account, whatever else it is. */
    const note = async (when: string, address: string, byAccount: Ended, byAddress: Ended): Promise<string> => {
      const [leaf] = (await certificateOf('frontend')).chain;
      await lesson.check(
        'its certificate names the account of the frontend',
        spiffeIds(leaf).join(),
        (name) => name === identity('frontend'),
      );
      const cells = [byAccount, byAddress].map(({ status }) => (status === 0 ? 'no answer' : `HTTP ${status}`));
      rows.push([when, address, leaf.serialNumber.slice(-12), spiffeIds(leaf).join(), ...cells]);
      return leaf.serialNumber;
    };

    await lesson.step('Two accounts have two certificates of one root, for a minute and for a day', async () => {
      const { chain } = await certificateOf('frontend');
      const left = secondsLeft(chain[0]);
      const other = await certificateOf('backend');
      const published = await cluster.kubectl(
        'get',
        'configmap',
        'istio-ca-root-cert',
        '-o',
        String.raw`jsonpath={.data.root-cert\.pem}`,
      );
      const roots = certificatesIn(published.stdout);
      await lesson.check(
        'each certificate names one account, its own',
        { frontend: spiffeIds(chain[0]).join(), backend: spiffeIds(other.chain[0]).join() },
        (names) => names.frontend === identity('frontend') && names.backend === identity('backend'),
      );
      await lesson.check(
        'both are signed by the root that the cluster publishes',
        roots.map(({ subject, fingerprint256 }) => `${subject} ${fingerprint256}`),
        (found) => found.length > 0 && isSignedBy(chain, roots) && isSignedBy(other.chain, roots),
      );
      await lesson.check(
        'from their making on they are valid for a minute and for a day, and two minutes before it for clocks that differ',
        { frontend: `${secondsOf(chain[0])} s`, backend: `${secondsOf(other.chain[0])} s` },
        () => Math.abs(secondsOf(chain[0]) - 60) <= 2 && Math.abs(secondsOf(other.chain[0]) - 86_400) <= 2,
      );
      await lesson.check(
        'the frontend has at most this minute left, the backend more than an hour and at most this day',
        { frontend: `${left} s`, backend: `${secondsLeft(other.chain[0])} s` },
        () => left > 0 && left <= 61 && secondsLeft(other.chain[0]) > 3600 && secondsLeft(other.chain[0]) <= 86_401,
      );
    });

    await lesson.step('While the frontend calls all the time, its certificate is renewed', async () => {
      const processBefore = (await cluster.kubectl(...processNow)).stdout;
      const seen: X509Certificate[] = [];
      // It is renewed when half of its minute is over: not before the load has begun and the old one was read.
      await cluster.eventually(
        'its certificate is not about to be renewed',
        ['proxy-config', 'secret', `deployment/frontend.${namespace}`, '--output', 'json'],
        (json) => secondsLeft(readSecrets(json).chain[0]) > 40,
        'istioctl',
        { tell: (json) => `${secondsLeft(readSecrets(json).chain[0])} s left` },
      );
      const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
        const [old] = (await certificateOf('frontend')).chain;
        await calling.calls(least.before);
        await cluster.eventually(
          "the frontend's proxy proves itself with a certificate of another number",
          certificatesInUse,
          (json) => {
            const numbers = serialsIn(json);
            return numbers.length > 0 && !numbers.includes(BigInt(`0x${old.serialNumber}`));
          },
          'kubectl',
          // It is renewed when half of its minute is over; asking for it takes a moment on a busy machine.
          {
            settleMs: 50_000,
            tell: (json) => /"serial_number": "[^"]+"/.exec(json.split('cert_chain')[1] ?? '')?.[0] ?? '',
          },
        );
        const [renewed] = (await certificateOf('frontend')).chain;
        seen.push(old, renewed);
        await calling.mark('new certificate');
        await calling.calls(least.after);
      });
      const [old, renewed] = seen;
      if (old === undefined || renewed === undefined) throw new Error('The certificates were not read');
      const shown = ({ body }: Reply) => {
        const hash = toldCertificates(body)[0]?.hash;
        if (hash === certificateHash(old)) return 'old certificate';
        return hash === certificateHash(renewed) ? 'new certificate' : 'another certificate';
      };
      await lesson.show('Which certificate each call showed', timeline(moments(load.replies, shown), load.milestones));
      const phases = {
        before: failures(between(load, '', 'new certificate')),
        after: failures(between(load, 'new certificate')),
      };
      await lesson.check(
        `no call failed, of ${least.before} and more before and ${least.after} and more after`,
        phases,
        ({ before: first, after }) =>
          first.calls >= least.before && after.calls >= least.after && first.failed + after.failed === 0,
      );
      await lesson.check(
        'the called side was shown the old certificate first, then the new one, and never the old one again',
        Object.fromEntries(tally(load.replies, shown)),
        () => {
          const kinds = load.replies.map(shown);
          const turns = kinds.filter((kind, index) => kind !== kinds[index - 1]);
          return turns.slice(0, 2).join() === 'old certificate,new certificate' && new Set(turns).size === turns.length;
        },
      );
      await lesson.check(
        'and with every call one caller, the account of the frontend',
        [
          ...new Set(
            load.replies.map(({ body }) =>
              toldCertificates(body)
                .map(({ caller }) => caller)
                .join(' and '),
            ),
          ),
        ],
        (callers) => callers.join() === identity('frontend'),
      );
      await lesson.check(
        'the pod is the same, and no container of it was started again',
        (await cluster.kubectl(...processNow)).stdout,
        (now) => now !== '' && now === processBefore,
      );
    });

    const first = (await cluster.kubectl(...addressNow)).stdout;
    let number = '';

    await lesson.step('Before: everybody is answered, with a certificate and without', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await visit.settlesOn(answered(200, 'Welcome to nginx!'));
      await stranger.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step('One rule names the account of the frontend, another one its address', async () => {
      await cluster.change('20-account-rule.yaml');
      await cluster.change('30-address-rule.yaml', { FRONTEND_IP: first });
      await stranger.settlesOn(forbidden);
      const byAccount = await work.settlesOn(answered(200, 'backend-'));
      const byAddress = await visit.settlesOn(answered(200, 'Welcome to nginx!'));
      number = await note('both rules are new', first, byAccount.http, byAddress.http);
    });

    let second = '';
    await lesson.step('After: a new pod passes by its account, and no longer by its address', async () => {
      second = await replaceFrontend([first]);
      const byAddress = await visit.settlesOn(blockedByNetwork);
      const byAccount = await work.settlesOn(answered(200, 'backend-'));
      await stranger.settlesOn(forbidden);
      const now = await note('after the first replacement', second, byAccount.http, byAddress.http);
      await lesson.check(
        'the new pod has a certificate of another number',
        { earlier: number, now },
        (numbers) => numbers.earlier !== numbers.now,
      );
    });

    await lesson.step('And so does the next one', async () => {
      const third = await replaceFrontend([first, second]);
      const byAccount = await work.settlesOn(answered(200, 'backend-'));
      const byAddress = await visit.settlesOn(blockedByNetwork);
      await note('after the second replacement', third, byAccount.http, byAddress.http);
    });

    await lesson.step('And with the new address in the list it is answered: the archive was alive', async () => {
      const now = (await cluster.kubectl(...addressNow)).stdout;
      await cluster.change('30-address-rule.yaml', { FRONTEND_IP: now });
      const byAddress = await visit.settlesOn(answered(200, 'Welcome to nginx!'));
      const byAccount = await work.settlesOn(answered(200, 'backend-'));
      await note('with the new address in the list', now, byAccount.http, byAddress.http);
      lesson.table(
        'What changed, and what was answered',
        ['when', 'address', 'number of the certificate', 'account', 'rule by account', 'rule by address'],
        rows,
      );
    });

    await lesson.step('And without the rule the caller without a certificate is answered again', async () => {
      await cluster.revert('20-account-rule.yaml');
      await stranger.settlesOn(answered(200, 'backend-'));
    });
  },
);

/** Numbers of the certificates that a proxy shows others. */
function serialsIn(json: string): bigint[] {
  const { certificates } = JSON.parse(json) as CertificatesInUse;
  return certificates.flatMap(({ cert_chain: chain }) =>
    chain.map(({ serial_number: serial }) => BigInt(`0x${serial}`)),
  );
}
