import {
  answered,
  type Client,
  exercise,
  forbidden,
  proxyAdminCommand,
  type RbacCounters,
  rbacCountersCommand,
  rbacSince,
  readRbacCounters,
} from '../../../helpers/index.ts';

const namespace = 'm4-e10-safe';
const elsewhere = 'm4-e10-elsewhere';
const backend = `http://backend.${namespace}/`;
const counters = ['exec', 'deployment/backend', ...rbacCountersCommand];
const inPrometheus = ['exec', 'deployment/backend', ...proxyAdminCommand('stats/prometheus?filter=rbac')];
const listeners = ['proxy-config', 'listeners', `deployment/backend.${namespace}`, '--port', '15006', '-o', 'json'];
const authzCheck = ['x', 'authz', 'check', 'deployment/backend', '--namespace', namespace];

/** What a rehearsal says of a call: it would be let through, or it would be refused. */
type Verdict = 'passes' | 'is refused';

/** A policy with a mistake that neither admission nor analysis sees, and what it does to frontend and attacker. */
const silent: readonly { file: string; name: string; says: string; does: readonly [Verdict, Verdict] }[] = [
  {
    file: '40-prefix-in-allow.yaml',
    name: 'prefix-in-allow',
    says: 'ALLOW an account written with spiffe://',
    does: ['is refused', 'is refused'],
  },
  {
    file: '41-prefix-in-deny.yaml',
    name: 'prefix-in-deny',
    says: 'DENY an account written with spiffe://',
    does: ['passes', 'passes'],
  },
  {
    file: '42-port-of-the-service.yaml',
    name: 'port-of-the-service',
    says: 'ALLOW on the port of the Service instead of that of the pod',
    does: ['is refused', 'is refused'],
  },
  {
    file: '43-other-trust-domain.yaml',
    name: 'other-trust-domain',
    says: 'ALLOW an account of another trust domain',
    does: ['is refused', 'is refused'],
  },
  {
    file: '44-empty-list.yaml',
    name: 'empty-list',
    says: 'ALLOW whose list of callers is empty',
    does: ['passes', 'passes'],
  },
];

/** What a person types to apply a policy that is refused. */
const applied = (spec: string, { dryRun = false, validate = '' } = {}) => `kubectl apply ${validate}-f - <<'END'
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: refused
  namespace: ${namespace}${dryRun ? "\n  annotations: { istio.io/dry-run: 'true' }" : ''}
spec:
  selector: { matchLabels: { app: backend } }
${spec}
END`;

