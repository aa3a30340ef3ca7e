import {
  answered,
  certificatesIn,
  exercise,
  failures,
  isSignedBy,
  lifetimeHours,
  moments,
  newAuthority,
  onceIn,
  readSecrets,
  readTlsCounters,
  type Reply,
  signingFiles,
  spiffeIds,
  timeline,
  timeouts,
  tlsCountersCommand,
  toldCertificates,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm8-e5-root';
const control = 'm8-e5-control';
const revision = 'm8-e5';
const backend = 'http://backend/';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
/** Words of istiod's log. */
const says = {
  format: 'Using kubernetes.io/tls secret type for signing ca files',
  notTheRoot: 'Multi root is disabled, updating new ROOT-CA not supported',
  theSigner: 'Istiod has detected the newly added intermediate CA',
} as const;
/** Calls before the first step, and after the last. */
const least = 50;
/** Calls of the backend that the steps make beside the load and that are answered: three times five in a row. */
const besidesLoad = 15;
/** Calls that must be made in all. */
const leastInAll = 400;

const ofControl = ['--namespace', control];
const istiodLog = ['logs', `deployment/istiod-${revision}`, ...ofControl, '--tail=-1'];
const istiodPods = ['get', 'pods', '-l', 'app=istiod', ...ofControl, '-o', 'jsonpath={.items[*].metadata.uid}'];
const readyIstiods = [
  'get',
  'pods',
  '-l',
  'app=istiod',
  ...ofControl,
  '-o',
  'jsonpath={range .items[*]}{.metadata.uid} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}',
];
/** The same pods, and how often their containers were started again. */
const istiodProcess = [
  'get',
  'pods',
  '-l',
  'app=istiod',
  ...ofControl,
  '-o',
  'jsonpath={range .items[*]}{.metadata.uid} restarts: {.status.containerStatuses[*].restartCount}{"\\n"}{end}',
];
const published = (name: string) => ['get', 'configmap', name, '-o', String.raw`jsonpath={.data.root-cert\.pem}`];
const processes = (...apps: readonly string[]) => [
  'get',
  'pods',
  '-l',
  `app in (${apps.join(',')})`,
  '--sort-by=.metadata.name',
  '-o',
  'jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.uid} restarts: {.status.initContainerStatuses[*].restartCount} {.status.containerStatuses[*].restartCount}{"\\n"}{end}',
];
const base64 = (pem: string) => Buffer.from(pem).toString('base64');
const times = (log: string, words: string) => log.split(words).length - 1;

exercise(
  'A corporate root signs the mesh, and is replaced in three steps while calls go on',
  {
    persona: 'Ahmed Hassan',
    question: 'We must use our own PKI. Who renews the certificates, and what happens when the root changes?',
    proof: `An istiod of this lesson's own signs with an intermediate of a corporate root, out of a Secret of the kind that cert-manager writes. The certificates of two workloads are read out of their proxies: they name their accounts, the intermediate is the corporate one by its fingerprint, and the lab's own root is another. Then the root is replaced, while the frontend calls the backend with a new TLS connection for each call. Step one adds the new root to the list. The running istiod does not take it, says so in its log and goes on to publish the old one; after a restart both proxies trust both roots. Step two gives istiod the new intermediate. It takes this without a restart, and both proxies get certificates of it. Step three removes the old root. No call failed in all of this, ${leastInAll} or more, the backend's proxy has counted a handshake for each, neither of the two proxies has refused the other, and the pods are the same. A third workload does not renew its certificate. It calls and is called until step two. From then on calls in both directions end in 503, while the frontend is answered. After step two it is the forgotten one that refuses the others, as a counter of its proxy shows, and after step three the frontend refuses the forgotten one. A restart brings both directions back.`,
    takeaway:
      'Proxies renew their certificates by themselves; a root needs an order: trust both, sign with the new one, forget the old one. And look for workloads that have not renewed.',
    needs: ['k8s', 'sidecar', 'control-plane2'],
    proves: ['m8.e5.a1', 'm8.e5.a2', 'm8.e5.a3', 'm8.e5.a4', 'm8.e5.a5'],
    errata: ['E811'],
    readMore: 'https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/',
  },
  async ({ lesson, cluster }) => {
    const [old, next] = await Promise.all(
      ['2016', '2026'].map((year) =>
        newAuthority(`O=Oldbridge Mutual, CN=Corporate Root ${year}`, `O=Oldbridge Mutual, CN=Mesh Signer ${year}`),
      ),
    );
    if (old === undefined || next === undefined) throw new Error('There are two authorities');
    const bothRoots = `${old.root}${next.root}`;
    const fingerprint = (pem: string) => certificatesIn(pem)[0]?.fingerprint256 ?? '';
    /** What certificates are called here, by their fingerprints. */
    const names = new Map([
      [fingerprint(old.root), 'old'],
      [fingerprint(next.root), 'new'],
      [fingerprint(old.intermediate), 'old'],
      [fingerprint(next.intermediate), 'new'],
    ]);
    const nameOf = ({ fingerprint256 }: { readonly fingerprint256: string }) => names.get(fingerprint256) ?? 'another';
    /** In the order of the alphabet: istiod hands several roots on in an order of its own. */
    const namesOf = (roots: ReturnType<typeof certificatesIn>) => roots.map(nameOf).toSorted().join(' and ') || 'none';
    const rootsIn = (pem: string) => namesOf(certificatesIn(pem));
    /** Who has signed the certificate of a proxy, and which roots it trusts. */
    const tellTrust = (json: string) => {
      const {
        chain: [, signer],
        roots,
      } = readSecrets(json);
      return `signed by the ${signer === undefined ? 'nobody' : nameOf(signer)} one, trusts ${namesOf([...roots])}`;
    };
    const secretsOf = (app: string) => ['proxy-config', 'secret', `deployment/${app}.${namespace}`, '-o', 'json'];
    const seeTrust = async (app: string, signer: string, roots: string) =>
      cluster.eventually(
        `the proxy of the ${app} has a certificate of the ${signer} intermediate, and trusts: ${roots}`,
        secretsOf(app),
        (json) => tellTrust(json) === `signed by the ${signer} one, trusts ${roots}`,
        'istioctl',
        // A proxy that has lost its istiod may wait before it looks for the next.
        { settleMs: timeouts.connectionGivenUpMs, tell: tellTrust },
      );
    const publishes = async (roots: string, staysMs = 0) =>
      cluster.eventually(
        `istiod publishes these roots: ${roots}`,
        published('oldbridge-root'),
        (pem) => rootsIn(pem) === roots,
        'kubectl',
        { staysMs, tell: rootsIn },
      );
    const logOfIstiod = async () => (await cluster.kubectl(...istiodLog)).stdout;
    let touched = 0;
    /** Makes the kubelet look at what is mounted now; by itself it does within a minute and a half. */
    const remount = async (...where: readonly string[]) => {
      touched += 1;
      await cluster.kubectl('annotate', 'pod', ...where, `mesh-mastery.dev/touched=${touched}`, '--overwrite');
    };
    const istiodSays = async (words: string, before: string) =>
      cluster.eventually(
        `istiod's log says: ${words}`,
        istiodLog,
        (log) => times(log, words) > times(before, words),
        'kubectl',
        { tell: (log) => log.split('\n').findLast((line) => line.includes(words)) ?? '' },
      );
    /** The old one goes first: two at a time, with different roots, would publish theirs in turn. */
    const restartIstiod = async () => {
      const { stdout: before } = await cluster.kubectl(...istiodPods);
      await cluster.kubectl('delete', 'pod', '-l', 'app=istiod', ...ofControl, '--grace-period=1');
      await cluster.eventually(
        'there is one pod of istiod, another than before, and it is Ready',
        readyIstiods,
        (list) => /^\S+ True$/.test(list.trim()) && !list.includes(before.trim()),
      );
    };
    const tlsOf = async (app: string) =>
      readTlsCounters((await cluster.kubectl('exec', `deployment/${app}`, ...tlsCountersCommand)).stdout);

    await cluster.installIstiod({
      revision,
      settings: '05-istiod.yaml',
      authority: { type: 'kubernetes.io/tls', data: signingFiles(old, old.root) },
    });
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const forgotten = cluster.client('deployment/forgotten', namespace, 'curl');
    const work = frontend.curl(backend);
    const toForgotten = frontend.curl('http://forgotten/');
    const fromForgotten = forgotten.curl(backend);
    /** Connections that the proxy of a client has refused since it did not trust the server's certificate. */
    const refusedAsCaller = async (who: typeof frontend, host: string) =>
      (await who.proxyStats(`outbound|80||${host}.`))('ssl.fail_verify_error');

    await lesson.step('Before: certificates chain to the corporate root, and everybody is answered', async () => {
      const log = await logOfIstiod();
      await lesson.check(
        'istiod has read its authority from a Secret of the type kubernetes.io/tls',
        log
          .split('\n')
          .filter((line) => line.includes('file format') || line.includes(says.format))
          .join('\n'),
        (lines) => lines.includes(says.format) && !lines.includes('Using istiod file format'),
      );
      for (const [app, hours] of [
        ['frontend', 1 / 6],
        ['forgotten', 24],
      ] as const) {
        const { stdout } = await cluster.attempt('istioctl', ...secretsOf(app));
        const { chain } = readSecrets(stdout);
        const [leaf, signer] = chain;
        await lesson.check(
          `the certificate of the ${app} names its account, is valid for ${app === 'frontend' ? 'ten minutes' : 'a day'}, and chains to the corporate root`,
          { names: spiffeIds(leaf), hours: lifetimeHours(leaf), trust: tellTrust(stdout) },
          (seen) =>
            seen.names.join() === identity(app) &&
            Math.abs(seen.hours - hours) < 0.05 &&
            seen.trust === 'signed by the old one, trusts old' &&
            signer !== undefined &&
            isSignedBy([leaf, signer], certificatesIn(old.root)),
        );
      }
      await publishes('old');
      const ofTheLab = certificatesIn((await cluster.kubectl(...published('istio-ca-root-cert'))).stdout);
      await lesson.check(
        "the root of the lab's own mesh, published in the same namespace, is another",
        {
          lab: ofTheLab.map(({ subject }) => subject),
          corporate: certificatesIn(old.root).map(({ subject }) => subject),
        },
        () => ofTheLab.length > 0 && ofTheLab.every((root) => nameOf(root) === 'another'),
      );
      await work.settlesOn(answered(200, 'backend-'));
      await fromForgotten.settlesOn(answered(200, 'backend-'));
      await toForgotten.settlesOn(answered(200, 'forgotten-'));
    });

    const podsBefore = (await cluster.kubectl(...processes('frontend', 'backend', 'forgotten'))).stdout;
    const countedBefore = await tlsOf('backend');
    const refusedBackendBefore = await refusedAsCaller(frontend, 'backend');
    let refusedByFrontend = 0;
    const load = await frontend.whileCalling([backend], async (calling) => {
      await calling.calls(least);

      await lesson.step('Step one, trust both: the running istiod does not take the new root', async () => {
        await calling.mark('one: trust both');
        const before = await logOfIstiod();
        await cluster.change('20-trust-both.yaml', { BOTH_ROOTS: base64(bothRoots) });
        await remount('-l', 'app=istiod', ...ofControl);
        await istiodSays(says.notTheRoot, before);
        await publishes('old', 3_000);
      });

      await lesson.step('After a restart of istiod both workloads trust both roots', async () => {
        await restartIstiod();
        await publishes('new and old');
        // How the proxies know istiod itself, which has a certificate of the new intermediate soon.
        await remount('-l', 'app in (frontend,backend)');
        await seeTrust('frontend', 'old', 'new and old');
        await seeTrust('backend', 'old', 'new and old');
        for (const app of ['frontend', 'backend'])
          await cluster.eventually(
            `both roots are mounted into the pod of the ${app}`,
            [
              'exec',
              `deployment/${app}`,
              '--container',
              'istio-proxy',
              '--',
              'cat',
              '/var/run/secrets/istio/root-cert.pem',
            ],
            (pem) => rootsIn(pem) === 'new and old',
            'kubectl',
            { tell: rootsIn },
          );
        await calling.mark('one is done');
        await work.settlesOn(answered(200, 'backend-'));
        await fromForgotten.settlesOn(answered(200, 'backend-'));
        await toForgotten.settlesOn(answered(200, 'forgotten-'));
      });

      await lesson.step('Step two, sign with the new one: istiod takes it without a restart', async () => {
        await calling.mark('two: sign with the new one');
        const pods = (await cluster.kubectl(...istiodProcess)).stdout;
        const before = await logOfIstiod();
        await cluster.replaceSecret({
          name: 'cacerts',
          namespace: control,
          type: 'kubernetes.io/tls',
          data: signingFiles(next, bothRoots),
        });
        await remount('-l', 'app=istiod', ...ofControl);
        await istiodSays(says.theSigner, before);
        await seeTrust('frontend', 'new', 'new and old');
        await seeTrust('backend', 'new', 'new and old');
        await calling.mark('two is done');
        await lesson.check(
          'the pod of istiod is the same, and its container was not started again',
          (await cluster.kubectl(...istiodProcess)).stdout,
          (now) => now === pods && /^\S+ restarts: \d+\s*$/.test(now),
        );
      });

      await lesson.step('The one that has not renewed fails in both directions, and refuses the others', async () => {
        await seeTrust('forgotten', 'old', 'old');
        const before = {
          served: (await tlsOf('forgotten')).untrusted,
          called: await refusedAsCaller(forgotten, 'backend'),
          byFrontend: await refusedAsCaller(frontend, 'forgotten'),
        };
        await toForgotten.settlesOn(upstreamConnectError);
        await fromForgotten.settlesOn(upstreamConnectError);
        await work.settlesOn(answered(200, 'backend-'));
        const after = {
          served: (await tlsOf('forgotten')).untrusted,
          called: await refusedAsCaller(forgotten, 'backend'),
          byFrontend: await refusedAsCaller(frontend, 'forgotten'),
        };
        await lesson.check(
          'its proxy has counted certificates that it does not trust, of its caller and of the server that it calls; the frontend has refused nobody',
          { before, after },
          () => after.served > before.served && after.called > before.called && after.byFrontend === before.byFrontend,
        );
        refusedByFrontend = after.byFrontend;
      });

      await lesson.step(
        'Step three, forget the old one: istiod is restarted, and the chains end in the new',
        async () => {
          await calling.mark('three: forget the old one');
          await cluster.change('30-forget-the-old.yaml', { NEW_ROOT: base64(next.root) });
          await restartIstiod();
          await publishes('new');
          await seeTrust('frontend', 'new', 'new');
          await seeTrust('backend', 'new', 'new');
          await calling.mark('three is done');
          await calling.calls(least);
        },
      );
    });

    await lesson.step('No call was lost, and each was a connection of its own', async () => {
      const kindOf = ({ status }: Reply) => `HTTP ${status}`;
      await lesson.show('Calls while the root was replaced', timeline(moments(load.replies, kindOf), load.milestones));
      await lesson.check(
        `no call failed, of ${leastInAll} or more (a loss of one in fifty would pass by chance ${onceIn(0.98 ** leastInAll)})`,
        failures(load.replies),
        ({ calls, failed }) => calls >= leastInAll && failed === 0,
      );
      const counted = await tlsOf('backend');
      await lesson.check(
        `the backend's proxy has counted a handshake for each of them and of ${besidesLoad} calls beside them, and refused none`,
        { calls: load.replies.length, before: countedBefore, after: counted },
        ({ calls, before, after }) =>
          after.handshakes - before.handshakes >= calls + besidesLoad && after.untrusted === before.untrusted,
      );
      await lesson.check(
        "nor has the frontend's proxy refused the certificate of the backend, which a second try of a call would hide",
        { before: refusedBackendBefore, after: await refusedAsCaller(frontend, 'backend') },
        ({ before, after }) => after === before,
      );
      const shown = new Set(load.replies.flatMap(({ body }) => toldCertificates(body).map(({ hash }) => hash)));
      const callers = new Set(load.replies.flatMap(({ body }) => toldCertificates(body).map(({ caller }) => caller)));
      await lesson.check(
        'it was shown at least four certificates one after another, all of one account',
        { certificates: shown.size, callers: [...callers] },
        (seen) => seen.certificates >= 4 && seen.callers.join() === identity('frontend'),
      );
      await lesson.check(
        'the pods are the same, and no container of them was started again',
        (await cluster.kubectl(...processes('frontend', 'backend', 'forgotten'))).stdout,
        (now) => now !== '' && now === podsBefore,
      );
    });

    await lesson.step('The forgotten one still fails both ways, and now the frontend refuses it', async () => {
      const before = {
        asCaller: await refusedAsCaller(frontend, 'forgotten'),
        served: (await tlsOf('forgotten')).untrusted,
      };
      await toForgotten.settlesOn(upstreamConnectError);
      await fromForgotten.settlesOn(upstreamConnectError);
      await work.settlesOn(answered(200, 'backend-'));
      const after = {
        asCaller: await refusedAsCaller(frontend, 'forgotten'),
        served: (await tlsOf('forgotten')).untrusted,
      };
      await lesson.check(
        'the proxy of the frontend has counted a server that it does not trust, which it had not before; the forgotten one was not even shown a certificate',
        { afterStepTwo: refusedByFrontend, before, after },
        () =>
          before.asCaller === refusedByFrontend && after.asCaller > before.asCaller && after.served === before.served,
      );
    });

    await lesson.step(
      'It is restarted, has a certificate of the new authority, and is answered both ways',
      async () => {
        await cluster.kubectl('rollout', 'restart', 'deployment/forgotten');
        await cluster.kubectl('rollout', 'status', 'deployment/forgotten', '--timeout=80s');
        await seeTrust('forgotten', 'new', 'new');
        await toForgotten.settlesOn(answered(200, 'forgotten-'));
        await fromForgotten.settlesOn(answered(200, 'backend-'));
      },
    );

    const at = (label: string) => load.milestones.find((each) => each.label === label)?.seconds ?? 0;
    const steps = [
      ['one', 'one: trust both', 'one is done', 'trust both roots', 'yes'],
      ['two', 'two: sign with the new one', 'two is done', 'sign with the new intermediate', 'no'],
      ['three', 'three: forget the old one', 'three is done', 'forget the old root', 'yes'],
    ] as const;
    await lesson.step('What the change board gets: the seconds of each step', async () => {
      for (const [number, from, to, what] of steps)
        await lesson.measure('m8.e5.a5', `step ${number}, ${what}`, at(to) - at(from), 'seconds');
      lesson.table(
        'Three steps, until both workloads that renew had what they were to have; step one with three seconds in which the lesson only watches',
        ['step', 'what it does', 'istiod is restarted', 'seconds'],
        steps.map(([number, from, to, what, restart]) => [number, what, restart, (at(to) - at(from)).toFixed(1)]),
      );
    });
  },
);
