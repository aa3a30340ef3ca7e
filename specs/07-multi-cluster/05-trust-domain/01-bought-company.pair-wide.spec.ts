import {
  accessRules,
  answeredByVersion,
  certificatesIn,
  type Client,
  configDumpCommand,
  exercise,
  forbidden,
  type Outcome,
  rbacCountersOf,
  readTlsCounters,
  tlsCountersCommand,
  toldCertificates,
  toldConfig,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm7-e5-domain';
const ledger = `http://ledger.${namespace}/`;
const revision = 'm7-acquired';
const account = (domain: string) => `spiffe://${domain}/ns/${namespace}/sa/frontend`;
/** Calls that the server's proxy is to count. */
const times = 5;
const settings = ['get', 'configmap', 'istio', '--namespace', 'istio-system', '-o', 'jsonpath={.data.mesh}'];
const published = ['get', 'configmap', 'istio-ca-root-cert', '-o', String.raw`jsonpath={.data.root-cert\.pem}`];
/** Domains that the rules in a proxy name; they stand there as patterns, with each point escaped. */
const domainsIn = (dump: string) => {
  const rules = JSON.stringify(accessRules(toldConfig(dump, namespace))).replaceAll('\\', '');
  return ['cluster.local', 'acquired.example'].filter((domain) => rules.includes(`${domain}/`));
};
const served = answeredByVersion('east');

exercise(
  'MeshConfig decides which trust domains may come in, before any policy is asked',
  {
    persona: 'Jennifer',
    question: 'We bought a company with its own mesh. How do its callers come in, and how many of them?',
    proof: `A second istiod in west stands for the company: it signs under the same root, for the trust domain acquired.example. The ledger runs in east, and is called by our frontend in east and by the company's frontend and auditor in west; the two frontends have the same namespace and account. The policy of the ledger names both frontends. Ours is answered. For the other the handshake fails: the proxy of the ledger has counted a name that does not fit for each call, and none that a policy denied. A policy that admits that trust domain and nobody else refuses ours with 403, which the proxy counts as denials, and changes nothing for the other. Then east's settings name the domain as an alias. A policy that names only our frontend now admits theirs, whose certificate has its own domain, and refuses their auditor. A policy for our domain admits their auditor too, since the proxy has it for both domains, and one that excludes their domain refuses ours as well. Last, the alias is taken away, and the root is listed for that domain instead. Policies tell the domains apart: the one that names ours refuses theirs, the one that names theirs refuses ours, with 403 each time. Without the listed root their handshake fails as in the beginning.`,
    takeaway:
      'An alias means the same company: it opens by our names. A root that is listed for a domain lets its callers to the policies, which then decide name by name.',
    needs: ['k8s', 'sidecar', 'clusters2', 'control-plane2'],
    proves: ['m7.e5.a1', 'm7.e5.a2', 'm7.e5.a3', 'm7.e5.a4'],
    errata: ['E704', 'E705'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/',
  },
  async ({ lesson, west, east }) => {
    await west.installIstiod({ revision, settings: '05-istiod.west.yaml' });
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const ours = east.client('deployment/frontend');
    const theirs = west.client('deployment/frontend');
    const auditor = west.client('deployment/auditor');
    const rows: string[][] = [];
    const words = new Map<Outcome, string>([
      [served, 'answered'],
      [forbidden, '403'],
      [upstreamConnectError, 'handshake fails'],
    ]);
    const seen = async (setting: string, policy: string, [us, them, third]: readonly [Outcome, Outcome, Outcome]) => {
      await ours.curl(ledger).settlesOn(us);
      await theirs.curl(ledger).settlesOn(them);
      await auditor.curl(ledger).settlesOn(third);
      rows.push([setting, policy, ...[us, them, third].map((outcome) => words.get(outcome) ?? '')]);
    };
    const counted = async (caller: Client, calls = times) => {
      const read = async () => ({
        tls: readTlsCounters((await east.kubectl('exec', 'deployment/ledger', ...tlsCountersCommand)).stdout),
        denied: (await rbacCountersOf(east, 'deployment/ledger')).denied,
      });
      const before = await read();
      await caller.newConnections(calls, ledger);
      const after = await read();
      return { otherName: after.tls.otherName - before.tls.otherName, denied: after.denied - before.denied };
    };

    /** A caller's proxy may try a call again, so what a handful of calls adds up to says little of each. */
    const oneByOne = async (caller: Client) => {
      const counts = [];
      for (let call = 0; call < times; call++) counts.push(await counted(caller, 1));
      return counts;
    };
    const handshakeFails = async () =>
      lesson.check(
        `for ${times} calls of theirs the proxy of the ledger has counted names that do not fit, and no denial`,
        await counted(theirs),
        ({ otherName, denied }) => otherName >= times && denied === 0,
      );

    await lesson.step('Before: the policy names both frontends; theirs does not get so far', async () => {
      await seen('none', 'both frontends', [served, upstreamConnectError, upstreamConnectError]);
      const { http } = await ours.curl(ledger).settlesOn(served);
      await lesson.check(
        'the server is told our account, of our domain',
        toldCertificates(http.body).map(({ caller }) => caller),
        (callers) => callers.join() === account('cluster.local'),
      );
      await lesson.check(
        `for each of ${times} calls of theirs the proxy of the ledger has counted a name that does not fit, and no denial; for as many of ours neither`,
        { theirs: await oneByOne(theirs), ours: await counted(ours) },
        (count) =>
          count.theirs.length === times &&
          count.theirs.every(({ otherName, denied }) => otherName > 0 && denied === 0) &&
          count.ours.otherName === 0 &&
          count.ours.denied === 0,
      );
    });

    await lesson.step('A policy that admits their domain alone refuses ours, and does not help theirs', async () => {
      await east.change('20-their-domain.east.yaml');
      await seen('none', 'their domain', [forbidden, upstreamConnectError, upstreamConnectError]);
      await handshakeFails();
      await lesson.check(
        `for ${times} calls of ours it has counted as many denials, and every name fits`,
        await counted(ours),
        ({ otherName, denied }) => otherName === 0 && denied === times,
      );
    });

    await lesson.step('Their domain becomes an alias of ours, and the policy names our frontend alone', async () => {
      await east.changeMeshConfig('30-alias.east.yaml');
      await east.eventually('the settings of east have the alias', settings, (text) =>
        /trustDomainAliases:[^:]*acquired\.example/.test(text),
      );
      await east.change('40-our-name.east.yaml');
    });

    await lesson.step('After: their frontend is admitted by the policy for ours', async () => {
      await seen('alias', 'our frontend', [served, served, forbidden]);
      const { http } = await theirs.curl(ledger).settlesOn(served);
      await lesson.check(
        'the server is told their account, of their domain',
        toldCertificates(http.body).map(({ caller }) => caller),
        (callers) => callers.join() === account('acquired.example'),
      );
    });

    await lesson.step('With the alias no policy tells the domains apart', async () => {
      await east.change('50-our-domain.east.yaml');
      await seen('alias', 'our domain', [served, served, served]);
      await east.eventually(
        'the policy names our domain, and the rules that the proxy of the ledger has from it name both',
        ['exec', 'deployment/ledger', ...configDumpCommand],
        (dump) => domainsIn(dump).length === 2,
        'kubectl',
        { tell: (dump) => domainsIn(dump).join(', ') },
      );
      await east.change('60-not-their-domain.east.yaml');
      await seen('alias', 'not their domain', [forbidden, forbidden, forbidden]);
    });

    await lesson.step('No alias: the root is listed for their domain, and policies decide by name', async () => {
      const [root] = certificatesIn((await east.kubectl(...published)).stdout);
      await east.changeMeshConfig('70-root-for-a-domain.east.yaml', { ROOT: root?.raw.toString('base64') ?? '' });
      await seen('root for the domain', 'not their domain', [served, forbidden, forbidden]);
      await east.change('80-their-name.east.yaml');
      await seen('root for the domain', 'their frontend', [forbidden, served, forbidden]);
      await east.change('40-our-name.east.yaml');
      await seen('root for the domain', 'our frontend', [served, forbidden, forbidden]);
      await east.change('20-their-domain.east.yaml');
      await seen('root for the domain', 'their domain', [forbidden, served, served]);
    });

    await lesson.step('Without the listed root their handshake fails again', async () => {
      await east.changeMeshConfig('90-no-root.east.yaml');
      await seen('none', 'their domain', [forbidden, upstreamConnectError, upstreamConnectError]);
      await east.change('40-our-name.east.yaml');
      await seen('none', 'our frontend', [served, upstreamConnectError, upstreamConnectError]);
      await handshakeFails();
      lesson.table(
        'Who reaches the ledger, by what east says of the other trust domain',
        ['setting', 'policy admits', 'our frontend', 'their frontend', 'their auditor'],
        rows,
      );
    });
  },
);