exercise(
  'AuthorizationPolicy is rehearsed before it is enforced',
  {
    persona: 'Sarah Martinez',
    question:
      'One wrong line in a policy can stop a bank or open it. How do I know before it counts, and which of our checks would have seen it?',
    proof:
      'Admission refuses six policies, each in words of its own, and none of them is in the cluster afterwards. Nine are accepted: one is right, and each of the others has one mistake. Analysis names three of those and says nothing of the rest, which are there at the same moment. The five that nobody has named are rehearsed: both callers are still answered, and a counter of the proxy says of a call of each what the policy would have done to it. Then the same policy is enforced by taking one annotation away, and each call ends as was foretold, for the right policy and for all five mistakes. Between two policies both callers are answered again, so no result is left over from the one before.',
    takeaway:
      'Admission finds nonsense and analysis finds dangling names; only a rehearsal tells that a policy means something else than you do.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e10.a1', 'm4.e10.a2', 'm4.e10.a3', 'm4.e10.a4', 'm4.e10.a5', 'm4.e10.a6', 'm4.e10.a7', 'm4.e10.a8'],
    errata: ['E402', 'E408', 'E413', 'E415'],
    readMore: 'https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('pod/attacker');
    const work = frontend.curl(backend);
    const attack = attacker.curl(backend);
    const rows: (readonly string[])[] = [];

    const read = async (): Promise<RbacCounters> => readRbacCounters((await cluster.kubectl(...counters)).stdout);
    const bothPass = async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
    };
    const knows = async (name: string, known = true, staysMs = 0) =>
      cluster.eventually(
        `the proxy of the backend ${known ? 'has' : 'does not have'} the policy ${name}`,
        listeners,
        (json) => json.includes('virtualInbound') && json.includes(`-policy[${name}]-`) === known,
        'istioctl',
        { staysMs, tell: (json) => policiesIn(json).join('\n') || 'It has no policy.' },
      );
    /** What the rehearsal in the proxy counts for a call; one on a connection from before the policy is not judged. */
    const foretold = async (caller: Client): Promise<Verdict | 'is judged both ways'> => {
      const before = await read();
      const judged = (text: string) => {
        const { shadowAllowed, shadowDenied } = rbacSince(before, readRbacCounters(text));
        return [shadowAllowed > 0 ? 'passes' : '', shadowDenied > 0 ? 'is refused' : ''].filter((word) => word !== '');
      };
      const text = await cluster.eventually(
        'the proxy counts a call as judged by the rehearsal',
        counters,
        (output) => judged(output).length > 0,
        'kubectl',
        { beforeEachLook: () => caller.newConnections(1, backend), tell: (output) => judged(output).join(', ') },
      );
      const [verdict, ...others] = judged(text);
      return others.length === 0 && (verdict === 'passes' || verdict === 'is refused')
        ? verdict
        : 'is judged both ways';
    };
    /** Rehearses a policy, then enforces it: each call must end as was foretold. */
    const rehearseAndEnforce = async (name: string, says: string, does: readonly [Verdict, Verdict]) => {
      await knows(name);
      const seen = [await foretold(frontend), await foretold(attacker)] as const;
      await lesson.check(
        `rehearsed, it says of the frontend that it ${does[0]}, of the attacker that it ${does[1]}`,
        { frontend: seen[0], attacker: seen[1] },
        (told) => told.frontend === does[0] && told.attacker === does[1],
      );
      await bothPass();
      await cluster.kubectl('annotate', 'authorizationpolicy', name, 'istio.io/dry-run-');
      await cluster.eventually(
        'it is enforced now',
        authzCheck,
        (list) => list.includes(`${name}.${namespace}`),
        'istioctl',
      );
      const asForetold = (verdict: string) => (verdict === 'passes' ? answered(200, 'backend-') : forbidden);
      await work.settlesOn(asForetold(seen[0]));
      await attack.settlesOn(asForetold(seen[1]));
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      const effect = seen.every((each) => each === 'passes') ? 'open for all' : 'shut for all';
      rows.push([
        says,
        'accepts it',
        'says nothing',
        `frontend ${seen[0]}, attacker ${seen[1]}`,
        seen[0] === seen[1] ? effect : 'as meant',
      ]);
    };

    await lesson.step('Before: both are answered, and the proxy has nothing that counts a rehearsal', async () => {
      await bothPass();
      await lesson.check(
        'no counter of the proxy is about a rehearsal',
        (await cluster.kubectl(...counters)).stdout,
        (stats) => !stats.includes('shadow'),
      );
    });

    await lesson.step(
      'A policy is rehearsed: both are answered as before, and counted as it would have been',
      async () => {
        await cluster.change('20-only-frontend.yaml');
        await cluster.eventually(
          'the proxy has counters of the rehearsal',
          counters,
          (stats) => stats.includes('.istio_dry_run_allow_.shadow_denied: '),
          'kubectl',
          {
            tell: (stats) =>
              stats
                .split('\n')
                .filter((line) => line.includes('shadow'))
                .join('\n'),
          },
        );
        await bothPass();
        await cluster.change('25-no-attacker.yaml');
        await knows('no-attacker');
        const before = shadowsIn((await cluster.kubectl(...counters)).stdout);
        await attacker.newConnections(1, backend);
        await frontend.newConnections(1, backend);
        await lesson.check(
          'a call of the attacker and one of the frontend count for each of the two policies, apart from each other',
          { before, after: shadowsIn((await cluster.kubectl(...counters)).stdout) },
          ({ before: was, after }) =>
            ['allow allowed', 'allow denied', 'deny allowed', 'deny denied'].every(
              (name) => after[name] === (was[name] ?? 0) + 1,
            ),
        );
        await cluster.revert('25-no-attacker.yaml');
        await knows('no-attacker', false);
      },
    );

    await lesson.step('The metric has another name than the documentation says', async () => {
      await cluster.eventually(
        'there is envoy_http_rbac with labels for action, result and listener, and nothing under the documented name',
        inPrometheus,
        (metrics) =>
          metrics
            .split('\n')
            .some(
              (line) =>
                line.startsWith('envoy_http_rbac{') &&
                line.includes('authz_dry_run_action="allow"') &&
                line.includes('authz_dry_run_result="denied"') &&
                line.includes('http_conn_manager_prefix="inbound_0.0.0.0_8080"'),
            ) && !/^envoy_http_inbound_0_0_0_0_\d+_rbac/m.test(metrics),
      );
    });

    await lesson.step(
      'A tool that lists what is enforced lists the rehearsal as well, as one that matches nothing',
      async () => {
        await cluster.eventually(
          'istioctl shows an ALLOW policy without a name, although nothing is enforced',
          authzCheck,
          (list) => /ALLOW\s+_anonymous_match_nothing_/.test(list) && !list.includes('only-frontend'),
          'istioctl',
        );
        await attack.settlesOn(answered(200, 'backend-'));
      },
    );

    await lesson.step('Enforced, it does what the rehearsal said', async () => {
      await rehearseAndEnforce('only-frontend', 'ALLOW the account of the frontend, written right', [
        'passes',
        'is refused',
      ]);
      await cluster.revert('20-only-frontend.yaml');
      await bothPass();
    });

    await lesson.step('Admission refuses nonsense, and a rehearsal of what cannot be rehearsed', async () => {
      const refusals: readonly (readonly [string, string, RegExp])[] = [
        [
          'a DENY without rules, which would deny nothing',
          applied('  action: DENY'),
          /DENY action without `rules` is meaningless/,
        ],
        [
          'a list of accounts that is empty',
          applied('  action: ALLOW\n  rules: [{ from: [{ source: { principals: [] } }] }]'),
          /`from\.source` must not be empty/,
        ],
        [
          'a field that does not exist',
          applied('  action: ALLOW\n  rules: [{ from: [{ source: { principal: [frontend] } }] }]'),
          /strict decoding error: unknown field "spec\.rules\[0\]\.from\[0\]\.source\.principal"/,
        ],
        [
          'the same, when kubectl is told not to look: the field is dropped, and an empty source is left',
          applied('  action: ALLOW\n  rules: [{ from: [{ source: { principal: [frontend] } }] }]', {
            validate: '--validate=ignore ',
          }),
          /`from\.source` must not be empty/,
        ],
        [
          'a rehearsal of a policy that asks somebody else',
          applied('  action: CUSTOM\n  provider: { name: nobody }\n  rules: [{}]', { dryRun: true }),
          /istio\.io\/dry-run currently only supports action ALLOW\/DENY, found action CUSTOM/,
        ],
        [
          'a rehearsal of an audit',
          applied('  action: AUDIT\n  rules: [{}]', { dryRun: true }),
          /istio\.io\/dry-run currently only supports action ALLOW\/DENY, found action AUDIT/,
        ],
      ];
      for (const [what, script, words] of refusals) {
        const { exitCode, stderr } = await cluster.shell(script);
        await lesson.check(
          `refused: ${what}`,
          `${stderr.trim()}\nexit code ${exitCode}`,
          (says) => words.test(says) && exitCode !== 0,
        );
      }
      await cluster.eventually(
        'none of them is in the cluster',
        ['get', 'authorizationpolicies', '-o', 'name'],
        (list) => list === '',
      );
    });

    await lesson.step('Analysis names what points nowhere, and nothing else', async () => {
      await cluster.change('20-only-frontend.yaml');
      await cluster.change('30-named-by-analysis.yaml');
      for (const { file } of silent) await cluster.change(file);
      const analyze = async (where: string) => (await cluster.attempt('istioctl', 'analyze', '-n', where)).stdout;
      const here = await analyze(namespace);
      await lesson.check(
        'it names the selector with a typo (IST0127) and the namespace that does not exist (IST0101)',
        here,
        (report) => names(report, 'IST0127', 'typo-in-selector') && names(report, 'IST0101', 'unknown-namespace'),
      );
      await lesson.check(
        'of the right policy and of the five other mistakes it says nothing',
        silent
          .map(({ name }) => name)
          .concat('only-frontend')
          .filter((name) => here.includes(`/${name}`) || here.includes(`${name}.`)),
        (named) => named.length === 0,
      );
      await lesson.check(
        'in another namespace, where nothing runs, it names the policy that was to guard the backend (IST0127)',
        await analyze(elsewhere),
        (report) => names(report, 'IST0127', 'wrong-namespace'),
      );
      await knows('unknown-namespace');
      for (const name of ['typo-in-selector', 'wrong-namespace']) await knows(name, false, 1_000);
      for (const { file } of silent) await cluster.revert(file);
      await cluster.revert('30-named-by-analysis.yaml');
      await cluster.revert('20-only-frontend.yaml');
      for (const name of ['only-frontend', 'unknown-namespace', ...silent.map((each) => each.name)])
        await knows(name, false);
    });

    await lesson.step('Only the rehearsal sees the rest: what it foretells is what happens', async () => {
      for (const { file, name, says, does } of silent) {
        await cluster.change(file);
        await rehearseAndEnforce(name, says, does);
        await cluster.revert(file);
        await knows(name, false);
        await bothPass();
      }
      lesson.table(
        'What sees which mistake',
        ['policy', 'admission', 'analysis', 'rehearsal', 'enforced'],
        [
          ...rows,
          ['DENY without rules; empty source; unknown field', 'refuses it', '', '', ''],
          [
            'selector with a typo; policy in another namespace',
            'accepts it',
            'names it',
            'nothing to count',
            'guards nobody',
          ],
          ['namespace that does not exist', 'accepts it', 'names it', '', ''],
        ],
      );
    });
  },
);

/** True if a line of the report has this code and is about this policy. */
function names(report: string, code: string, policy: string): boolean {
  return report
    .split('\n')
    .some((line) => line.includes(code) && line.includes('AuthorizationPolicy') && line.includes(policy));
}

/** Names of the policies that a proxy's listeners hold, enforced or rehearsed. */
function policiesIn(json: string): string[] {
  return [...new Set(Array.from(json.matchAll(/-policy\[([^\]]+)\]-/g), ([, name = '']) => name))];
}

/** Counters of rehearsals, by the action of the policy and the result: `allow denied`. */
function shadowsIn(stats: string): Record<string, number> {
  const found = stats.matchAll(/istio_dry_run_(allow|deny)_\.shadow_(allowed|denied): (\d+)$/gm);
  const counts: Record<string, number> = {};
  // The pod has several ports, and each counts for itself.
  for (const [, action, result, count] of found) {
    const name = `${action} ${result}`;
    counts[name] = (counts[name] ?? 0) + Number(count);
  }
  return counts;
}
