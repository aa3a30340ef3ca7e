import {
  accessRules,
  answered,
  type AuditLine,
  configDumpCommand,
  digestOf,
  exercise,
  forbidden,
  type ProofBundle,
  proxyLogCommand,
  rbacCountersOf,
  rbacSince,
  readAnswer,
  readAuditLog,
  readProofBundle,
  toldConfig,
  writeProofBundle,
} from '../../../helpers/index.ts';

const namespace = 'm8-e8-undone';
const setup = 'fixtures/08-integration/08-change-control/10-setup.yaml';
const policy = 'fixtures/08-integration/08-change-control/04-repeated-from-its-record/20-no-attacker.yaml';
const proofs = 'reports/proofs';
const bundle = `${proofs}/refused-call`;
const tampered = `${proofs}/refused-call-one-byte-changed`;
const withoutPolicy = `${proofs}/refused-call-without-its-policy`;
const log = proxyLogCommand('deployment/backend');
const marked = (text: string, marker: string) => readAuditLog(text).filter((line) => line.marker === marker);
const tell = ({ caller, method, path, code, details }: AuditLine) =>
  `${caller}: ${method} ${path}: ${code}, ${details}`;
/** kubectl's arguments of one call, which carries a mark. */
const callOf = (app: string, marker: string) =>
  ['--namespace', namespace, 'exec', `deployment/${app}`, '--'].concat(
    ['curl', '--silent', '--show-error', '--include', '--max-time', '3', '-H', `x-marker: ${marker}`],
    'http://backend/accounts',
  );
/** With which exit code a target of make ended; make itself ends with 2 whenever one fails. */
const endOf = (said: string) => Number(/^make(?:\[\d+\])?: \*\*\* .*\bproof\] Error (\d+)$/m.exec(said)?.[1] ?? 0);

exercise(
  'One refused call is repeated from its record by somebody else, with the same verdict',
  {
    persona: 'Ahmed Hassan',
    question:
      'The auditor does not believe a screenshot. Can somebody else, on another day, make the refused call again from what we kept of it?',
    proof:
      'One call is refused and kept: both manifests and their hashes, the versions, the command, the answer, the line of the called proxy with the account of the caller and the policy by name, and the counter of the proxy, which went up by one. Beside it stands a call of another account that was answered at that time. A scan finds no key and no token in the folder. Then a command that is given the folder makes both calls again on the same cluster: it applies the manifests in a namespace of its own and comes to the same verdicts, by the same policy, with the same digest of the rules in the proxy. The provider of the log and the image belong to the lab and are not in the folder. Two copies show that it can come to another end. In one a single byte of a manifest is changed, and the command refuses it with the name of that file, before it makes anything. From the other the policy is taken and new hashes are made, so that it is read; there the call is answered, and the command says that the verdict is another. Nobody signs these hashes: they tell damage and mistakes, and not who made the record.',
    takeaway:
      'Keep of a refusal what it takes to repeat it, and let somebody else repeat it; whether that satisfies a rule is for the auditor to say.',
    needs: ['k8s', 'sidecar', 'providers'],
    proves: ['m8.e8.a6'],
    errata: ['E151'],
    readMore:
      'https://istio.io/latest/docs/ops/common-problems/security-issues/#ensure-proxies-enforce-policies-correctly',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const attack = cluster.client('deployment/attacker').curl('http://backend/accounts');
    const work = cluster.client('deployment/frontend').curl('http://backend/accounts');
    const marker = `refused-${Date.now()}`;

    await lesson.step('Before: both accounts are answered', async () => {
      await attack.settlesOn(answered(200, '"pod":"backend-'));
      await work.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('A policy refuses one of them', async () => {
      await cluster.change('20-no-attacker.yaml');
    });

    await lesson.step('After: it is refused by the proxy, and the other one is answered', async () => {
      await attack.settlesOn(forbidden);
      await work.settlesOn(answered(200, '"pod":"backend-'));
    });

    let kept: ProofBundle | undefined;
    await lesson.step('One more call is refused, and all that tells of it is kept', async () => {
      const before = await rbacCountersOf(cluster, 'deployment/backend');
      const call = await cluster.attempt('kubectl', ...callOf('attacker', marker));
      const since = rbacSince(before, await rbacCountersOf(cluster, 'deployment/backend'));
      await lesson.check('the proxy has counted one refused call more', since, ({ denied }) => denied === 1);
      const control = await cluster.attempt('kubectl', ...callOf('frontend', `answered-${marker}`));
      const text = await cluster.eventually(
        'the log of the proxy has one line of the refused call, with the account and the policy',
        log,
        (now) => {
          const [line, ...others] = marked(now, marker);
          return (
            others.length === 0 &&
            line?.code === 403 &&
            line.caller === `spiffe://cluster.local/ns/${namespace}/sa/attacker` &&
            line.details === `rbac_access_denied_matched_policy[ns[${namespace}]-policy[no-attacker]-rule[0]]`
          );
        },
        'kubectl',
        { tell: (now) => marked(now, marker).map(tell).join('\n') },
      );
      const [line] = marked(text, marker);
      const dump = await cluster.kubectl('exec', 'deployment/backend', ...configDumpCommand);
      const rules = accessRules(toldConfig(dump.stdout, namespace));
      await lesson.check(
        'the rules of access that the proxy has are of this policy and of no other',
        [...new Set(Array.from(JSON.stringify(rules).matchAll(/-policy\[([^\]]+)\]/g), ([, name]) => name))],
        (names) => names.join() === 'no-attacker',
      );
      const { stdout: objects } = await cluster.kubectl(
        'get',
        'deployments,services,serviceaccounts,destinationrules,telemetries,authorizationpolicies',
        '-o',
        'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
      );
      const versions = await cluster.attempt('istioctl', 'version', '--output', 'json');
      const kubernetes = await cluster.kubectl('version', '-o', 'json');
      const recorded = (transcript: typeof call) => {
        const { status, body } = readAnswer(transcript, 'GET', 'http://backend/accounts').http;
        return { status, body: body.trim() };
      };
      kept = {
        madeAt: new Date().toISOString(),
        namespace,
        called: 'deployment/backend',
        objects: objects.trim().split('\n'),
        versions: { kubernetes: serverVersion(kubernetes.stdout), istio: meshVersion(versions.stdout) },
        rules: digestOf(rules),
        refused: { argv: callOf('attacker', marker), ...recorded(call) },
        answered: { argv: callOf('frontend', `answered-${marker}`), ...recorded(control) },
        line: { caller: line?.caller ?? '', details: line?.details ?? '', marker },
        counted: since.denied,
        manifests: [
          { file: '10-setup.yaml', yaml: (await cluster.attempt('cat', setup)).stdout },
          { file: '20-no-attacker.yaml', yaml: (await cluster.attempt('cat', policy)).stdout },
        ],
      };
      await writeProofBundle(bundle, kept);
      await lesson.check(
        'kept are a refusal by the proxy, an answer beside it, both manifests, and the versions',
        { ...kept, manifests: kept.manifests.map(({ file, yaml }) => `${file}: ${yaml.length} characters`) },
        ({ refused, answered: other, objects: found, versions: named }) =>
          refused.status === 403 &&
          refused.body === 'RBAC: access denied' &&
          other.status === 200 &&
          found.some((object) => /^AuthorizationPolicy\/no-attacker \d+$/.test(object)) &&
          Object.values(named).every((version) => /\d+\.\d+/.test(version)),
      );
      const scan = await cluster.attempt('make', 'scan', `REPORTS=${bundle}`);
      await lesson.check(
        'a scan finds no secret in the folder, by their forms and, where it can read those of the cluster, by their values',
        scan.stdout.split('\n').filter((each) => each.includes(' found in ')),
        ([said = '', ...others]) =>
          scan.exitCode === 0 &&
          others.length === 0 &&
          /^no secret found in \S+; ([1-9]\d* values known|no lab is up, so no values were known)$/.test(said),
      );
    });

    await lesson.step('Repeated from the folder alone, in a namespace of its own: the same verdict', async () => {
      const { stdout, stderr, exitCode } = await cluster.attempt('make', 'proof', `BUNDLE=${bundle}`);
      await lesson.check(
        'the refused call, the reason, the caller, the rules and the answered call are as they were recorded',
        `${stdout}${stderr}`.split('\n').filter((line) => /^(same|OTHER|the )/.test(line)),
        (lines) =>
          exitCode === 0 &&
          lines.filter((line) => line.startsWith('same ')).length === 5 &&
          !lines.some((line) => line.startsWith('OTHER')) &&
          lines.includes('same  the refused call: HTTP 403 RBAC: access denied') &&
          lines.at(-1) === 'the repetition agrees with the record',
      );
    });

    await lesson.step('One byte of the policy is changed: it is refused by the name of its file', async () => {
      await cluster.attempt('rm', '-rf', tampered);
      await cluster.attempt('cp', '-r', bundle, tampered);
      await cluster.attempt('sed', '-i', 's/action: DENY/action: DENZ/', `${tampered}/20-no-attacker.yaml`);
      const differs = await cluster.attempt(
        'cmp',
        '-l',
        `${bundle}/20-no-attacker.yaml`,
        `${tampered}/20-no-attacker.yaml`,
      );
      await lesson.check('it is one byte', differs.stdout.trim(), (bytes) => bytes !== '' && !bytes.includes('\n'));
      const { stdout, stderr } = await cluster.attempt('make', 'proof', `BUNDLE=${tampered}`);
      await lesson.check(
        'the command ends with 2, as for whatever is wrong with its words, names the file, and compares nothing',
        { end: endOf(stderr), stdout: stdout.trim(), stderr: stderr.trim() },
        ({ end }) =>
          end === 2 &&
          stderr.includes(`20-no-attacker.yaml of ${tampered} is not as it was written`) &&
          !/^(same|OTHER) /m.test(stdout),
      );
    });

    await lesson.step(
      'Without the policy and with new hashes: the call is answered, so a repetition can fail',
      async () => {
        const whole = await readProofBundle(bundle);
        await writeProofBundle(withoutPolicy, { ...whole, manifests: whole.manifests.slice(0, 1) });
        const { stdout, stderr } = await cluster.attempt('make', 'proof', `BUNDLE=${withoutPolicy}`);
        await lesson.check(
          'the command ends with 1, and says that the call is answered and that the proxy has other rules; the other call is as it was',
          { end: endOf(stderr), lines: stdout.split('\n').filter((line) => /^(same|OTHER|the rep)/.test(line)) },
          ({ end, lines }) =>
            end === 1 &&
            lines.includes('OTHER the refused call: HTTP 200, recorded: HTTP 403 RBAC: access denied') &&
            lines.some((line) => line.startsWith('OTHER digest of the rules: ')) &&
            lines.includes('same  the answered call: HTTP 200') &&
            lines.at(-1) === 'the repetition does NOT agree with it',
        );
      },
    );
  },
);

function serverVersion(json: string): string {
  return (JSON.parse(json) as { serverVersion?: { gitVersion?: string } }).serverVersion?.gitVersion ?? '';
}

function meshVersion(json: string): string {
  const { meshVersion: [first] = [] } = JSON.parse(json) as { meshVersion?: { Info: { version: string } }[] };
  return first?.Info.version ?? '';
}
